//! Typed records over the transaction: the contents of each row, and the form of its key.
//!
//! A row's key is its table's byte, then sixteen-byte keyed hashes of the names that identify it (see
//! [`Barrier::name`](crate::Barrier::name)), so that a stolen store reveals neither names nor owners. Rows that are listed
//! together share their first hash. Values are CBOR with numbered fields. A field is only ever added, as an `Option` or with
//! a default, so that the next two releases can read the rows that this one wrote.

pub mod access_report_table;
pub mod account_alias_table;
pub mod audit_anchor_table;
pub mod audit_table;
pub mod awaited_rotation_table;
pub mod claim_table;
pub mod ended_replica_table;
pub mod fleet_table;
mod grant_constraint;
pub mod grant_table;
pub mod grantee_table;
pub mod group_table;
pub mod iam_table;
pub mod identity_provider_table;
mod index;
pub mod instance_profile_table;
pub mod key_store_table;
pub mod key_table;
pub mod key_use_table;
pub mod last_use_table;
pub mod lineage_table;
pub mod log;
pub mod material_table;
mod policy_document;
pub mod policy_version_table;
pub mod refused_secret_table;
pub mod region_table;
pub mod rotation_table;
pub mod run_table;
pub mod secret_table;
mod state_digest;

use claviger_types::{AccountId, Region};
use minicbor::{Decode, Encode};

use crate::{Error, Key, Shared, Tx};

pub use index::{IndexRow, Indexed, Named, RowName, delete, find, save, save_new};
pub use policy_document::{PolicyDocument, PolicyText};
pub use state_digest::{ReportedState, StateDigest};

/// The first byte of every row key. Numbers are never used twice, not even for a table that is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Table {
    /// [`region_table::RegionRecord`]
    Region = 1,
    /// [`region_table::TokenKeyRecord`]
    TokenKey = 2,
    /// Changes that wait for a peer: [`log`].
    Outbox = 3,
    /// The position up to which a peer's changes have been applied: [`log`].
    Inbox = 4,
    /// One-time receiving keys: [`log`].
    Receive = 5,
    /// Audit records that wait for the audit file: [`audit_table`].
    Audit = 6,
    /// [`fleet_table::MemberRecord`]
    Member = 7,
    /// [`fleet_table::RebuildRecord`]
    Rebuild = 8,
    /// [`fleet_table::RebuiltRecord`]
    Rebuilt = 9,
    /// [`key_table::KeyRecord`]
    Key = 10,
    /// Sealed material of keys.
    Material = 11,
    /// [`key_table::AliasRecord`]
    Alias = 12,
    /// Names of a key's aliases.
    AliasByKey = 13,
    /// [`key_table::DeletedKeyRecord`]
    DeletedKey = 14,
    /// The time when work on a key is due: [`key_table`].
    KeyDue = 15,
    /// The account that owns a key id: ciphertexts name the id alone.
    KeyOwner = 16,
    /// Metadata of keys' material: [`material_table`].
    MaterialMeta = 17,
    /// [`awaited_rotation_table::AwaitedRotationRecord`]
    AwaitedRotation = 18,
    /// [`secret_table::SecretRecord`]
    Secret = 20,
    /// [`secret_table::SecretValueRecord`]
    SecretValue = 21,
    /// [`secret_table::DetachedSecretRecord`]
    DetachedSecret = 22,
    /// The time when work on a secret is due: [`secret_table`].
    SecretDue = 23,
    /// Names of secrets, the newest first: [`secret_table`].
    SecretByAge = 24,
    /// [`rotation_table::RotationRecord`]
    Rotation = 25,
    /// The time when a rotation has to be looked at: [`rotation_table`].
    RotationDue = 26,
    /// [`refused_secret_table::RefusedSecretRecord`]
    RefusedSecret = 27,
    /// [`iam_table::UserRecord`]
    User = 30,
    /// [`iam_table::RoleRecord`]
    Role = 31,
    /// [`iam_table::PolicyRecord`]
    Policy = 32,
    /// [`iam_table::AccessKeyRecord`]
    AccessKey = 33,
    /// Access key ids by user.
    AccessKeyByUser = 34,
    /// Users, groups and roles by attached policy.
    PolicyUse = 35,
    /// Names of users by unique id.
    UserById = 36,
    /// [`policy_version_table::PolicyVersionRecord`]
    PolicyVersion = 37,
    /// [`last_use_table::LastUseRecord`]
    LastUse = 38,
    /// [`group_table::GroupRecord`]
    Group = 39,
    /// [`grant_table::GrantRecord`]
    Grant = 40,
    /// [`grant_table::GrantSetRecord`]
    GrantSet = 41,
    /// The number of a key's grants.
    GrantCount = 42,
    /// Grants by grantee, form and values of the constraint.
    GrantByGrantee = 43,
    /// Grants by name and all other data of their requests.
    GrantByName = 44,
    /// Grants by retiring principal.
    RetirableGrant = 45,
    /// [`grantee_table::GranteeRecord`]
    Grantee = 46,
    /// The time when the grants of a deleted key are to be deleted: [`grant_table`].
    GrantPurge = 47,
    /// [`key_use_table::KeyUseRecord`]
    KeyUse = 50,
    /// [`key_store_table::KeyStoreRecord`]
    KeyStore = 51,
    /// [`key_store_table::ExternalKeyRecord`]
    ExternalKey = 52,
    /// Ids of the keys in a key store: [`key_store_table`].
    ExternalKeyByStore = 53,
    /// Ids of groups by name: [`group_table`].
    GroupByName = 54,
    /// [`group_table::GroupMemberRecord`]
    GroupMember = 55,
    /// [`fleet_table::InvitationRecord`]
    Invitation = 60,
    /// [`run_table::RunRecord`]
    Run = 61,
    /// [`run_table::HeldRecord`]
    Held = 62,
    /// [`fleet_table::FormerMemberRecord`]
    FormerMember = 63,
    /// [`fleet_table::DepartureRecord`]
    Departure = 64,
    /// [`secret_table::EpochCountersRecord`]
    EpochCounters = 66,
    /// [`lineage_table::LineageRecord`]
    Lineage = 67,
    /// [`lineage_table::FormerIdentitiesRecord`]
    FormerIdentities = 68,
    /// [`claim_table::RefusedClaimRecord`]
    RefusedClaim = 69,
    /// [`claim_table::DisputedRoleRecord`]
    DisputedRole = 70,
    /// [`ended_replica_table::EndedReplicaRecord`]
    EndedReplica = 72,
    /// [`log::AckedRecord`]
    Acked = 73,
    /// [`instance_profile_table::InstanceProfileRecord`]
    InstanceProfile = 74,
    /// Names of instance profiles by role: [`instance_profile_table`].
    InstanceProfileByRole = 75,
    /// [`identity_provider_table::OidcProviderRecord`]
    OidcProvider = 76,
    /// [`identity_provider_table::SamlProviderRecord`]
    SamlProvider = 77,
    /// [`account_alias_table::AccountAliasRecord`]
    AccountAlias = 78,
    /// Accounts by alias: [`account_alias_table`].
    AccountByAlias = 79,
    /// [`access_report_table::AccessReportRecord`]
    AccessReport = 80,
    /// [`audit_anchor_table::AuditAnchorRecord`]
    AuditAnchor = 81,
    /// [`access_report_table::ReportedEntitiesRecord`]
    ReportedEntities = 82,
}

/// A record that a table holds.
pub trait Record: Encode<()> + for<'b> Decode<'b, ()> {
    /// The record's table.
    const TABLE: Table;
}

/// Reads the record at `key`.
pub fn fetch<T: Record>(tx: &Tx<'_>, key: &[u8]) -> Result<Option<T>, Error> {
    tx.get(key)?.map(|bytes| decode(key, &bytes)).transpose()
}

/// As [`fetch`], shared with other transactions: for records that are read often and not changed here.
pub fn fetch_shared<T: Record + Send + Sync + 'static>(tx: &Tx<'_>, key: Key) -> Result<Option<Shared<T>>, Error> {
    tx.get_shared(key, decode)
}

/// Writes the record at `key`. A record with index rows is written by [`save`] instead.
fn put<T: Record>(tx: &mut Tx<'_>, key: Key, record: &T) -> Result<(), Error> {
    let bytes = encode(record)?;
    tx.put(key, &bytes)
}

/// Writes a record whose row cannot exist yet; see [`Tx::put_new`].
fn put_new<T: Record>(tx: &mut Tx<'_>, key: Key, record: &T) -> Result<(), Error> {
    let bytes = encode(record)?;
    tx.put_new(key, &bytes)
}

/// Records whose keys begin with `prefix` and come after `after`, in key order, at most `limit`.
pub fn list<T: Record>(tx: &Tx<'_>, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<(Key, T)>, Error> {
    let rows = tx.scan(&list_start(prefix, after)?, &successor(prefix), limit)?;
    rows.into_iter().map(|(key, bytes)| decode(&key, &bytes).map(|record| (key, record))).collect()
}

/// The most rows of the first page of a list that are kept for other requests.
const KEPT_ROWS_MAX: usize = 128;

/// As [`list`], shared with other transactions: for lists that requests show.
pub fn list_shared<T: Record + Send + Sync + 'static>(
    tx: &Tx<'_>,
    prefix: &[u8],
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Key, Shared<T>)>, Error> {
    let keeps = list_keeps(after.is_none(), limit);
    tx.scan_shared(&list_start(prefix, after)?, &successor(prefix), limit, keeps, decode)
}

/// Whether the rows of a list are kept for other requests: later pages and long lists would displace the rows that requests use.
pub(crate) fn list_keeps(is_first: bool, limit: usize) -> bool {
    is_first && limit <= KEPT_ROWS_MAX
}

fn list_start(prefix: &[u8], after: Option<&[u8]>) -> Result<Key, Error> {
    match after {
        // The smallest key above `after`. A marker from another table or owner must not extend the listing to other rows.
        Some(after) if after.starts_with(prefix) => Ok([after, &[0]].concat()),
        Some(after) => Err(Error::Corrupt { key: after.to_vec() }),
        None => Ok(prefix.to_vec()),
    }
}

/// The smallest key above every key that begins with `prefix`.
pub fn successor(prefix: &[u8]) -> Key {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            break;
        }
    }
    end
}

/// A record's bytes.
pub fn encode<T: Encode<()>>(record: &T) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    minicbor::encode(record, &mut bytes).map_err(|e| Error::Encoding(e.to_string()))?;
    Ok(bytes)
}

/// A record from its bytes; `key` names the row in the error.
pub fn decode<T: for<'b> Decode<'b, ()>>(key: &[u8], bytes: &[u8]) -> Result<T, Error> {
    minicbor::decode(bytes).map_err(|_| Error::Corrupt { key: key.to_vec() })
}

/// `table | hash(group)`: the prefix of all rows of a group.
pub(crate) fn group(tx: &Tx<'_>, table: Table, group: &[&[u8]]) -> Key {
    let mut key = vec![table as u8];
    key.extend_from_slice(&tx.name(group));
    key
}

/// `table | hash(group) | hash(name)`.
pub(crate) fn row(tx: &Tx<'_>, table: Table, group_parts: &[&[u8]], name: &[&[u8]]) -> Key {
    let mut key = group(tx, table, group_parts);
    key.extend_from_slice(&tx.name(name));
    key
}

/// The order of writers of one shared thing: a counter and the region that raised it, compared as a pair.
///
/// A counter alone could split the brain: two regions that each promote themselves while they are disconnected would claim
/// the same number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Epoch {
    /// Raised by one at each change of the primary.
    #[n(0)]
    pub counter: u64,
    /// The region that became the primary.
    #[n(1)]
    pub region: Region,
}

/// A tag of a key, secret or IAM entity.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Tag {
    /// 1 to 128 characters.
    #[n(0)]
    pub key: String,
    /// 0 to 256 characters.
    #[n(1)]
    pub value: String,
}

/// A user or role that a stored policy names, and its unique id when the policy was stored. A user or role that is made later
/// under the same name is another principal.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct BoundPrincipal {
    /// The principal as the policy spells it.
    #[n(0)]
    pub arn: String,
    /// `AIDA...` or `AROA...`. For the ARN of a role's session, the role's id.
    #[n(1)]
    pub id: String,
}

/// The bytes by which an account groups its rows.
pub(crate) fn account_part(account: &AccountId) -> &[u8] {
    account.as_str().as_bytes()
}

#[cfg(test)]
mod golden_tests;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_types::{AccountId, Timestamp};

    use super::iam_table::{Identity, RoleRecord, UserRecord};
    use super::{BoundPrincipal, decode, encode, successor};

    fn identity() -> Identity {
        Identity {
            account: AccountId::parse("111122223333").unwrap(),
            name: "ops".into(),
            path: "/".into(),
            id: "AROAEXAMPLEEXAMPLE001".into(),
            created: Timestamp(1),
            tags: Vec::new(),
            attached: Vec::new(),
            inline: Vec::new(),
            boundary: None,
        }
    }

    #[test]
    fn a_user_of_an_earlier_build_is_in_no_group() {
        let user = UserRecord { identity: identity(), groups: Vec::new() };
        let mut earlier = encode(&user).unwrap();
        assert_eq!((earlier[0], earlier.pop()), (0x82, Some(0x80)));
        earlier[0] = 0x81;
        assert_eq!(decode::<UserRecord>(&[], &earlier).unwrap(), user);
    }

    #[test]
    fn a_record_of_an_earlier_release_has_no_bound_principals() {
        let identity = identity();
        let bound = vec![BoundPrincipal { arn: "arn".into(), id: "AIDA".into() }];
        let role = RoleRecord { identity, trust: "{}".into(), description: None, max_session_secs: 3600, bound };
        let bytes = encode(&role).unwrap();
        assert_eq!(decode::<RoleRecord>(&[], &bytes).unwrap(), role);

        let unbound = RoleRecord { bound: Vec::new(), ..role };
        let mut earlier = encode(&unbound).unwrap();
        // An array of five fields whose last one is empty becomes the array of four that earlier releases wrote.
        assert_eq!((earlier[0], earlier.pop()), (0x85, Some(0x80)));
        earlier[0] = 0x84;
        assert_eq!(decode::<RoleRecord>(&[], &earlier).unwrap(), unbound);
    }

    #[test]
    fn successors() {
        assert_eq!(successor(b"ab"), b"ac");
        assert_eq!(successor(&[1, 255]), [2]);
        assert_eq!(successor(&[255, 255]), Vec::<u8>::new());
    }
}
