//! When KMS keys were last used for a cryptographic operation that succeeded (reference: AWS KMS API, GetKeyLastUsage).
//!
//! An operation names the keys that it used in the request's audit context, with the event id that its audit record has. After the
//! request has succeeded, the pipeline notes them here. `key_uses_job.rs` writes them.

use claviger_store::tables::key_use_table::KeyUseRecord;
use claviger_types::{AccountId, KeyId, Random, Timestamp};

use crate::audit::{AuditContext, UsedKey};
use crate::uses::{Use, Uses};

/// The latest use of a key.
#[derive(Clone)]
pub(crate) struct KeyUse {
    pub(crate) account: AccountId,
    pub(crate) key: KeyId,
    pub(crate) record: KeyUseRecord,
}

impl Use for KeyUse {
    fn id(&self) -> &str {
        self.key.as_str()
    }

    fn at(&self) -> Timestamp {
        self.record.at
    }
}

/// Uses of keys that are not written yet.
pub(crate) type KeyUses = Uses<KeyUse>;

/// Notes the keys that a request used which has succeeded.
pub(crate) fn note(uses: &KeyUses, audit: &AuditContext, random: &dyn Random, request_id: &str, at: Timestamp) {
    audit.each_used_key(|used, access| {
        let event_id = access.event_id(random);
        let UsedKey { record, operation } = used;
        let update = |known: &mut KeyUse| {
            let known = &mut known.record;
            if known.at > at {
                return;
            }
            known.at = at;
            known.operation.replace_range(.., operation);
            known.event_id.replace_range(.., event_id);
            known.request_id.replace_range(.., request_id);
        };
        uses.note(record.id.as_str(), update, || KeyUse {
            account: record.account.clone(),
            key: record.id.clone(),
            record: KeyUseRecord {
                at,
                operation: (*operation).to_owned(),
                event_id: event_id.to_owned(),
                request_id: request_id.to_owned(),
            },
        });
    });
}
