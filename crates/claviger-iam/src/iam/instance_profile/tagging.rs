//! TagInstanceProfile, UntagInstanceProfile and ListInstanceProfileTags.

use claviger_core::paging::Page;
use claviger_model::iam::{
    ListInstanceProfileTagsRequest, ListInstanceProfileTagsResponse, Tag as WireTag, TagInstanceProfileRequest,
    UntagInstanceProfileRequest,
};
use claviger_store::tables::instance_profile_table::InstanceProfileRecord;

use crate::iam::tagging::{ListTagsRequest, TagRequest, UntagRequest};

impl TagRequest for TagInstanceProfileRequest {
    const ACTION: &'static str = "iam:TagInstanceProfile";
    type Resource = InstanceProfileRecord;

    fn resource_name(&self) -> &str {
        &self.instance_profile_name
    }

    fn tags(&self) -> &[WireTag] {
        &self.tags
    }
}

impl UntagRequest for UntagInstanceProfileRequest {
    const ACTION: &'static str = "iam:UntagInstanceProfile";
    type Resource = InstanceProfileRecord;

    fn resource_name(&self) -> &str {
        &self.instance_profile_name
    }

    fn keys(&self) -> &[String] {
        &self.tag_keys
    }
}

impl ListTagsRequest for ListInstanceProfileTagsRequest {
    const ACTION: &'static str = "iam:ListInstanceProfileTags";
    type Resource = InstanceProfileRecord;
    type Response = ListInstanceProfileTagsResponse;

    fn resource_name(&self) -> &str {
        &self.instance_profile_name
    }

    fn paging(&self) -> (Option<&str>, Option<i32>) {
        (self.marker.as_deref(), self.max_items)
    }

    fn response(page: Page<WireTag>) -> ListInstanceProfileTagsResponse {
        ListInstanceProfileTagsResponse { tags: page.items, is_truncated: Some(page.next.is_some()), marker: page.next }
    }
}
