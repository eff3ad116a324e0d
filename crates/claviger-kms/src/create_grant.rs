//! CreateGrant: gives a principal permissions on a key.

use claviger_model::kms::{CreateGrantRequest, CreateGrantResponse, error};
use claviger_store::tables::grant_table::{self, GRANTS_PER_KEY, GrantConstraint, GrantLimit, GrantRecord};
use claviger_store::tables::grantee_table::{FORMS_PER_GRANTEE, FORMS_THROUGH_GRANTS};
use claviger_types::{GrantOperation, Hex};

use claviger_core::authorize::{self, Authorized};
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::grant_token;
use claviger_core::granted::GrantTerms;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::RequiredPermission;

use super::envelope;
use super::key_lookup::{self, FoundKey};
use super::state::{self, KeyAction};
use super::{grant_lookup, grant_principals, grant_terms, key_permissions};

pub(crate) struct CreateGrant;

/// The key, and the permissions of the new grant.
pub(crate) struct Plan {
    key: FoundKey,
    operations: Vec<GrantOperation>,
    constraint: Option<GrantConstraint>,
}

impl Operation for CreateGrant {
    const ACTION: &'static str = "kms:CreateGrant";
    const READ_ONLY: bool = false;
    // Without an unknown constraint the grant would allow more than the request says.
    const KNOWN_MEMBERS_ONLY: bool = true;
    type Input = CreateGrantRequest;
    type Output = CreateGrantResponse;
    type Target = Plan;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Plan>, Error> {
        grant_lookup::check_tokens(cx, input.grant_tokens.as_deref())?;
        let operations = grant_terms::operations(&input.operations)?;
        let constraint = grant_terms::constraint(input.constraints.as_ref())?;
        let key = key_lookup::find_by_id(cx, &input.key_id)?;
        let permission = key.permission(Self::ACTION, cx)?;
        let permission = conditions(permission, input, constraint.as_ref()).with_granted_terms(GrantTerms {
            operations: operations.iter().copied().collect(),
            constraint: constraint.clone(),
        });
        Ok(key.resolved(permission).map(|key| Plan { key, operations, constraint }))
    }

    fn run(input: Self::Input, plan: Authorized<Plan>, cx: &mut RunCx<'_, '_>) -> Result<CreateGrantResponse, Error> {
        let Plan { key, operations, constraint } = plan.into_inner();
        state::require(KeyAction::Grant, &key)?;
        grant_terms::require_fitting(key.record.spec, key.record.usage, &operations, constraint.as_ref())?;
        let grantee = grant_principals::named(cx, &input.grantee_principal)?;
        let retiring = input.retiring_principal.as_deref().map(|arn| grant_principals::named(cx, arn)).transpose()?;
        let by_policy = conditions(key_permissions::by_policy(Self::ACTION, &key, cx)?, &input, constraint.as_ref());
        let (account, id, random) = (key.record.account.clone(), key.record.id.clone(), cx.random);
        let grant = GrantRecord {
            id: Hex::of(&random.bytes()).as_str().to_owned(),
            set: grant_table::grant_set_or_new(cx.tx, &account, &id, random)?,
            account,
            key: id,
            name: input.name,
            created: cx.now,
            grantee,
            retiring,
            issuer: cx.account().clone(),
            operations,
            constraint,
        };
        let grant = kept(cx, &key, grant, by_policy)?;
        if input.dry_run.unwrap_or(false) {
            // Nothing is committed after an error.
            return Err(envelope::dry_run_success());
        }
        cx.audit.grant(&grant.id);
        Ok(CreateGrantResponse { grant_token: Some(grant_token::seal(cx, &grant)?), grant_id: Some(grant.id) })
    }
}

/// The grant as it is stored: an earlier one of the same name that is alike in everything else, or this one. `by_policy` is the
/// permission that the caller needs if no grant counts.
fn kept(
    cx: &mut RunCx<'_, '_>,
    key: &FoundKey,
    grant: GrantRecord,
    by_policy: RequiredPermission,
) -> Result<GrantRecord, Error> {
    if grant.name.is_some()
        && let Some(earlier) = grant_table::grant_named_alike(cx.tx, &grant)?
    {
        return Ok(earlier);
    }
    let forms = grant_table::forms_before(cx.tx, &grant)?;
    if forms.is_some_and(|forms| forms >= FORMS_THROUGH_GRANTS) && !authorize::allows(cx, by_policy)? {
        let more = "grants that are made through a grant can add no further combination.";
        return Err(too_many_forms(key, FORMS_THROUGH_GRANTS, more));
    }
    grant_table::save_new_grant(cx.tx, &grant)?.map_err(|limit| match limit {
        GrantLimit::Grants => limit_exceeded(format!("{} has {GRANTS_PER_KEY} grants, and can have no more.", key.arn)),
        GrantLimit::Forms => too_many_forms(key, FORMS_PER_GRANTEE, "can have no further combination."),
    })?;
    Ok(grant)
}

fn too_many_forms(key: &FoundKey, forms: usize, more: &str) -> Error {
    limit_exceeded(format!(
        "The grantee principal has grants on {} with {forms} combinations of operations and names in their constraints, and {more}",
        key.arn
    ))
}

fn limit_exceeded(text: String) -> Error {
    Error::new(error::LIMIT_EXCEEDED_EXCEPTION, text)
}

/// Adds the condition keys of the new grant.
fn conditions(
    permission: RequiredPermission,
    input: &CreateGrantRequest,
    constraint: Option<&GrantConstraint>,
) -> RequiredPermission {
    let kind = constraint.map(|constraint| match constraint {
        GrantConstraint::Equals(_) => "EncryptionContextEquals",
        GrantConstraint::Subset(_) => "EncryptionContextSubset",
    });
    let permission = permission
        .with("kms:GranteePrincipal", input.grantee_principal.as_str())
        .with_opt("kms:RetiringPrincipal", input.retiring_principal.as_deref())
        .with_many("kms:GrantOperations", input.operations.clone())
        .with_opt("kms:GrantConstraintType", kind)
        // No service makes grants in a caller's name.
        .with("kms:GrantIsForAWSResource", "false");
    match constraint {
        Some(constraint) => key_permissions::with_context_keys(permission, constraint.pairs().clone()),
        None => permission,
    }
}
