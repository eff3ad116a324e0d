//! ListResourceTags: a key's tags.

use claviger_model::kms::{ListResourceTagsRequest, ListResourceTagsResponse};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;
use claviger_core::paging;

use super::keys::{self, FoundKey};
use super::{pages, tags};

pub(crate) struct ListResourceTags;

impl Operation for ListResourceTags {
    const NAME: &'static str = "ListResourceTags";
    type Input = ListResourceTagsRequest;
    type Output = ListResourceTagsResponse;
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<FoundKey, Error> {
        keys::find_own(cx, &input.key_id)
    }

    fn permissions(_input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![keys::permission("kms:ListResourceTags", key, cx)?])
    }

    fn run(
        input: Self::Input,
        key: Authorized<FoundKey>,
        cx: &mut Cx<'_, '_>,
    ) -> Result<ListResourceTagsResponse, Error> {
        let size = pages::size(input.limit, 50, 50);
        let FoundKey { mut record, arn, .. } = key.into_inner();
        let scope = arn.to_string();
        let after = pages::after(cx, Self::NAME, &scope, input.marker.as_deref())?;
        record.tags.sort_by(|a, b| a.key.cmp(&b.key));
        let rows = record.tags.into_iter().map(|tag| (tag.key.clone().into_bytes(), tag));
        let rows = rows.filter(|(key, _)| after.as_ref().is_none_or(|after| key > after)).collect();
        let page = paging::page(cx, Self::NAME, &scope, rows, size);
        Ok(ListResourceTagsResponse {
            tags: Some(page.items.into_iter().map(tags::wire).collect()),
            truncated: Some(page.next.is_some()),
            next_marker: page.next,
        })
    }
}
