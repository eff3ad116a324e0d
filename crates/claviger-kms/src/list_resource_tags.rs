//! ListResourceTags: a key's tags.

use claviger_model::kms::{ListResourceTagsRequest, ListResourceTagsResponse};

use claviger_core::context::RunCx;
use claviger_core::error::Error;
use claviger_core::paging;

use super::key_lookup::FoundKey;
use super::on_key::KeyOperation;
use super::state::KeyAction;
use super::{pages, tags};

pub(crate) struct ListResourceTags;

impl KeyOperation for ListResourceTags {
    const ACTION: &'static str = "kms:ListResourceTags";
    const READ_ONLY: bool = true;
    const KEY_ACTION: KeyAction = KeyAction::Any;
    type Input = ListResourceTagsRequest;
    type Output = ListResourceTagsResponse;

    fn key_id(input: &Self::Input) -> &str {
        &input.key_id
    }

    fn run(input: Self::Input, key: FoundKey, cx: &mut RunCx<'_, '_>) -> Result<ListResourceTagsResponse, Error> {
        let size = pages::size(input.limit, 50, 50);
        let FoundKey { mut record, arn, .. } = key;
        let scope = arn.to_string();
        let after = pages::after(cx, Self::ACTION, &scope, input.marker.as_deref())?;
        record.tags.sort_by(|a, b| a.key.cmp(&b.key));
        let rows = record.tags.iter().cloned().map(|tag| (tag.key.clone().into_bytes(), tag));
        let rows = rows.filter(|(key, _)| after.as_ref().is_none_or(|after| key > after)).collect();
        let page = paging::page(cx, Self::ACTION, &scope, rows, size);
        Ok(ListResourceTagsResponse {
            tags: Some(page.items.into_iter().map(tags::wire).collect()),
            truncated: Some(page.next.is_some()),
            next_marker: page.next,
        })
    }
}
