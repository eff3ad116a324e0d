//! The policies of groups, attached and inline: the requests of `attached_policies.rs` and `inline_policies.rs` that name a group.

use claviger_model::iam::{
    AttachGroupPolicyRequest, AttachedPolicy, DeleteGroupPolicyRequest, DetachGroupPolicyRequest,
    GetGroupPolicyRequest, GetGroupPolicyResponse, ListAttachedGroupPoliciesRequest, ListAttachedGroupPoliciesResponse,
    ListGroupPoliciesRequest, ListGroupPoliciesResponse, PutGroupPolicyRequest,
};
use claviger_store::tables::group_table::GroupRecord;

use claviger_core::paging::Page;

use super::attached_policies::{AttachmentRequest, ListAttachedRequest};
use super::inline_policies::{DeleteRequest, GetRequest, InlineRequest, ListRequest, PutRequest};

impl AttachmentRequest for AttachGroupPolicyRequest {
    const ACTION: &'static str = "iam:AttachGroupPolicy";
    type Entity = GroupRecord;

    fn entity_name(&self) -> &str {
        &self.group_name
    }

    fn policy_arn(&self) -> &str {
        &self.policy_arn
    }
}

impl AttachmentRequest for DetachGroupPolicyRequest {
    const ACTION: &'static str = "iam:DetachGroupPolicy";
    type Entity = GroupRecord;

    fn entity_name(&self) -> &str {
        &self.group_name
    }

    fn policy_arn(&self) -> &str {
        &self.policy_arn
    }
}

impl ListAttachedRequest for ListAttachedGroupPoliciesRequest {
    const ACTION: &'static str = "iam:ListAttachedGroupPolicies";
    type Entity = GroupRecord;
    type Response = ListAttachedGroupPoliciesResponse;

    fn entity_name(&self) -> &str {
        &self.group_name
    }

    fn path_prefix(&self) -> Option<&str> {
        self.path_prefix.as_deref()
    }

    fn paging(&self) -> (Option<&str>, Option<i32>) {
        (self.marker.as_deref(), self.max_items)
    }

    fn response(page: Page<AttachedPolicy>) -> Self::Response {
        let (attached_policies, is_truncated) = (Some(page.items), Some(page.next.is_some()));
        ListAttachedGroupPoliciesResponse { attached_policies, is_truncated, marker: page.next }
    }
}

impl InlineRequest for PutGroupPolicyRequest {
    const ACTION: &'static str = "iam:PutGroupPolicy";
    type Entity = GroupRecord;

    fn entity_name(&self) -> &str {
        &self.group_name
    }
}

impl InlineRequest for GetGroupPolicyRequest {
    const ACTION: &'static str = "iam:GetGroupPolicy";
    type Entity = GroupRecord;

    fn entity_name(&self) -> &str {
        &self.group_name
    }
}

impl InlineRequest for DeleteGroupPolicyRequest {
    const ACTION: &'static str = "iam:DeleteGroupPolicy";
    type Entity = GroupRecord;

    fn entity_name(&self) -> &str {
        &self.group_name
    }
}

impl InlineRequest for ListGroupPoliciesRequest {
    const ACTION: &'static str = "iam:ListGroupPolicies";
    type Entity = GroupRecord;

    fn entity_name(&self) -> &str {
        &self.group_name
    }
}

impl PutRequest for PutGroupPolicyRequest {
    fn into_policy(self) -> (String, String) {
        (self.policy_name, self.policy_document)
    }
}

impl GetRequest for GetGroupPolicyRequest {
    type Response = GetGroupPolicyResponse;

    fn policy_name(&self) -> &str {
        &self.policy_name
    }

    fn response(self, entity: &GroupRecord, policy_document: String) -> GetGroupPolicyResponse {
        let group_name = entity.identity.name.clone();
        GetGroupPolicyResponse { group_name, policy_name: self.policy_name, policy_document }
    }
}

impl DeleteRequest for DeleteGroupPolicyRequest {
    fn policy_name(&self) -> &str {
        &self.policy_name
    }
}

impl ListRequest for ListGroupPoliciesRequest {
    type Response = ListGroupPoliciesResponse;

    fn paging(&self) -> (Option<&str>, Option<i32>) {
        (self.marker.as_deref(), self.max_items)
    }

    fn response(page: Page<String>) -> ListGroupPoliciesResponse {
        ListGroupPoliciesResponse {
            policy_names: page.items,
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        }
    }
}
