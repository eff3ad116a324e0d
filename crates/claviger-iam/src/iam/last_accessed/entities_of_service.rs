//! GetServiceLastAccessedDetailsWithEntities: the users and roles that could have used a service, and when they did.
//!
//! They and their uses are those of the report. A page shows them under their present names, without those that were deleted since, so that it
//! may have fewer items than were asked for.

use std::cmp::Reverse;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_model::iam::{
    GetServiceLastAccessedDetailsWithEntitiesRequest, GetServiceLastAccessedDetailsWithEntitiesResponse,
};
use claviger_store::tables::access_report_table::{AccessReportRecord, ReportedEntity, reported_entities};

use super::report::{self, COMPLETED};
use super::{principals, resource, services};

pub(crate) struct GetServiceLastAccessedDetailsWithEntities;

impl Operation for GetServiceLastAccessedDetailsWithEntities {
    const ACTION: &'static str = "iam:GetServiceLastAccessedDetailsWithEntities";
    const READ_ONLY: bool = true;
    type Input = GetServiceLastAccessedDetailsWithEntitiesRequest;
    type Output = GetServiceLastAccessedDetailsWithEntitiesResponse;
    type Target = AccessReportRecord;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<AccessReportRecord>, Error> {
        report::find(cx, &input.job_id, Self::ACTION)
    }

    fn run(
        input: Self::Input,
        report: Authorized<AccessReportRecord>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<Self::Output, Error> {
        let namespace = input.service_namespace.as_str();
        if !services::is_namespace(namespace) {
            // The spelling is AWS's.
            let text = format!("Service namepace {namespace} is either invalid or unsupported.");
            return Err(resource::invalid(text));
        }
        let window = report::window(cx, Self::ACTION, &report, input.marker.as_deref(), input.max_items)?;
        let page = window.cut(cx, entities(cx, &report, namespace)?)?;
        let mut shown = Vec::with_capacity(page.items.len());
        for entity in page.items {
            shown.extend(principals::details(cx, &entity, namespace)?);
        }
        Ok(GetServiceLastAccessedDetailsWithEntitiesResponse {
            job_status: COMPLETED.to_owned(),
            job_creation_date: report.created,
            job_completion_date: report.created,
            entity_details_list: shown,
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
            error: None,
        })
    }
}

/// The latest use first; of equal ones, and of those without a use, in the report's order. A service that the report does not list has none.
fn entities(cx: &Cx<'_, '_>, report: &AccessReportRecord, namespace: &str) -> Result<Vec<ReportedEntity>, Error> {
    if !report.services.iter().any(|service| service.namespace == namespace) {
        return Ok(Vec::new());
    }
    let mut entities = reported_entities(cx.tx, cx.account(), report)?;
    entities.sort_by_key(|entity| Reverse(entity.use_of(namespace)));
    Ok(entities)
}
