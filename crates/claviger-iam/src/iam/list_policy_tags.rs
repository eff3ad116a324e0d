//! ListPolicyTags: a managed policy's tags.

use claviger_model::iam::{ListPolicyTagsRequest, ListPolicyTagsResponse};

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::{Act, Subject};
use super::pages::Window;
use super::policies::Managed;
use super::tags;

pub(crate) struct ListPolicyTags;

impl Act for ListPolicyTags {
    const NAME: &'static str = "ListPolicyTags";
    const ACTION: &'static str = "iam:ListPolicyTags";
    const ACCESS: Access = Access::Read;
    type Subject = Managed;
    type Input = ListPolicyTagsRequest;
    type Output = ListPolicyTagsResponse;

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.policy_arn)
    }

    fn act(input: Self::Input, policy: Managed, cx: &mut Cx<'_, '_>) -> Result<ListPolicyTagsResponse, Error> {
        let scope = [Some(input.policy_arn.as_str())];
        let window = Window::open(cx, Self::NAME, &scope, input.marker.as_deref(), input.max_items)?;
        let page = window.cut(cx, policy.tags().to_vec())?;
        Ok(ListPolicyTagsResponse {
            tags: page.items.into_iter().map(tags::wire).collect(),
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}
