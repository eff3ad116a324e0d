//! IAM: users, roles, managed policies and access keys. They are written in the partition's home region and copied to all
//! others.

use claviger_types::{AccountId, Timestamp};
use minicbor::{Decode, Encode};

use super::group_table::memberships_of;
use super::policy_version_table::PolicyVersionRecord;
use super::{
    BoundPrincipal, IndexRow, Indexed, Named, PolicyDocument, PolicyText, Record, RowName, Table, Tag, account_part,
    delete, fetch_shared, find, group, last_use_table, list, row, save,
};
use crate::{Error, Key, Shared, Tx};

/// The common fields of users, groups and roles: identity and policies.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Identity {
    /// The owner.
    #[n(0)]
    pub account: AccountId,
    /// Unique in the account whatever its case.
    #[n(1)]
    pub name: String,
    /// Begins and ends with `/`.
    #[n(2)]
    pub path: String,
    /// `AIDA...`, `AGPA...` or `AROA...`; never used for another principal.
    #[n(3)]
    pub id: String,
    /// When it was made.
    #[n(4)]
    pub created: Timestamp,
    /// At most 50.
    #[n(5)]
    pub tags: Vec<Tag>,
    /// ARNs of attached managed policies, in the order they were attached; at most 10.
    #[n(6)]
    pub attached: Vec<String>,
    /// Inline policies, by name.
    #[n(7)]
    pub inline: Vec<InlinePolicy>,
    /// The ARN of the policy that bounds its permissions.
    #[n(8)]
    pub boundary: Option<String>,
}

/// An inline policy. It is deleted with its user, group or role.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct InlinePolicy {
    /// Unique within its owner.
    #[n(0)]
    pub name: String,
    /// The document as it was given.
    #[n(1)]
    pub document: PolicyDocument,
}

/// An IAM user.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct UserRecord {
    /// Name, path, id and policies.
    #[n(0)]
    pub identity: Identity,
    /// The unique ids of the groups that the user is in, in the order in which it was added to them; at most 10.
    #[n(1)]
    #[cbor(default)]
    pub groups: Vec<String>,
}

impl Record for UserRecord {
    const TABLE: Table = Table::User;
}

impl Named for UserRecord {
    fn row_name(&self) -> RowName {
        entity_name(&self.identity.account, &self.identity.name)
    }
}

impl Indexed for UserRecord {
    fn row(&self, tx: &Tx<'_>) -> Key {
        self.row_name().row::<UserRecord>(tx)
    }

    fn index(&self, tx: &Tx<'_>) -> Result<Vec<IndexRow>, Error> {
        let Identity { account, name, id, .. } = &self.identity;
        let mut by_id = users_with_id(tx, account, id);
        by_id.extend_from_slice(&tx.name(&[fold(name).as_bytes()]));
        let mut rows = policy_uses_of(tx, EntityKind::User, &self.identity)?;
        rows.push(IndexRow::new(by_id, &UserName { name: name.clone() })?);
        rows.extend(memberships_of(tx, self)?);
        Ok(rows)
    }

    fn owned_rows(&self, tx: &Tx<'_>) -> Vec<Key> {
        vec![last_use_table::last_use_row(tx, &self.identity.id)]
    }
}

/// An IAM role.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RoleRecord {
    /// Name, path, id and policies.
    #[n(0)]
    pub identity: Identity,
    /// The trust policy as it was given.
    #[n(1)]
    pub trust: PolicyText,
    /// Free text.
    #[n(2)]
    pub description: Option<String>,
    /// The longest session in seconds, 3600 to 43200.
    #[n(3)]
    pub max_session_secs: i64,
    /// The ids of the users and roles that the trust policy names, from the time when it was stored.
    #[n(4)]
    #[cbor(default)]
    pub bound: Vec<BoundPrincipal>,
}

impl Record for RoleRecord {
    const TABLE: Table = Table::Role;
}

impl Named for RoleRecord {
    fn row_name(&self) -> RowName {
        entity_name(&self.identity.account, &self.identity.name)
    }
}

impl Indexed for RoleRecord {
    fn row(&self, tx: &Tx<'_>) -> Key {
        self.row_name().row::<RoleRecord>(tx)
    }

    fn index(&self, tx: &Tx<'_>) -> Result<Vec<IndexRow>, Error> {
        policy_uses_of(tx, EntityKind::Role, &self.identity)
    }

    fn owned_rows(&self, tx: &Tx<'_>) -> Vec<Key> {
        vec![last_use_table::last_use_row(tx, &self.identity.id)]
    }
}

/// A managed policy of an account. Its versions are rows of their own: [`policy_version_table`](super::policy_version_table).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PolicyRecord {
    /// The owner.
    #[n(0)]
    pub account: AccountId,
    /// Unique in the account whatever its case.
    #[n(1)]
    pub name: String,
    /// Begins and ends with `/`.
    #[n(2)]
    pub path: String,
    /// `ANPA...`
    #[n(3)]
    pub id: String,
    /// When it was made.
    #[n(4)]
    pub created: Timestamp,
    /// When a version was last added or made the default.
    #[n(5)]
    pub updated: Timestamp,
    /// Free text; cannot change.
    #[n(6)]
    pub description: Option<String>,
    /// At most 50.
    #[n(7)]
    pub tags: Vec<Tag>,
    /// The number of the version in force.
    #[n(8)]
    pub default_version: u32,
    /// The document of that version, so that authorization reads only this row.
    #[n(9)]
    pub document: PolicyDocument,
    /// The number of the next version. Numbers are never used again.
    #[n(10)]
    pub next_version: u32,
}

impl Record for PolicyRecord {
    const TABLE: Table = Table::Policy;
}

impl Named for PolicyRecord {
    fn row_name(&self) -> RowName {
        entity_name(&self.account, &self.name)
    }
}

impl Indexed for PolicyRecord {
    fn row(&self, tx: &Tx<'_>) -> Key {
        self.row_name().row::<PolicyRecord>(tx)
    }

    fn index(&self, _: &Tx<'_>) -> Result<Vec<IndexRow>, Error> {
        Ok(Vec::new())
    }
}

impl PolicyRecord {
    /// Puts one of the policy's versions in force.
    pub fn set_default(&mut self, version: &PolicyVersionRecord) {
        self.default_version = version.number;
        self.document = PolicyDocument::new(version.document.clone());
    }
}

/// An access key of a user, or of an account's root.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct AccessKeyRecord {
    /// `AKIA...`
    #[n(0)]
    pub id: String,
    /// The owner's account.
    #[n(1)]
    pub account: AccountId,
    /// The owner's name. Empty: the account's root.
    #[n(2)]
    pub user: String,
    /// The owner's id: a user of the same name made later does not inherit the key. The account's own id for its root.
    #[n(3)]
    pub user_id: String,
    /// When it was made.
    #[n(4)]
    pub created: Timestamp,
    /// `Active` or `Inactive`.
    #[n(5)]
    pub active: bool,
    /// The secret, sealed by this region's keyring with the context `["access-key", id]`. Empty in a region that has the
    /// key's row but has not received the secret yet. The key does not authenticate there.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub secret: Vec<u8>,
}

impl AccessKeyRecord {
    /// Whether the key is one of the account's root.
    pub fn is_roots(&self) -> bool {
        self.user.is_empty() && self.user_id == self.account.as_str()
    }
}

impl Record for AccessKeyRecord {
    const TABLE: Table = Table::AccessKey;
}

impl Named for AccessKeyRecord {
    fn row_name(&self) -> RowName {
        access_key_name(&self.id)
    }
}

impl Indexed for AccessKeyRecord {
    fn row(&self, tx: &Tx<'_>) -> Key {
        self.row_name().row::<AccessKeyRecord>(tx)
    }

    fn index(&self, tx: &Tx<'_>) -> Result<Vec<IndexRow>, Error> {
        let owner: [&[u8]; 2] = [account_part(&self.account), self.user_id.as_bytes()];
        let by_user = row(tx, Table::AccessKeyByUser, &owner, &[self.id.as_bytes()]);
        Ok(vec![IndexRow::new(by_user, &AccessKeyName { id: self.id.clone() })?])
    }

    fn owned_rows(&self, tx: &Tx<'_>) -> Vec<Key> {
        vec![last_use_table::last_use_row(tx, &self.id)]
    }
}

/// The kind of identity that a policy is attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum EntityKind {
    /// A user.
    #[n(0)]
    User,
    /// A role.
    #[n(1)]
    Role,
    /// A group.
    #[n(2)]
    Group,
}

/// One use of a managed policy.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PolicyUseRecord {
    /// User, group or role.
    #[n(0)]
    pub kind: EntityKind,
    /// Its name.
    #[n(1)]
    pub name: String,
    /// Its id.
    #[n(2)]
    pub id: String,
    /// Whether the policy is the identity's permissions boundary and not attached to it.
    #[n(3)]
    #[cbor(default)]
    pub boundary: bool,
}

impl Record for PolicyUseRecord {
    const TABLE: Table = Table::PolicyUse;
}

/// IAM names are unique whatever their case.
pub(super) fn fold(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// The row name of a user, role or managed policy.
pub fn entity_name(account: &AccountId, name: &str) -> RowName {
    RowName::new(&[account_part(account)], &[fold(name).as_bytes()])
}

/// Reads a user.
pub fn user(tx: &Tx<'_>, account: &AccountId, name: &str) -> Result<Option<UserRecord>, Error> {
    find(tx, &entity_name(account, name))
}

/// The prefix of the index rows that lead from a unique id to its user. A region has two of them only while it has received
/// the new name of a renamed user and not yet the deletion of the old one.
fn users_with_id(tx: &Tx<'_>, account: &AccountId, id: &str) -> Key {
    group(tx, Table::UserById, &[account_part(account), id.as_bytes()])
}

#[derive(Debug, PartialEq, Encode, Decode)]
pub(super) struct UserName {
    #[n(0)]
    pub(super) name: String,
}

impl Record for UserName {
    const TABLE: Table = Table::UserById;
}

/// Reads a user, shared with other requests.
pub fn user_shared(tx: &Tx<'_>, account: &AccountId, name: &str) -> Result<Option<Shared<UserRecord>>, Error> {
    fetch_shared(tx, entity_row(tx, Table::User, account, name))
}

fn entity_row(tx: &Tx<'_>, table: Table, account: &AccountId, name: &str) -> Key {
    row(tx, table, &[account_part(account)], &[fold(name).as_bytes()])
}

/// Reads the user with a unique id. `name` is the user's last known name, which may have changed since.
pub fn user_with_id(
    tx: &Tx<'_>,
    account: &AccountId,
    id: &str,
    name: &str,
) -> Result<Option<Shared<UserRecord>>, Error> {
    let named = |name: &str| Ok::<_, Error>(user_shared(tx, account, name)?.filter(|user| user.identity.id == id));
    if let Some(found) = named(name)? {
        return Ok(Some(found));
    }
    match list::<UserName>(tx, &users_with_id(tx, account, id), None, 1)?.pop() {
        Some((_, row)) => named(&row.name),
        None => Ok(None),
    }
}

/// Writes a user.
pub fn save_user(tx: &mut Tx<'_>, record: &UserRecord) -> Result<(), Error> {
    save(tx, record)
}

/// Deletes a user.
pub fn delete_user(tx: &mut Tx<'_>, record: &UserRecord) -> Result<(), Error> {
    delete(tx, record)
}

/// An account's users, after the row `after`, at most `limit`.
pub fn users(
    tx: &Tx<'_>,
    account: &AccountId,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Key, UserRecord)>, Error> {
    list(tx, &group(tx, Table::User, &[account_part(account)]), after, limit)
}

/// Reads a role.
pub fn role(tx: &Tx<'_>, account: &AccountId, name: &str) -> Result<Option<RoleRecord>, Error> {
    find(tx, &entity_name(account, name))
}

/// Reads a role, shared with other requests.
pub fn role_shared(tx: &Tx<'_>, account: &AccountId, name: &str) -> Result<Option<Shared<RoleRecord>>, Error> {
    fetch_shared(tx, entity_row(tx, Table::Role, account, name))
}

/// Writes a role.
pub fn save_role(tx: &mut Tx<'_>, record: &RoleRecord) -> Result<(), Error> {
    save(tx, record)
}

/// Deletes a role.
pub fn delete_role(tx: &mut Tx<'_>, record: &RoleRecord) -> Result<(), Error> {
    delete(tx, record)
}

/// An account's roles, after the row `after`, at most `limit`.
pub fn roles(
    tx: &Tx<'_>,
    account: &AccountId,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Key, RoleRecord)>, Error> {
    list(tx, &group(tx, Table::Role, &[account_part(account)]), after, limit)
}

/// Reads a managed policy by its name (without path).
pub fn policy(tx: &Tx<'_>, account: &AccountId, name: &str) -> Result<Option<PolicyRecord>, Error> {
    find(tx, &entity_name(account, name))
}

/// Reads a managed policy by its name (without path), shared with other requests.
pub fn policy_shared(tx: &Tx<'_>, account: &AccountId, name: &str) -> Result<Option<Shared<PolicyRecord>>, Error> {
    fetch_shared(tx, entity_row(tx, Table::Policy, account, name))
}

/// Writes a managed policy.
pub fn save_policy(tx: &mut Tx<'_>, record: &PolicyRecord) -> Result<(), Error> {
    save(tx, record)
}

/// Deletes a managed policy.
pub fn delete_policy(tx: &mut Tx<'_>, account: &AccountId, name: &str) -> Result<(), Error> {
    find::<PolicyRecord>(tx, &entity_name(account, name))?.map_or(Ok(()), |record| delete(tx, &record))
}

/// An account's managed policies, after the row `after`, at most `limit`.
pub fn policies(
    tx: &Tx<'_>,
    account: &AccountId,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Key, PolicyRecord)>, Error> {
    list(tx, &group(tx, Table::Policy, &[account_part(account)]), after, limit)
}

/// The users, groups and roles that a managed policy is attached to, after the row `after`, at most `limit`.
pub fn policy_uses(
    tx: &Tx<'_>,
    account: &AccountId,
    policy_arn: &str,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Key, PolicyUseRecord)>, Error> {
    list(tx, &group(tx, Table::PolicyUse, &[account_part(account), policy_arn.as_bytes()]), after, limit)
}

/// The row name of an access key.
pub fn access_key_name(id: &str) -> RowName {
    RowName::new(&[id.as_bytes()], &[])
}

#[derive(Debug, PartialEq, Encode, Decode)]
pub(super) struct AccessKeyName {
    #[n(0)]
    pub(super) id: String,
}

impl Record for AccessKeyName {
    const TABLE: Table = Table::AccessKeyByUser;
}

/// Reads an access key by its id.
pub fn access_key(tx: &Tx<'_>, id: &str) -> Result<Option<AccessKeyRecord>, Error> {
    find(tx, &access_key_name(id))
}

/// Reads an access key by its id, shared with other requests.
pub fn access_key_shared(tx: &Tx<'_>, id: &str) -> Result<Option<Shared<AccessKeyRecord>>, Error> {
    fetch_shared(tx, row(tx, Table::AccessKey, &[id.as_bytes()], &[]))
}

/// Writes an access key.
pub fn save_access_key(tx: &mut Tx<'_>, record: &AccessKeyRecord) -> Result<(), Error> {
    save(tx, record)
}

/// Deletes an access key.
pub fn delete_access_key(tx: &mut Tx<'_>, record: &AccessKeyRecord) -> Result<(), Error> {
    delete(tx, record)
}

/// A user's access keys (AWS allows two).
pub fn access_keys(tx: &Tx<'_>, account: &AccountId, user_id: &str) -> Result<Vec<AccessKeyRecord>, Error> {
    let owner: [&[u8]; 2] = [account_part(account), user_id.as_bytes()];
    let names = list::<AccessKeyName>(tx, &group(tx, Table::AccessKeyByUser, &owner), None, 16)?;
    let mut records = Vec::with_capacity(names.len());
    for (_, name) in names {
        records.extend(access_key(tx, &name.id)?);
    }
    records.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
    Ok(records)
}

/// How many users, groups and roles use a managed policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PolicyUseCount {
    /// The number of users, groups and roles to which it is attached.
    pub attached: usize,
    /// The number of users and roles of which it is the permissions boundary.
    pub bounding: usize,
}

/// Counts the users, groups and roles of an account that use a managed policy, which may be the account's own or one of AWS's.
pub fn count_policy_uses(tx: &Tx<'_>, account: &AccountId, policy_arn: &str) -> Result<PolicyUseCount, Error> {
    let uses = policy_uses(tx, account, policy_arn, None, usize::MAX)?;
    let bounding = uses.iter().filter(|(_, used)| used.boundary).count();
    Ok(PolicyUseCount { attached: uses.len() - bounding, bounding })
}

/// The index rows that lead from managed policies to a user, group or role that uses them.
pub(super) fn policy_uses_of(tx: &Tx<'_>, kind: EntityKind, identity: &Identity) -> Result<Vec<IndexRow>, Error> {
    let Identity { account, name, id, .. } = identity;
    let attached = identity.attached.iter().map(|arn| (arn, false));
    let uses = attached.chain(identity.boundary.iter().map(|arn| (arn, true)));
    // The part that the row's own name has too, so that no two of them share an index row.
    let unique = if kind == EntityKind::Group { id.clone() } else { fold(name) };
    let index_row = |(arn, boundary): (&String, bool)| {
        let policy: [&[u8]; 2] = [account_part(account), arn.as_bytes()];
        let user: [&[u8]; 2] = [&[kind as u8, u8::from(boundary)], unique.as_bytes()];
        let entry = PolicyUseRecord { kind, name: name.clone(), id: id.clone(), boundary };
        IndexRow::new(row(tx, Table::PolicyUse, &policy, &user), &entry)
    };
    uses.map(index_row).collect()
}
