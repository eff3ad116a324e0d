//! GetServiceLastAccessedDetailsWithEntities: the users and roles that could have used a service, and when they did.
//!
//! A report does not hold them: they are those that the resource has now, with the uses that are known now.

use std::cmp::Reverse;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_model::iam::{
    EntityDetails, GetServiceLastAccessedDetailsWithEntitiesRequest, GetServiceLastAccessedDetailsWithEntitiesResponse,
};
use claviger_store::tables::access_report_table::AccessReportRecord;

use super::report::{self, COMPLETED};
use super::{principals, resource, services};
use crate::iam::pages::Window;

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
        let scope = [Some(report.job.as_str()), Some(namespace)];
        let window = Window::open(cx, Self::ACTION, &scope, input.marker.as_deref(), input.max_items)?;
        let page = window.cut(cx, entities(cx, &report, namespace)?)?;
        Ok(GetServiceLastAccessedDetailsWithEntitiesResponse {
            job_status: COMPLETED.to_owned(),
            job_creation_date: report.created,
            job_completion_date: report.created,
            entity_details_list: page.items,
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
            error: None,
        })
    }
}

/// The latest use first. A service that the report does not list has none.
fn entities(cx: &Cx<'_, '_>, report: &AccessReportRecord, namespace: &str) -> Result<Vec<EntityDetails>, Error> {
    if !report.services.iter().any(|service| service.namespace == namespace) {
        return Ok(Vec::new());
    }
    let details = |one: principals::Principal| EntityDetails {
        last_authenticated: one.use_of(namespace).map(|used| used.at),
        entity_info: one.info,
    };
    let mut entities: Vec<_> = principals::of_subject(cx, &report.subject)?.into_iter().map(details).collect();
    entities.sort_by(|a, b| {
        let key = |one: &EntityDetails| Reverse(one.last_authenticated);
        key(a).cmp(&key(b)).then_with(|| a.entity_info.arn.cmp(&b.entity_info.arn))
    });
    Ok(entities)
}
