//! DisconnectCustomKeyStore: the keys of the key store are unavailable until it is connected again.

use claviger_model::kms::{DisconnectCustomKeyStoreRequest, DisconnectCustomKeyStoreResponse};
use claviger_store::Shared;
use claviger_store::tables::key_store_table::{self, Connection, KeyStoreRecord};

use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::key_stores;
use super::on_key_store::KeyStoreOperation;

pub(crate) struct DisconnectCustomKeyStore;

impl KeyStoreOperation for DisconnectCustomKeyStore {
    const ACTION: &'static str = "kms:DisconnectCustomKeyStore";
    type Input = DisconnectCustomKeyStoreRequest;
    type Output = DisconnectCustomKeyStoreResponse;

    fn id(input: &Self::Input) -> &str {
        &input.custom_key_store_id
    }

    fn run(
        _input: Self::Input,
        mut key_store: Shared<KeyStoreRecord>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<Self::Output, Error> {
        if key_store.connection == Connection::Disconnected {
            return Err(key_stores::wrong_state(&key_store, "DisconnectCustomKeyStore"));
        }
        key_store.connection = Connection::Disconnected;
        key_store_table::save_key_store(cx.tx, &key_store)?;
        Ok(DisconnectCustomKeyStoreResponse {})
    }
}
