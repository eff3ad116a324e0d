//! DescribeCustomKeyStores: the account's key stores in this region, or one of them.

use claviger_model::kms::{
    CustomKeyStoresListEntry, DescribeCustomKeyStoresRequest, DescribeCustomKeyStoresResponse,
    XksProxyConfigurationType,
};
use claviger_store::Shared;
use claviger_store::tables::key_store_table::{self, Connection, KeyStoreRecord};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::paging;

use super::key_stores;
use super::pages;

pub(crate) struct DescribeCustomKeyStores;

impl Operation for DescribeCustomKeyStores {
    const ACTION: &'static str = "kms:DescribeCustomKeyStores";
    const READ_ONLY: bool = true;
    type Input = DescribeCustomKeyStoresRequest;
    type Output = DescribeCustomKeyStoresResponse;
    /// The one that the request names, if it names one.
    type Target = Option<Shared<KeyStoreRecord>>;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Self::Target>, Error> {
        Ok(Resolved::new(vec![key_stores::permission(Self::ACTION, cx)], named(input, cx).map_err(Into::into)))
    }

    fn run(input: Self::Input, named: Authorized<Self::Target>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let (items, next) = match named.into_inner() {
            Some(one) => (vec![one], None),
            None => {
                let size = pages::size(input.limit, 100, 1000);
                let after = pages::after(cx, Self::NAME, "", input.marker.as_deref())?;
                let rows = key_store_table::key_stores(cx.tx, cx.account(), after.as_deref(), size + 1)?;
                let page = paging::page(cx, Self::NAME, "", rows, size);
                (page.items, page.next)
            }
        };
        Ok(DescribeCustomKeyStoresResponse {
            custom_key_stores: Some(items.iter().map(|record| entry(record)).collect()),
            truncated: Some(next.is_some()),
            next_marker: next,
        })
    }
}

fn named(input: &DescribeCustomKeyStoresRequest, cx: &Cx<'_, '_>) -> Result<Option<Shared<KeyStoreRecord>>, Error> {
    match (&input.custom_key_store_id, &input.custom_key_store_name) {
        (Some(_), Some(_)) => {
            let text = "CustomKeyStoreId and CustomKeyStoreName cannot be in the same request.";
            Err(Error::Validation(text.to_owned()))
        }
        (Some(id), None) => key_stores::find(cx, id).map(Some),
        (None, Some(name)) => {
            let found = key_stores::all(cx)?.into_iter().find(|record| &record.name == name);
            found.ok_or_else(|| key_stores::not_found(name)).map(Some)
        }
        (None, None) => Ok(None),
    }
}

/// The secret of the credentials is never shown.
fn entry(record: &KeyStoreRecord) -> CustomKeyStoresListEntry {
    CustomKeyStoresListEntry {
        custom_key_store_id: Some(record.id.clone()),
        custom_key_store_name: Some(record.name.clone()),
        connection_state: Some(key_stores::state(&record.connection).to_owned()),
        connection_error_code: match &record.connection {
            Connection::Failed { code } => Some(code.clone()),
            Connection::Connected | Connection::Disconnected => None,
        },
        creation_date: Some(record.created),
        custom_key_store_type: Some("EXTERNAL_KEY_STORE".to_owned()),
        xks_proxy_configuration: Some(XksProxyConfigurationType {
            connectivity: Some("PUBLIC_ENDPOINT".to_owned()),
            access_key_id: Some(record.access_key_id.clone().into()),
            uri_endpoint: Some(record.endpoint.clone()),
            uri_path: Some(record.path.clone()),
            ..XksProxyConfigurationType::default()
        }),
        ..CustomKeyStoresListEntry::default()
    }
}
