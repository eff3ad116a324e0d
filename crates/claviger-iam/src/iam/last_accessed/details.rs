//! GetServiceLastAccessedDetails: the services of a report. It stays as it was made, whatever becomes of the resource.

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_model::iam::{
    GetServiceLastAccessedDetailsRequest, GetServiceLastAccessedDetailsResponse, ServiceLastAccessed,
};
use claviger_store::tables::access_report_table::{AccessReportRecord, ReportedService};

use super::report::{self, COMPLETED};
use super::services::SERVICES;

pub(crate) struct GetServiceLastAccessedDetails;

impl Operation for GetServiceLastAccessedDetails {
    const ACTION: &'static str = "iam:GetServiceLastAccessedDetails";
    const READ_ONLY: bool = true;
    type Input = GetServiceLastAccessedDetailsRequest;
    type Output = GetServiceLastAccessedDetailsResponse;
    type Target = AccessReportRecord;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<AccessReportRecord>, Error> {
        report::find(cx, &input.job_id, Self::ACTION)
    }

    fn run(
        input: Self::Input,
        report: Authorized<AccessReportRecord>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<Self::Output, Error> {
        let report = report.into_inner();
        let window = report::window(cx, Self::ACTION, &report, input.marker.as_deref(), input.max_items)?;
        let page = window.cut(cx, report.services.into_iter().map(shown).collect())?;
        Ok(GetServiceLastAccessedDetailsResponse {
            job_status: COMPLETED.to_owned(),
            job_type: Some(if report.by_action { "ACTION_LEVEL" } else { "SERVICE_LEVEL" }.to_owned()),
            job_creation_date: report.created,
            services_last_accessed: page.items,
            job_completion_date: report.created,
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
            error: None,
        })
    }
}

/// The service without its actions, since uses are not recorded by action. AWS lists the actions of these services that it tracks, also those
/// that were not used. A list here would say of used ones that they were not.
fn shown(service: ReportedService) -> ServiceLastAccessed {
    let ReportedService { namespace, latest, entities } = service;
    let known = SERVICES.iter().find(|known| known.namespace() == namespace);
    ServiceLastAccessed {
        service_name: known.map_or_else(|| namespace.clone(), |known| known.name.to_owned()),
        last_authenticated: latest.as_ref().map(|used| used.at),
        last_authenticated_region: latest.as_ref().map(|used| used.region.to_string()),
        last_authenticated_entity: latest.map(|used| used.entity),
        service_namespace: namespace,
        total_authenticated_entities: Some(i32::try_from(entities).unwrap_or(i32::MAX)),
        tracked_actions_last_accessed: None,
    }
}
