//! ListAccessKeys: a user's access keys, without their secrets.

use claviger_model::iam::{AccessKeyMetadata, ListAccessKeysRequest, ListAccessKeysResponse};
use claviger_store::tables::iam_table::UserRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::on_resource::ResourceOperation;
use super::pages::Window;
use super::{access_keys, entities};

pub(crate) struct ListAccessKeys;

impl ResourceOperation for ListAccessKeys {
    const ACTION: &'static str = "iam:ListAccessKeys";
    const READ_ONLY: bool = true;
    type Resource = UserRecord;
    type Input = ListAccessKeysRequest;
    type Output = ListAccessKeysResponse;

    fn resource_name<'a>(input: &'a Self::Input, cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        entities::user_or_self(input.user_name.as_deref(), cx)
    }

    fn run(input: Self::Input, user: UserRecord, cx: &mut Cx<'_, '_>) -> Result<ListAccessKeysResponse, Error> {
        let scope = [Some(user.identity.id.as_str())];
        let window = Window::open(cx, Self::ACTION, &scope, input.marker.as_deref(), input.max_items)?;
        let page = window.cut(cx, access_keys::all(cx, &user)?)?;
        let shown = page.items.into_iter().map(|key| AccessKeyMetadata {
            status: Some(access_keys::status(&key)),
            user_name: Some(key.user),
            access_key_id: Some(key.id),
            create_date: Some(key.created),
        });
        Ok(ListAccessKeysResponse {
            access_key_metadata: shown.collect(),
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}
