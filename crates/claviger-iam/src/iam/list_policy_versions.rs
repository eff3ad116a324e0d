//! ListPolicyVersions: a managed policy's versions, newest first, without their documents.

use claviger_model::iam::{ListPolicyVersionsRequest, ListPolicyVersionsResponse};

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::on_resource::ResourceOperation;
use super::pages::Window;
use super::policies::Managed;
use super::wire;

pub(crate) struct ListPolicyVersions;

impl ResourceOperation for ListPolicyVersions {
    const ACTION: &'static str = "iam:ListPolicyVersions";
    const READ_ONLY: bool = true;
    type Resource = Managed;
    type Input = ListPolicyVersionsRequest;
    type Output = ListPolicyVersionsResponse;

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.policy_arn)
    }

    fn run(input: Self::Input, policy: Managed, cx: &mut Cx<'_, '_>) -> Result<ListPolicyVersionsResponse, Error> {
        let scope = [Some(input.policy_arn.as_str())];
        let window = Window::open(cx, Self::ACTION, &scope, input.marker.as_deref(), input.max_items)?;
        let page = window.cut(cx, policy.versions(cx)?)?;
        let default = policy.default_version();
        Ok(ListPolicyVersionsResponse {
            versions: Some(page.items.iter().map(|version| wire::version(version, default, false)).collect()),
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}
