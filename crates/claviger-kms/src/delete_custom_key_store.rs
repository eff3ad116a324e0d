//! DeleteCustomKeyStore: forgets a key store that holds no keys.

use claviger_model::kms::{DeleteCustomKeyStoreRequest, DeleteCustomKeyStoreResponse, error};
use claviger_store::Shared;
use claviger_store::tables::key_store_table::{self, Connection, KeyStoreRecord};

use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::key_stores;
use super::on_key_store::KeyStoreOperation;

pub(crate) struct DeleteCustomKeyStore;

impl KeyStoreOperation for DeleteCustomKeyStore {
    const ACTION: &'static str = "kms:DeleteCustomKeyStore";
    type Input = DeleteCustomKeyStoreRequest;
    type Output = DeleteCustomKeyStoreResponse;

    fn id(input: &Self::Input) -> &str {
        &input.custom_key_store_id
    }

    fn run(
        _input: Self::Input,
        key_store: Shared<KeyStoreRecord>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<Self::Output, Error> {
        if key_store.connection != Connection::Disconnected {
            return Err(key_stores::wrong_state(&key_store, "DeleteCustomKeyStore"));
        }
        if key_store_table::has_keys(cx.tx, &key_store.account, &key_store.id)? {
            let text = format!("Custom key store {} contains KMS keys.", key_store.id);
            return Err(Error::new(error::CUSTOM_KEY_STORE_HAS_CM_KS_EXCEPTION, text));
        }
        key_store_table::delete_key_store(cx.tx, &key_store)?;
        Ok(DeleteCustomKeyStoreResponse {})
    }
}
