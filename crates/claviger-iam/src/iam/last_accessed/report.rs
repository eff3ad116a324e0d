//! The report of a job, for the caller that asked for it.

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Resolved;
use claviger_core::permission::RequiredPermission;
use claviger_model::common_error;
use claviger_model::iam::error;
use claviger_store::tables::access_report_table::{self, AccessReportRecord};

use super::resource;
use crate::iam::access;
use crate::iam::pages::Window;

/// Reports are complete when their job is answered.
pub(super) const COMPLETED: &str = "COMPLETED";

/// The check that every operation on reports makes first.
pub(super) fn admit(cx: &Cx<'_, '_>) -> Result<(), Error> {
    access::admit(cx, true)?;
    let topology = cx.facts.topology.get();
    let home = &topology.iam_home;
    if home == cx.region() {
        return Ok(());
    }
    let text = format!(
        "Region {home} has the reports of last accessed services, and this request reached {}. Try again later.",
        cx.region()
    );
    Err(Error::new(common_error::SERVICE_UNAVAILABLE, text))
}

/// Finds the report of a job. As at AWS, a job of another user, or of another session of a role, does not exist for the caller.
pub(super) fn find(cx: &Cx<'_, '_>, job: &str, action: &'static str) -> Result<Resolved<AccessReportRecord>, Error> {
    admit(cx)?;
    let found = access_report_table::access_report(cx.tx, cx.account(), job, cx.now)?;
    let own = found.filter(|report| report.maker == cx.caller.user_id()).ok_or_else(|| {
        let text = format!("Job {job} does not exist.");
        Error::new(error::NO_SUCH_ENTITY_EXCEPTION, text)
    });
    Ok(Resolved::new(vec![RequiredPermission::on_anything(action, cx)], own.map_err(Into::into)))
}

/// The page of a report that a request is for. As at AWS, a marker is for one report and one operation, and for any service of it.
pub(super) fn window(
    cx: &Cx<'_, '_>,
    action: &'static str,
    report: &AccessReportRecord,
    marker: Option<&str>,
    max_items: Option<i32>,
) -> Result<Window, Error> {
    Window::open(cx, action, &[Some(&report.job)], marker, max_items)
        .map_err(|_| resource::invalid("The marker passed in the request was invalid.".to_owned()))
}
