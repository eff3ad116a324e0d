//! TagSAMLProvider, UntagSAMLProvider and ListSAMLProviderTags.

use claviger_core::paging::Page;
use claviger_model::iam::{
    ListSAMLProviderTagsRequest, ListSAMLProviderTagsResponse, Tag as WireTag, TagSAMLProviderRequest,
    UntagSAMLProviderRequest,
};
use claviger_store::tables::identity_provider_table::SamlProviderRecord;

use crate::iam::tagging::{ListTagsRequest, TagRequest, UntagRequest};

impl TagRequest for TagSAMLProviderRequest {
    const ACTION: &'static str = "iam:TagSAMLProvider";
    type Resource = SamlProviderRecord;

    fn resource_name(&self) -> &str {
        &self.saml_provider_arn
    }

    fn tags(&self) -> &[WireTag] {
        &self.tags
    }
}

impl UntagRequest for UntagSAMLProviderRequest {
    const ACTION: &'static str = "iam:UntagSAMLProvider";
    type Resource = SamlProviderRecord;

    fn resource_name(&self) -> &str {
        &self.saml_provider_arn
    }

    fn keys(&self) -> &[String] {
        &self.tag_keys
    }
}

impl ListTagsRequest for ListSAMLProviderTagsRequest {
    const ACTION: &'static str = "iam:ListSAMLProviderTags";
    type Resource = SamlProviderRecord;
    type Response = ListSAMLProviderTagsResponse;

    fn resource_name(&self) -> &str {
        &self.saml_provider_arn
    }

    fn paging(&self) -> (Option<&str>, Option<i32>) {
        (self.marker.as_deref(), self.max_items)
    }

    fn response(page: Page<WireTag>) -> ListSAMLProviderTagsResponse {
        ListSAMLProviderTagsResponse { tags: page.items, is_truncated: Some(page.next.is_some()), marker: page.next }
    }
}
