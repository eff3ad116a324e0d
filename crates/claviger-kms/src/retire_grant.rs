//! RetireGrant: deletes a grant, for those whom the grant lets retire it.

use claviger_model::kms::RetireGrantRequest;
use claviger_policy::AllowedAs;
use claviger_store::tables::grant_table::{self, GrantPrincipal, GrantRecord};
use claviger_types::GrantOperation;

use claviger_core::authorize::Authorized;
use claviger_core::binding::StoredPolicy;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::granted;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::ResourcePolicy;

use super::envelope;
use super::key_lookup::{self, FoundKey, Lookup};
use super::{grant_lookup, key_permissions};

pub(crate) struct RetireGrant;

impl Operation for RetireGrant {
    const ACTION: &'static str = "kms:RetireGrant";
    const READ_ONLY: bool = false;
    type Input = RetireGrantRequest;
    type Output = ();
    type Target = GrantRecord;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<GrantRecord>, Error> {
        let (key, grant) = match (&input.grant_token, &input.key_id, &input.grant_id) {
            (Some(token), None, None) => by_token(cx, token)?,
            (None, Some(key), Some(grant)) => {
                grant_lookup::check_id(grant)?;
                let key = key_lookup::find_by_id(cx, key)?;
                match found(cx, &key, grant)? {
                    Some(found) => found,
                    None => return unseen(cx, key, grant),
                }
            }
            _ => {
                let text = "Specify either a GrantToken, or both a KeyId and a GrantId.";
                return Err(Error::Validation(text.to_owned()));
            }
        };
        let policy = ResourcePolicy::Retirement {
            policy: StoredPolicy::new(&key.record.policy, &key.record.bound),
            issuer: grant.issuer.clone(),
            holder: holder(cx, &grant),
        };
        let permission = key_permissions::permission_under(Self::ACTION, &key, policy, cx)?;
        Ok(Resolved::found(permission, grant))
    }

    fn run(input: Self::Input, grant: Authorized<GrantRecord>, cx: &mut RunCx<'_, '_>) -> Result<(), Error> {
        cx.audit.grant(&grant.id);
        if input.dry_run.unwrap_or(false) {
            return Err(envelope::dry_run_success());
        }
        Ok(grant_table::delete_grant(cx.tx, &grant)?)
    }
}

fn by_token(cx: &Cx<'_, '_>, token: &str) -> Result<(FoundKey, GrantRecord), Error> {
    let claims = grant_lookup::open_token(cx, token)?;
    let arn = claims.key.arn(cx.region(), &claims.account);
    let found = match key_lookup::find_key(cx, &arn)? {
        Lookup::Found(key) => grant_lookup::find(cx, &key, &claims.grant)?.map(|grant| (*key, grant)),
        Lookup::Unseen { .. } => None,
    };
    // A key that was made again under the same id has other grants.
    let found = found.filter(|(_, grant)| grant.set == claims.set && may_know(cx, grant));
    found.ok_or_else(|| grant_lookup::not_found(&claims.grant))
}

fn found(cx: &Cx<'_, '_>, key: &Lookup, grant: &str) -> Result<Option<(FoundKey, GrantRecord)>, Error> {
    let Some(key) = key.found() else { return Ok(None) };
    let grant = grant_lookup::find(cx, key, grant)?.filter(|grant| may_know(cx, grant));
    Ok(grant.map(|grant| (key.clone(), grant)))
}

/// Whether the caller may learn that the grant exists: a caller of the account of the key or of the grant's issuer, the grantee, and
/// the retiring principal. For others there is no such grant.
fn may_know(cx: &Cx<'_, '_>, grant: &GrantRecord) -> bool {
    let is_named =
        |principal: &GrantPrincipal| granted::names_caller(&principal.id, cx.caller, cx.partition()).is_some();
    [&grant.account, &grant.issuer].contains(&cx.account())
        || is_named(&grant.grantee)
        || grant.retiring.as_ref().is_some_and(is_named)
}

/// The answer for a grant that does not exist, or that the caller may not know of. On a key of another account it is the same as for a key that does not exist.
fn unseen(cx: &Cx<'_, '_>, key: Lookup, grant: &str) -> Result<Resolved<GrantRecord>, Error> {
    let (owner, arn) = match key {
        Lookup::Found(key) if &key.record.account == cx.account() => return Err(grant_lookup::not_found(grant)),
        Lookup::Found(key) => (key.record.account.clone(), key.arn.to_string()),
        Lookup::Unseen { owner, arn } => (owner, arn),
    };
    let permission = Lookup::Unseen { owner, arn }.permission(RetireGrant::ACTION, cx)?;
    Ok(Resolved::new(vec![permission], Err(grant_lookup::not_found(grant).into())))
}

/// The form in which a grant names the caller as one that may retire it: the retiring principal, or the grantee if it has that
/// operation. A form that names the caller itself comes before one that names its account.
fn holder(cx: &Cx<'_, '_>, grant: &GrantRecord) -> Option<AllowedAs> {
    let grantee = grant.operations.contains(&GrantOperation::RetireGrant).then_some(&grant.grantee);
    let forms = [grant.retiring.as_ref(), grantee].into_iter().flatten();
    forms
        .filter_map(|principal| granted::names_caller(&principal.id, cx.caller, cx.partition()))
        .min_by_key(|form| *form == AllowedAs::Account)
}
