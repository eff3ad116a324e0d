//! CreateSecret: a new secret, with its first value and its replicas if the request gives any.

use claviger_model::secretsmanager::{CreateSecretRequest, CreateSecretResponse, error};
use claviger_store::tables::Tag;
use claviger_store::tables::secret_table::{self, SecretRecord};
use claviger_types::SecretArn;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved, TargetError};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};

use super::lookup;
use super::replicas::{self, Wanted};
use super::value::{self, Value};
use super::value_key::{self, ValueKey};
use super::vault;
use super::versions::{self, Token};
use super::{stages, tags};

pub(crate) struct CreateSecret;

/// The new secret, checked.
pub(crate) struct Draft {
    /// The ARN that the new secret gets.
    arn: SecretArn,
    tags: Vec<Tag>,
    replicas: Vec<Wanted>,
}

pub(crate) enum Plan {
    /// The name is not in use.
    New { draft: Draft, key: ValueKey },
    /// The name is in use, by a secret that an earlier copy of this request may have made.
    Again { record: Box<SecretRecord>, key: ValueKey },
}

impl Operation for CreateSecret {
    const ACTION: &'static str = "secretsmanager:CreateSecret";
    const READ_ONLY: bool = false;
    type Input = CreateSecretRequest;
    type Output = CreateSecretResponse;
    type Target = Plan;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Plan>, Error> {
        if value::given(input.secret_string.as_ref(), input.secret_binary.as_ref())? {
            versions::require_token(input.client_request_token.as_deref())?;
        }
        lookup::require_name(&input.name)?;
        let wanted = input.add_replica_regions.as_deref().unwrap_or_default();
        let draft = Draft {
            arn: SecretArn {
                region: cx.region().clone(),
                account: cx.account().clone(),
                name: input.name.clone(),
                suffix: lookup::draw_suffix(cx),
            },
            tags: tags::parse(input.tags.as_deref().unwrap_or_default())?,
            replicas: replicas::parse(cx, wanted, input.force_overwrite_replica_secret)?,
        };
        let key = find_key(input, &draft, cx);
        let new_key = key.as_ref().ok().and_then(Resolved::target).filter(|(again, _)| again.is_none());
        let key_arn = named_key(input).and_then(|name| value_key::condition_arn(cx, name, new_key.map(|(_, key)| key)));
        let permissions = permissions(input, &draft, key_arn, cx);
        let plan = key.map(|key| {
            key.map(|(record, key)| match record {
                Some(record) => Plan::Again { record, key },
                None => Plan::New { draft, key },
            })
        });
        Ok(Resolved::then(permissions, plan))
    }

    fn run(input: Self::Input, plan: Authorized<Plan>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let (made, key) = plan
            .map(|plan| match plan {
                Plan::New { draft, key } => (Err(draft), key),
                Plan::Again { record, key } => (Ok(record), key),
            })
            .split();
        match made.into_inner() {
            Err(draft) => create(input, cx, draft, key),
            Ok(record) => repeat(input, cx, &record, key.as_ref()),
        }
    }
}

/// The secret of that name, if an earlier copy of this request may have made it.
type Again = Option<Box<SecretRecord>>;

/// The key for the secret's value, and the secret if an earlier copy of this request may have made it.
fn find_key(
    input: &CreateSecretRequest,
    draft: &Draft,
    cx: &Cx<'_, '_>,
) -> Result<Resolved<(Again, ValueKey)>, TargetError> {
    let token = input.client_request_token.as_deref().unwrap_or_default();
    let gives_value = input.secret_string.is_some() || input.secret_binary.is_some();
    let Some(record) = secret_table::secret(cx.tx, cx.account(), &input.name)? else {
        let probe = named_key(input).map(|_| (value_key::STORE, vault::PROBE));
        let store = gives_value.then_some((value_key::STORE, token));
        let uses: Vec<value_key::Use<'_>> = probe.into_iter().chain(store).collect();
        return Ok(value_key::for_writing(cx, &draft.arn, named_key(input), &uses)?.map(|key| (None, key)));
    };
    if record.deletion.is_some() {
        let text = "You can't create this secret because a secret with this name is already scheduled for deletion.";
        return Err(Error::new(error::INVALID_REQUEST_EXCEPTION, text).into());
    }
    match record.version(token).filter(|v| gives_value && v.has_value) {
        Some(version) => {
            let key = value_key::of_version(cx, &record.arn, version)?;
            Ok(key.map(|key| (Some(Box::new(record)), key)))
        }
        None if gives_value && versions::token(&record, token) == Token::Awaited => {
            Err(versions::token_in_use(&record, token).into())
        }
        None => {
            let text = format!("The operation failed because the secret {} already exists.", input.name);
            Err(Error::new(error::RESOURCE_EXISTS_EXCEPTION, text).into())
        }
    }
}

/// An empty key id counts as absent.
fn named_key(input: &CreateSecretRequest) -> Option<&str> {
    input.kms_key_id.as_deref().filter(|id| !id.is_empty())
}

/// The permissions on the secret that is to be made.
fn permissions(
    input: &CreateSecretRequest,
    draft: &Draft,
    named_key: Option<String>,
    cx: &Cx<'_, '_>,
) -> Vec<RequiredPermission> {
    let mut permissions = vec![create_permission(input, draft, named_key, cx)];
    if !draft.tags.is_empty() {
        permissions.push(tags::with_request_tags(permission("secretsmanager:TagResource", draft), &draft.tags));
    }
    if !draft.replicas.is_empty() {
        let replicate = permission("secretsmanager:ReplicateSecretToRegions", draft);
        permissions.push(replicas::with_wanted(replicate, &draft.replicas, input.force_overwrite_replica_secret));
    }
    permissions
}

/// A permission on the new secret. Policies match its ARN, whose six characters the caller cannot know yet. A denial shows the
/// secret's name.
fn permission(action: &'static str, draft: &Draft) -> RequiredPermission {
    let arn = draft.arn.to_string();
    RequiredPermission::new(action, arn.as_str(), &draft.arn.account, ResourcePolicy::Identity)
        .shown_as(draft.arn.name.as_str())
        .with("secretsmanager:SecretId", arn)
        .with("secretsmanager:Name", draft.arn.name.as_str())
}

fn create_permission(
    input: &CreateSecretRequest,
    draft: &Draft,
    named_key_arn: Option<String>,
    cx: &Cx<'_, '_>,
) -> RequiredPermission {
    let permission = permission(CreateSecret::ACTION, draft)
        .with("secretsmanager:SecretPrimaryRegion", cx.region().as_str())
        .with_opt("secretsmanager:Description", input.description.as_deref())
        .with_opt("secretsmanager:KmsKeyId", named_key(input))
        .with_opt("secretsmanager:KmsKeyArn", named_key_arn)
        .with_opt("secretsmanager:Type", input.r#type.as_deref());
    let permission = tags::with_request_tags(permission, &draft.tags);
    replicas::with_wanted(permission, &draft.replicas, input.force_overwrite_replica_secret)
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
        rotation: None,
    }
}

fn create(
    input: CreateSecretRequest,
    cx: &mut RunCx<'_, '_>,
    draft: Draft,
    key: Authorized<ValueKey>,
) -> Result<CreateSecretResponse, Error> {
    let Draft { arn, tags, replicas } = draft;
    let mut record = new_record(arn, tags, cx);
    record.kms_key_id = input.kms_key_id.filter(|id| !id.is_empty());
    record.description = input.description.filter(|text| !text.is_empty());
    record.kind = input.r#type.filter(|kind| !kind.is_empty());
    let value = Value::take(input.secret_string, input.secret_binary);
    // A named key is tried even if there is no value to encrypt yet.
    if value.is_some() || record.kms_key_id.is_some() {
        let key = ValueKey::ready(key, cx)?;
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

/// A repeated request gets the answer of the first one. With another value it is refused.
fn repeat(
    input: CreateSecretRequest,
    cx: &RunCx<'_, '_>,
    record: &SecretRecord,
    key: Authorized<&ValueKey>,
) -> Result<CreateSecretResponse, Error> {
    let token = input.client_request_token.unwrap_or_default();
    let stored = vault::open(cx, key.map(|key| &key.key), &record.arn, &token)?;
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
