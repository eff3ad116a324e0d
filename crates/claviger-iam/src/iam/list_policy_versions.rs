//! ListPolicyVersions: a managed policy's versions, newest first, without their documents.

use claviger_model::iam::{ListPolicyVersionsRequest, ListPolicyVersionsResponse};

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::pages::Window;
use super::policies::Managed;
use super::wire;

pub(crate) struct ListPolicyVersions;

impl Act for ListPolicyVersions {
    const NAME: &'static str = "ListPolicyVersions";
    const ACTION: &'static str = "iam:ListPolicyVersions";
    const ACCESS: Access = Access::Read;
    type Subject = Managed;
    type Input = ListPolicyVersionsRequest;
    type Output = ListPolicyVersionsResponse;

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.policy_arn)
    }

    fn act(input: Self::Input, policy: Managed, cx: &mut Cx<'_, '_>) -> Result<ListPolicyVersionsResponse, Error> {
        let scope = [Some(input.policy_arn.as_str())];
        let window = Window::open(cx, Self::NAME, &scope, input.marker.as_deref(), input.max_items)?;
        let page = window.cut(cx, policy.versions(cx)?)?;
        let default = policy.default_version();
        Ok(ListPolicyVersionsResponse {
            versions: Some(page.items.iter().map(|version| wire::version(version, default, false)).collect()),
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}
