//! Custom key stores and the keys in them.

use claviger_types::Timestamp;

use super::*;
use crate::tables::key_store_table::{Connection, ExternalKeyIdRecord, ExternalKeyRecord, KeyStoreRecord};

pub(super) const CHECKS: &[Check] = &[
    || check(&connections().map(key_store)),
    || {
        let (key_store, xks_key_id) = ("cks-1234567890abcdef0".to_owned(), "key-1".to_owned());
        check(&[ExternalKeyRecord { key: key_id(), account: account(), key_store, xks_key_id }])
    },
    || check(&[ExternalKeyIdRecord { key: key_id() }]),
];

fn connections() -> [Connection; 3] {
    let code = "XKS_PROXY_NOT_REACHABLE".to_owned();
    [Connection::Disconnected, Connection::Connected, Connection::Failed { code }]
}

fn key_store(connection: Connection) -> KeyStoreRecord {
    KeyStoreRecord {
        id: "cks-1234567890abcdef0".to_owned(),
        account: account(),
        name: "vault".to_owned(),
        created: Timestamp(1_795_532_645_123),
        endpoint: "https://xks.example.test".to_owned(),
        path: "/a/kms/xks/v1".to_owned(),
        access_key_id: "ABCDEFGHIJKLMNOPQRST".to_owned(),
        secret: vec![1, 2, 3],
        connection,
    }
}
