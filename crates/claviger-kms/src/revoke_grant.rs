//! RevokeGrant: deletes a grant, for those who manage the key.

use claviger_model::kms::RevokeGrantRequest;
use claviger_store::tables::grant_table;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};

use super::key_lookup::{self, FoundKey};
use super::{envelope, grant_lookup};

pub(crate) struct RevokeGrant;

impl Operation for RevokeGrant {
    const ACTION: &'static str = "kms:RevokeGrant";
    const READ_ONLY: bool = false;
    type Input = RevokeGrantRequest;
    type Output = ();
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<FoundKey>, Error> {
        grant_lookup::check_id(&input.grant_id)?;
        let key = key_lookup::find_by_id(cx, &input.key_id)?;
        let permission = key.permission(Self::ACTION, cx)?.with("kms:GrantIsForAWSResource", "false");
        Ok(key.resolved(permission))
    }

    fn run(input: Self::Input, key: Authorized<FoundKey>, cx: &mut RunCx<'_, '_>) -> Result<(), Error> {
        let grant = grant_lookup::find(cx, &key, &input.grant_id)?;
        let grant = grant.ok_or_else(|| grant_lookup::not_found(&input.grant_id))?;
        if input.dry_run.unwrap_or(false) {
            return Err(envelope::dry_run_success());
        }
        Ok(grant_table::delete_grant(cx.tx, &grant)?)
    }
}
