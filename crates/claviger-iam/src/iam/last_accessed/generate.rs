//! GenerateServiceLastAccessedDetails: makes a report. AWS makes it after its answer; here it is complete with the answer.

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_model::iam::{GenerateServiceLastAccessedDetailsRequest, GenerateServiceLastAccessedDetailsResponse};
use claviger_policy::{Policy, allows_known_action};
use claviger_store::tables::access_report_table::{
    AccessReportRecord, ReportedService, ReportedUse, new_job, save_access_report,
};

use super::principals::{self, Principal};
use super::report;
use super::resource::{self, Resource};
use super::services::{AccessedService, SERVICES};

pub(crate) struct GenerateServiceLastAccessedDetails;

impl Operation for GenerateServiceLastAccessedDetails {
    const ACTION: &'static str = "iam:GenerateServiceLastAccessedDetails";
    const READ_ONLY: bool = true;
    type Input = GenerateServiceLastAccessedDetailsRequest;
    type Output = GenerateServiceLastAccessedDetailsResponse;
    type Target = Resource;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Resource>, Error> {
        report::admit(cx)?;
        resource::find(cx, &input.arn, Self::ACTION)
    }

    fn run(input: Self::Input, resource: Authorized<Resource>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let policies: Vec<Policy> = resource.policies(cx)?.into_iter().map(|own| own.policy).collect();
        let principals = principals::of_resource(cx, &resource)?;
        let services = SERVICES.iter().filter(|service| allows_known_action(&policies, &service.actions()));
        let report = AccessReportRecord {
            job: new_job(cx.tx, cx.account(), principals.len(), cx.random, cx.now)?,
            maker: cx.caller.user_id(),
            by_action: input.granularity.as_deref() == Some("ACTION_LEVEL"),
            created: cx.now,
            services: services.map(|service| reported(service, &principals)).collect(),
        };
        let entities = principals.into_iter().map(|one| one.reported(&report.services)).collect();
        let account = cx.account().clone();
        save_access_report(cx.tx, &account, &report, entities)?;
        Ok(GenerateServiceLastAccessedDetailsResponse { job_id: Some(report.job) })
    }
}

fn reported(service: &AccessedService, principals: &[Principal]) -> ReportedService {
    let namespace = service.namespace();
    let used = principals.iter().filter_map(|one| one.use_of(namespace).map(|used| (one, used)));
    let latest = used.clone().max_by_key(|(_, used)| used.at).map(|(one, used)| ReportedUse {
        at: used.at,
        region: used.region.clone(),
        entity: one.arn.clone(),
    });
    let entities = u32::try_from(used.count()).unwrap_or(u32::MAX);
    ReportedService { namespace: namespace.to_owned(), latest, entities }
}
