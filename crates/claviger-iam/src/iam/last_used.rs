//! When a role or an access key was last used, as the API shows it.
//!
//! Only the IAM home knows the uses of all regions. Another region, which answers while the home is down, leaves last uses out:
//! an empty element would mean that a role was never used.

use claviger_model::iam::{AccessKeyLastUsed, RoleLastUsed};
use claviger_store::tables::iam_table::RoleRecord;
use claviger_store::tables::last_use_table::{self, LastUseRecord};

use claviger_core::context::Cx;
use claviger_core::error::Error;

/// AWS reports the use of roles for the trailing 400 days (IAM API reference, `RoleLastUsed`).
const ROLE_DAYS: i64 = 400;

/// The service and region that AWS shows for an access key that was never used (IAM API reference, `AccessKeyLastUsed`).
const NEVER: &str = "N/A";

/// `RoleLastUsed`: empty for a role that was not used.
pub(crate) fn role(cx: &Cx<'_, '_>, role: &RoleRecord) -> Result<Option<RoleLastUsed>, Error> {
    let Some(used) = find(cx, &role.identity.id)? else { return Ok(None) };
    let used = used.filter(|used| used.at.plus_days(ROLE_DAYS) > cx.now);
    Ok(Some(RoleLastUsed {
        last_used_date: used.as_ref().map(|used| used.at),
        region: used.map(|used| used.region.to_string()),
    }))
}

/// `AccessKeyLastUsed`: without a date for a key that was not used.
pub(crate) fn access_key(cx: &Cx<'_, '_>, id: &str) -> Result<Option<AccessKeyLastUsed>, Error> {
    let Some(used) = find(cx, id)? else { return Ok(None) };
    Ok(Some(match used {
        Some(used) => AccessKeyLastUsed {
            last_used_date: Some(used.at),
            service_name: used.service,
            region: used.region.to_string(),
        },
        None => AccessKeyLastUsed { last_used_date: None, service_name: NEVER.to_owned(), region: NEVER.to_owned() },
    }))
}

/// The last use, if there was one. The outer option is None in a region that does not know it.
fn find(cx: &Cx<'_, '_>, id: &str) -> Result<Option<Option<LastUseRecord>>, Error> {
    if cx.facts.topology.get().iam_home != *cx.region() {
        return Ok(None);
    }
    Ok(Some(last_use_table::last_use(cx.tx, id)?))
}
