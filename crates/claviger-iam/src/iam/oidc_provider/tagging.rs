//! TagOpenIDConnectProvider, UntagOpenIDConnectProvider and ListOpenIDConnectProviderTags.

use claviger_core::paging::Page;
use claviger_model::iam::{
    ListOpenIDConnectProviderTagsRequest, ListOpenIDConnectProviderTagsResponse, Tag as WireTag,
    TagOpenIDConnectProviderRequest, UntagOpenIDConnectProviderRequest,
};
use claviger_store::tables::identity_provider_table::OidcProviderRecord;

use crate::iam::tagging::{ListTagsRequest, TagRequest, UntagRequest};

impl TagRequest for TagOpenIDConnectProviderRequest {
    const ACTION: &'static str = "iam:TagOpenIDConnectProvider";
    type Resource = OidcProviderRecord;

    fn resource_name(&self) -> &str {
        &self.open_id_connect_provider_arn
    }

    fn tags(&self) -> &[WireTag] {
        &self.tags
    }
}

impl UntagRequest for UntagOpenIDConnectProviderRequest {
    const ACTION: &'static str = "iam:UntagOpenIDConnectProvider";
    type Resource = OidcProviderRecord;

    fn resource_name(&self) -> &str {
        &self.open_id_connect_provider_arn
    }

    fn keys(&self) -> &[String] {
        &self.tag_keys
    }
}

impl ListTagsRequest for ListOpenIDConnectProviderTagsRequest {
    const ACTION: &'static str = "iam:ListOpenIDConnectProviderTags";
    type Resource = OidcProviderRecord;
    type Response = ListOpenIDConnectProviderTagsResponse;

    fn resource_name(&self) -> &str {
        &self.open_id_connect_provider_arn
    }

    fn paging(&self) -> (Option<&str>, Option<i32>) {
        (self.marker.as_deref(), self.max_items)
    }

    fn response(page: Page<WireTag>) -> ListOpenIDConnectProviderTagsResponse {
        ListOpenIDConnectProviderTagsResponse {
            tags: page.items,
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        }
    }
}
