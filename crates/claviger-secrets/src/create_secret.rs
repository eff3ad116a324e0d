//! CreateSecret: a new secret, with its first value if one is given and with replicas if they are asked for.

use claviger_model::secretsmanager::{CreateSecretRequest, CreateSecretResponse};
use claviger_store::tables::Tag;
use claviger_store::tables::secrets::{self as records, SecretRecord};
use claviger_types::SecretArn;

use claviger_core::authorize::{Authorized, RequiredPermission, ResourcePolicy};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;
use claviger_kms::keys::FoundKey;

use super::lookup;
use super::replicas::{self, Wanted};
use super::value::{self, Value};
use super::vault::{self, VaultKey};
use super::versions::{self, Token};
use super::{stages, tags};

pub(crate) struct CreateSecret;

/// What the request asks for, checked, and what it meets.
pub(crate) struct Creation {
    /// The ARN that the new secret gets.
    arn: SecretArn,
    tags: Vec<Tag>,
    replicas: Vec<Wanted>,
    plan: Result<Plan, Error>,
}

enum Plan {
    /// The name is free.
    New { key: VaultKey },
    /// The name is taken, by a secret that may have been made by this very request.
    Again { record: Box<SecretRecord>, key: FoundKey },
}

impl Operation for CreateSecret {
    const NAME: &'static str = "CreateSecret";
    type Input = CreateSecretRequest;
    type Output = CreateSecretResponse;
    type Target = Creation;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Creation, Error> {
        if value::given(input.secret_string.as_ref(), input.secret_binary.as_ref())? {
            versions::require_token(input.client_request_token.as_deref())?;
        }
        lookup::require_name(&input.name)?;
        let wanted = input.add_replica_regions.as_deref().unwrap_or_default();
        Ok(Creation {
            arn: SecretArn {
                region: cx.region().clone(),
                account: cx.account().clone(),
                name: input.name.clone(),
                suffix: lookup::draw_suffix(cx),
            },
            tags: tags::parse(input.tags.as_deref().unwrap_or_default())?,
            replicas: replicas::parse(cx, wanted, input.force_overwrite_replica_secret)?,
            plan: plan(input, cx),
        })
    }

    fn permissions(input: &Self::Input, target: &Creation, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        let mut permissions = vec![create_permission(input, target, cx)];
        if !target.tags.is_empty() {
            permissions.push(tags::with_request_tags(named("secretsmanager:TagResource", target), &target.tags));
        }
        if !target.replicas.is_empty() {
            let replicate = named("secretsmanager:ReplicateSecretToRegions", target);
            permissions.push(replicas::with_wanted(replicate, &target.replicas, input.force_overwrite_replica_secret));
        }
        permissions.extend(key_permissions(input, target, cx)?);
        Ok(permissions)
    }

    fn run(input: Self::Input, target: Authorized<Creation>, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        let Creation { arn, tags, replicas, plan } = target.into_inner();
        match plan? {
            Plan::New { key } => create(input, cx, new_record(arn, tags, cx), key, replicas),
            Plan::Again { record, key } => repeat(input, cx, &record, &key),
        }
    }
}

fn plan(input: &CreateSecretRequest, cx: &Cx<'_, '_>) -> Result<Plan, Error> {
    let Some(record) = records::secret(cx.tx, cx.account(), &input.name)? else {
        return Ok(Plan::New { key: VaultKey::find(cx, cx.account(), named_key(input))? });
    };
    if record.deletion.is_some() {
        let text = "You can't create this secret because a secret with this name is already scheduled for deletion.";
        return Err(Error::new("InvalidRequestException", text));
    }
    let token = input.client_request_token.as_deref().unwrap_or_default();
    let gives_value = input.secret_string.is_some() || input.secret_binary.is_some();
    match record.version(token).filter(|v| gives_value && v.has_value) {
        Some(version) => Ok(Plan::Again { key: vault::key_of(cx, &record.arn, version)?, record: Box::new(record) }),
        None if gives_value && versions::token(&record, token) == Token::Awaited => {
            Err(versions::token_in_use(&record, token))
        }
        None => {
            let text = format!("The operation failed because the secret {} already exists.", input.name);
            Err(Error::new("ResourceExistsException", text))
        }
    }
}

/// An empty key id is none.
fn named_key(input: &CreateSecretRequest) -> Option<&str> {
    input.kms_key_id.as_deref().filter(|id| !id.is_empty())
}

/// A permission on the secret that is to be made. Policies speak of its ARN, with six characters that nobody knows yet; a denial
/// speaks of its name.
fn named(action: &'static str, target: &Creation) -> RequiredPermission {
    let arn = target.arn.to_string();
    RequiredPermission::new(action, arn.as_str(), &target.arn.account, ResourcePolicy::Identity)
        .shown_as(target.arn.name.as_str())
        .with("secretsmanager:SecretId", arn)
        .with("secretsmanager:Name", target.arn.name.as_str())
}

fn create_permission(input: &CreateSecretRequest, target: &Creation, cx: &Cx<'_, '_>) -> RequiredPermission {
    let key = match &target.plan {
        Ok(Plan::New { key }) => key.found(),
        Ok(Plan::Again { .. }) | Err(_) => None,
    };
    let permission = named("secretsmanager:CreateSecret", target)
        .with("secretsmanager:SecretPrimaryRegion", cx.region().as_str())
        .with_opt("secretsmanager:Description", input.description.as_deref())
        .with_opt("secretsmanager:KmsKeyId", named_key(input))
        .with_opt("secretsmanager:KmsKeyArn", key.filter(|_| named_key(input).is_some()).map(|k| k.arn.to_string()))
        .with_opt("secretsmanager:Type", input.r#type.as_deref());
    let permission = tags::with_request_tags(permission, &target.tags);
    replicas::with_wanted(permission, &target.replicas, input.force_overwrite_replica_secret)
}

fn key_permissions(
    input: &CreateSecretRequest,
    target: &Creation,
    cx: &Cx<'_, '_>,
) -> Result<Vec<RequiredPermission>, Error> {
    let token = input.client_request_token.as_deref().unwrap_or_default();
    let mut permissions = Vec::new();
    match &target.plan {
        Ok(Plan::New { key }) => {
            if named_key(input).is_some() {
                permissions.extend(key.permissions(cx, &vault::STORE, &target.arn, vault::PROBE)?);
            }
            if input.secret_string.is_some() || input.secret_binary.is_some() {
                permissions.extend(key.permissions(cx, &vault::STORE, &target.arn, token)?);
            }
        }
        Ok(Plan::Again { record, key }) => permissions.extend(vault::read_permissions(cx, key, &record.arn, token)?),
        Err(_) => {}
    }
    Ok(permissions)
}

fn new_record(arn: SecretArn, tags: Vec<Tag>, cx: &Cx<'_, '_>) -> SecretRecord {
    SecretRecord {
        arn,
        created: cx.now,
        description: None,
        kms_key_id: None,
        tags: (!tags.is_empty()).then_some(tags),
        policy: None,
        kind: None,
        last_changed: cx.now,
        last_accessed: None,
        deletion: None,
        versions: Vec::new(),
        replication: None,
        bound: Vec::new(),
    }
}

fn create(
    input: CreateSecretRequest,
    cx: &mut Cx<'_, '_>,
    mut record: SecretRecord,
    key: VaultKey,
    replicas: Vec<Wanted>,
) -> Result<CreateSecretResponse, Error> {
    record.kms_key_id = input.kms_key_id.filter(|id| !id.is_empty());
    record.description = input.description.filter(|text| !text.is_empty());
    record.kind = input.r#type.filter(|kind| !kind.is_empty());
    let value = Value::take(input.secret_string, input.secret_binary);
    // A named key is tried even where there is nothing to encrypt yet.
    if value.is_some() || record.kms_key_id.is_some() {
        let account = record.arn.account.clone();
        let key = key.ready(cx, &account)?;
        if record.kms_key_id.is_some() {
            key.probe(cx, &record.arn)?;
        }
        if let (Some(value), Some(token)) = (&value, &input.client_request_token) {
            key.store(cx, &record.arn, token, value)?;
            versions::store(cx, &mut record, token, &[stages::CURRENT.to_owned()], key.customer_arn())?;
        }
    }
    replicas::add(cx, &mut record, replicas)?;
    replicas::save_changed(cx, &mut record)?;
    Ok(answer(&record, input.client_request_token.filter(|_| value.is_some())))
}

/// The same request once more is answered like the first one; with another value it is another request.
fn repeat(
    input: CreateSecretRequest,
    cx: &Cx<'_, '_>,
    record: &SecretRecord,
    key: &FoundKey,
) -> Result<CreateSecretResponse, Error> {
    let token = input.client_request_token.unwrap_or_default();
    let stored = vault::open(cx, key, &record.arn, &token)?;
    match Value::take(input.secret_string, input.secret_binary) {
        Some(value) if value.is(&stored) => Ok(answer(record, Some(token))),
        _ => Err(versions::token_in_use(record, &token)),
    }
}

fn answer(record: &SecretRecord, version_id: Option<String>) -> CreateSecretResponse {
    CreateSecretResponse {
        arn: Some(record.arn.to_string()),
        name: Some(record.arn.name.clone()),
        version_id,
        replication_status: replicas::status(record),
    }
}
