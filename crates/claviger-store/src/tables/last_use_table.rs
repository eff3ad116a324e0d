//! The last uses of users, roles and access keys, by service.
//!
//! The IAM home holds the latest uses in any region; every other region holds its own uses only.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use claviger_types::{AccountId, Region, Timestamp};
use minicbor::{Decode, Encode};

use super::iam_table::AccessKeyRecord;
use super::{Record, Table, fetch, iam_table, put, row};
use crate::{Error, Key, Tx};

/// The most services of which a record keeps last uses in one region. More than a release serves, so that the record of a region with a
/// later release fits. A region that sends more displaces its own uses alone, and cannot fill another one's store.
const SERVICES_MAX: usize = 16;

/// The most characters of a service's name (IAM API reference, `serviceNamespaceType`).
const SERVICE_NAME_MAX: usize = 64;

/// The last requests that were signed with an access key, by a session of a role or by a session of a user.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct LastUseRecord {
    /// The user, role or access key.
    #[n(0)]
    pub principal: UsedPrincipal,
    /// When the latest request was received.
    #[n(1)]
    pub at: Timestamp,
    /// The region that served it.
    #[n(2)]
    pub region: Region,
    /// The service that it was signed for, such as `kms`.
    #[n(3)]
    pub service: String,
    /// The latest uses of other services, the latest first.
    #[n(4)]
    #[cbor(default)]
    pub others: Vec<ServiceUse>,
}

/// The last use of one service.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ServiceUse {
    /// When the request was received.
    #[n(0)]
    pub at: Timestamp,
    /// The region that served it.
    #[n(1)]
    pub region: Region,
    /// The service that it was signed for.
    #[n(2)]
    pub service: String,
}

impl ServiceUse {
    /// Whether its service has a name that a service can have: `secretsmanager`.
    pub fn names_a_service(&self) -> bool {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        (1..=SERVICE_NAME_MAX).contains(&self.service.len()) && self.service.bytes().all(allowed)
    }
}

/// A principal whose last use is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum UsedPrincipal {
    /// A role, used by one of its sessions.
    #[n(0)]
    Role {
        /// The owner.
        #[n(0)]
        account: AccountId,
        /// The role's name.
        #[n(1)]
        name: String,
        /// `AROA...`
        #[n(2)]
        id: String,
    },
    /// An access key of a user.
    #[n(1)]
    AccessKey {
        /// `AKIA...`
        #[n(0)]
        id: String,
    },
    /// A user: by sessions of GetSessionToken, and by access keys that were deleted since.
    #[n(2)]
    User {
        /// The owner.
        #[n(0)]
        account: AccountId,
        /// The user's name at that time.
        #[n(1)]
        name: String,
        /// `AIDA...`
        #[n(2)]
        id: String,
    },
}

impl UsedPrincipal {
    /// The unique id, which is never used again.
    pub fn id(&self) -> &str {
        match self {
            UsedPrincipal::Role { id, .. } | UsedPrincipal::AccessKey { id } | UsedPrincipal::User { id, .. } => id,
        }
    }

    /// Whether the principal exists. A role of the same name that was made later is another principal.
    pub fn exists(&self, tx: &Tx<'_>) -> Result<bool, Error> {
        Ok(match self {
            UsedPrincipal::Role { account, name, id } => {
                iam_table::role(tx, account, name)?.is_some_and(|role| role.identity.id == *id)
            }
            UsedPrincipal::AccessKey { id } => iam_table::access_key(tx, id)?.is_some(),
            UsedPrincipal::User { account, name, id } => iam_table::user_with_id(tx, account, id, name)?.is_some(),
        })
    }
}

impl Record for LastUseRecord {
    const TABLE: Table = Table::LastUse;
}

impl LastUseRecord {
    /// The record of these uses, of which the latest of each service counts, and of each region those of the services that were used last.
    /// None if there are no uses.
    pub fn of(principal: UsedPrincipal, uses: impl IntoIterator<Item = ServiceUse>) -> Option<LastUseRecord> {
        let mut uses = latest_by_service(uses);
        // The order is the same in every region, so that equal records have equal bytes.
        uses.sort_by(|a, b| (Reverse(a.at), &a.service).cmp(&(Reverse(b.at), &b.service)));
        let mut kept: BTreeMap<Region, usize> = BTreeMap::new();
        uses.retain(|used| {
            let count = kept.entry(used.region.clone()).or_default();
            *count += 1;
            *count <= SERVICES_MAX
        });
        let mut uses = uses.into_iter();
        let ServiceUse { at, region, service } = uses.next()?;
        Some(LastUseRecord { principal, at, region, service, others: uses.collect() })
    }

    /// The latest use of each service, the latest first.
    pub fn uses(&self) -> impl Iterator<Item = ServiceUse> {
        let latest = ServiceUse { at: self.at, region: self.region.clone(), service: self.service.clone() };
        std::iter::once(latest).chain(self.others.iter().cloned())
    }
}

/// The latest of the uses of each service. Of two at one time, the first counts.
pub fn latest_by_service(uses: impl IntoIterator<Item = ServiceUse>) -> Vec<ServiceUse> {
    let mut latest: BTreeMap<String, ServiceUse> = BTreeMap::new();
    for one in uses {
        if latest.get(&one.service).is_none_or(|known| known.at < one.at) {
            latest.insert(one.service.clone(), one);
        }
    }
    latest.into_values().collect()
}

/// The row of the last use of the principal with a unique id. The principal's record owns it.
pub(super) fn last_use_row(tx: &Tx<'_>, id: &str) -> Key {
    row(tx, Table::LastUse, &[id.as_bytes()], &[])
}

/// Reads the last use of the principal with a unique id.
pub fn last_use(tx: &Tx<'_>, id: &str) -> Result<Option<LastUseRecord>, Error> {
    fetch(tx, &last_use_row(tx, id))
}

/// The latest use of each service by a user: with its access keys, by its sessions, and with access keys that were deleted.
pub fn uses_of_user(tx: &Tx<'_>, account: &AccountId, id: &str) -> Result<Vec<ServiceUse>, Error> {
    let mut records: Vec<LastUseRecord> = last_use(tx, id)?.into_iter().collect();
    for key in iam_table::access_keys(tx, account, id)? {
        records.extend(last_use(tx, &key.id)?);
    }
    Ok(latest_by_service(records.iter().flat_map(LastUseRecord::uses)))
}

/// Writes the uses that are later than the stored ones, if their principal exists. Returns whether any was.
pub fn save_last_use(tx: &mut Tx<'_>, record: &LastUseRecord) -> Result<bool, Error> {
    let key = last_use_row(tx, record.principal.id());
    let stored = fetch::<LastUseRecord>(tx, &key)?;
    let known = stored.iter().flat_map(LastUseRecord::uses);
    let Some(merged) = LastUseRecord::of(record.principal.clone(), known.chain(record.uses())) else {
        return Ok(false);
    };
    if stored.is_some_and(|stored| stored.uses().eq(merged.uses())) || !record.principal.exists(tx)? {
        return Ok(false);
    }
    put(tx, key, &merged)?;
    Ok(true)
}

/// Keeps the last uses of an access key for its user, before the key is deleted with them.
pub fn keep_uses_of_key(tx: &mut Tx<'_>, key: &AccessKeyRecord) -> Result<(), Error> {
    let Some(used) = last_use(tx, &key.id)? else { return Ok(()) };
    let (account, name, id) = (key.account.clone(), key.user.clone(), key.user_id.clone());
    save_last_use(tx, &LastUseRecord { principal: UsedPrincipal::User { account, name, id }, ..used }).map(drop)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::tables::{decode, encode};

    fn used(service: &str, at: i64, region: &str) -> ServiceUse {
        ServiceUse { at: Timestamp(at), region: Region::parse(region).unwrap(), service: service.to_owned() }
    }

    fn key() -> UsedPrincipal {
        UsedPrincipal::AccessKey { id: "AKIA".to_owned() }
    }

    #[test]
    fn a_record_has_the_latest_use_of_each_service_and_the_latest_first() {
        let (kms, sts) = (used("kms", 5, "eu-west-1"), used("sts", 7, "eu-central-1"));
        let record = LastUseRecord::of(key(), [used("kms", 3, "eu-central-1"), kms.clone(), sts.clone()]).unwrap();
        assert_eq!((record.service.as_str(), record.at), ("sts", Timestamp(7)));
        assert_eq!(record.uses().collect::<Vec<_>>(), [sts, kms]);
        assert_eq!(LastUseRecord::of(key(), []), None);
    }

    #[test]
    fn a_record_keeps_a_limited_number_of_services() {
        let many = (0..40).map(|n| used(&format!("s{n}"), n, "eu-west-1"));
        let record = LastUseRecord::of(key(), many).unwrap();
        assert_eq!(record.uses().count(), SERVICES_MAX);
        assert_eq!(record.service, "s39");
    }

    #[test]
    fn a_region_does_not_displace_the_uses_of_others() {
        let own = [used("kms", 1, "eu-central-1"), used("sts", 2, "eu-central-1")];
        let invented = (0..40).map(|n| used(&format!("s{n}"), 100 + n, "eu-west-1"));
        let record = LastUseRecord::of(key(), invented.chain(own.clone())).unwrap();
        assert_eq!(record.uses().count(), SERVICES_MAX + own.len());
        assert!(own.iter().all(|used| record.uses().any(|kept| kept == *used)));
    }

    #[test]
    fn names_of_services() {
        let check = |name: &str| used(name, 1, "eu-west-1").names_a_service();
        assert!(check("kms") && check("execute-api") && check("s3") && check(&"a".repeat(64)));
        assert!(!check("") && !check("KMS") && !check("a b") && !check(&"a".repeat(65)));
    }

    #[test]
    fn a_record_of_an_earlier_build_names_one_service() {
        let record = LastUseRecord::of(key(), [used("kms", 5, "eu-west-1")]).unwrap();
        let mut earlier = encode(&record).unwrap();
        assert_eq!((earlier[0], earlier.pop()), (0x85, Some(0x80)));
        earlier[0] = 0x84;
        assert_eq!(decode::<LastUseRecord>(&[], &earlier).unwrap(), record);
    }
}
