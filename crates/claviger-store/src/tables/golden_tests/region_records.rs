//! The region's own record, session-token keys, and the positions of replication.

use claviger_crypto::PublicIdentity;
use claviger_types::Timestamp;

use super::*;
use crate::tables::log::{InboxRecord, ReceiveRecord};
use crate::tables::region_table::{RegionRecord, TokenKeyRecord};

pub(super) const CHECKS: &[Check] = &[
    || check(&[region_record()]),
    || check(&[token_key()]),
    || check(&[InboxRecord { session: 2, applied: 70_000 }]),
    || check(&[ReceiveRecord { sealed: vec![1, 2], public: vec![3, 4], session: 5, held: vec![6] }]),
];

fn region_record() -> RegionRecord {
    RegionRecord {
        region: here(),
        keyring: vec![1, 2, 3],
        identity: vec![4, 5, 6],
        public_identity: PublicIdentity([7; 32]),
        boots: 12,
        created: Timestamp(1_795_532_645_123),
        token_key: "0123456789abcdef".to_owned(),
        iam_home: there(),
    }
}

fn token_key() -> TokenKeyRecord {
    TokenKeyRecord {
        id: "0123456789abcdef".to_owned(),
        region: there(),
        created: Timestamp(1_795_532_645_123),
        sealed: vec![1, 2, 3],
    }
}
