//! ConnectCustomKeyStore: asks the proxy whether it is there, and makes the keys of the key store usable if it is.
//!
//! AWS answers at once and connects in the background. Here the answer comes after the attempt, and is the same: whether it succeeded is shown by
//! DescribeCustomKeyStores.

use claviger_model::kms::{ConnectCustomKeyStoreRequest, ConnectCustomKeyStoreResponse};
use claviger_store::Shared;
use claviger_store::tables::key_store_table::{self, Connection, KeyStoreRecord};

use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::key_stores;
use super::on_key_store::KeyStoreOperation;
use super::xks::Proxy;

pub(crate) struct ConnectCustomKeyStore;

impl KeyStoreOperation for ConnectCustomKeyStore {
    const ACTION: &'static str = "kms:ConnectCustomKeyStore";
    type Input = ConnectCustomKeyStoreRequest;
    type Output = ConnectCustomKeyStoreResponse;

    fn id(input: &Self::Input) -> &str {
        &input.custom_key_store_id
    }

    fn run(
        _input: Self::Input,
        mut key_store: Shared<KeyStoreRecord>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<Self::Output, Error> {
        match key_store.connection {
            Connection::Disconnected => {}
            Connection::Connected => return Ok(ConnectCustomKeyStoreResponse {}),
            Connection::Failed { .. } => return Err(key_stores::wrong_state(&key_store, "ConnectCustomKeyStore")),
        }
        let connection = match Proxy::of(cx, &key_store).health("ConnectCustomKeyStore")? {
            Ok(()) => Connection::Connected,
            Err(failure) => Connection::Failed { code: failure.connection_code().to_owned() },
        };
        key_store.connection = connection;
        key_store_table::save_key_store(cx.tx, &key_store)?;
        Ok(ConnectCustomKeyStoreResponse {})
    }
}
