//! IAM: users, roles, managed policies and access keys. Written in the partition's home region, copied to all others.

use claviger_types::{AccountId, Timestamp};
use minicbor::{Decode, Encode};

use super::{BoundPrincipal, Record, Table, Tag, account_part, fetch, group, list, row, save};
use crate::{Error, Key, Tx};

/// What users and roles have in common: who they are and which policies speak for them.
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
    /// `AIDA...` or `AROA...`; never used again.
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

/// A policy that lives and dies with its user or role.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct InlinePolicy {
    /// Unique within its owner.
    #[n(0)]
    pub name: String,
    /// The document as it was given.
    #[n(1)]
    pub document: String,
}

/// An IAM user.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct UserRecord {
    /// Name, path, id and policies.
    #[n(0)]
    pub identity: Identity,
}

impl Record for UserRecord {
    const TABLE: Table = Table::User;
}

/// An IAM role.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RoleRecord {
    /// Name, path, id and policies.
    #[n(0)]
    pub identity: Identity,
    /// Who may assume it: the document as it was given.
    #[n(1)]
    pub trust: String,
    /// Free text.
    #[n(2)]
    pub description: Option<String>,
    /// The longest session in seconds, 3600 to 43200.
    #[n(3)]
    pub max_session_secs: i64,
    /// Who the users and roles that the trust policy names were when it was stored.
    #[n(4)]
    #[cbor(default)]
    pub bound: Vec<BoundPrincipal>,
}

impl Record for RoleRecord {
    const TABLE: Table = Table::Role;
}

/// A managed policy of an account.
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
    /// At most five, oldest first.
    #[n(8)]
    pub versions: Vec<PolicyVersion>,
    /// The number of the version in force.
    #[n(9)]
    pub default_version: u32,
    /// The number that the next version gets; numbers are never used again.
    #[n(10)]
    pub next_version: u32,
    /// How many users and roles it is attached to.
    #[n(11)]
    pub attachments: u32,
    /// How many users and roles it bounds.
    #[n(12)]
    #[cbor(default)]
    pub boundaries: u32,
}

impl Record for PolicyRecord {
    const TABLE: Table = Table::Policy;
}

impl PolicyRecord {
    /// The document in force.
    pub fn default_document(&self) -> Option<&str> {
        self.versions.iter().find(|v| v.number == self.default_version).map(|v| v.document.as_str())
    }
}

/// One version of a managed policy.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PolicyVersion {
    /// `1` is shown as `v1`.
    #[n(0)]
    pub number: u32,
    /// The document as it was given.
    #[n(1)]
    pub document: String,
    /// When it was made.
    #[n(2)]
    pub created: Timestamp,
}

/// An access key of a user.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct AccessKeyRecord {
    /// `AKIA...`
    #[n(0)]
    pub id: String,
    /// The owner's account.
    #[n(1)]
    pub account: AccountId,
    /// The owner's name.
    #[n(2)]
    pub user: String,
    /// The owner's id: a user of the same name made later does not inherit the key.
    #[n(3)]
    pub user_id: String,
    /// When it was made.
    #[n(4)]
    pub created: Timestamp,
    /// `Active` or `Inactive`.
    #[n(5)]
    pub active: bool,
    /// The secret, sealed by this region's keyring with the context `["access-key", id]`. Empty in a region that knows of the key
    /// but has not received the secret yet: there it does not authenticate.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub secret: Vec<u8>,
}

impl Record for AccessKeyRecord {
    const TABLE: Table = Table::AccessKey;
}

/// Which kind of identity a policy is attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum EntityKind {
    /// A user.
    #[n(0)]
    User,
    /// A role.
    #[n(1)]
    Role,
}

/// One use of a managed policy.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PolicyUseRecord {
    /// User or role.
    #[n(0)]
    pub kind: EntityKind,
    /// Its name.
    #[n(1)]
    pub name: String,
    /// Its id.
    #[n(2)]
    pub id: String,
    /// Whether the policy bounds it, rather than being attached to it.
    #[n(3)]
    #[cbor(default)]
    pub boundary: bool,
}

impl Record for PolicyUseRecord {
    const TABLE: Table = Table::PolicyUse;
}

/// IAM names are unique whatever their case.
fn fold(name: &str) -> String {
    name.to_ascii_lowercase()
}

fn identity_row(tx: &Tx<'_>, table: Table, account: &AccountId, name: &str) -> Key {
    row(tx, table, &[account_part(account)], &[fold(name).as_bytes()])
}

/// Reads a user.
pub fn user(tx: &Tx<'_>, account: &AccountId, name: &str) -> Result<Option<UserRecord>, Error> {
    fetch(tx, &identity_row(tx, Table::User, account, name))
}

fn user_by_id_row(tx: &Tx<'_>, account: &AccountId, id: &str) -> Key {
    row(tx, Table::UserById, &[account_part(account)], &[id.as_bytes()])
}

#[derive(Encode, Decode)]
struct UserName {
    #[n(0)]
    name: String,
}

impl Record for UserName {
    const TABLE: Table = Table::UserById;
}

/// Reads the user with a unique id. `name` is the one that it went by when it was last seen; it may go by another by now.
pub fn user_with_id(tx: &Tx<'_>, account: &AccountId, id: &str, name: &str) -> Result<Option<UserRecord>, Error> {
    let named = |name: &str| Ok::<_, Error>(user(tx, account, name)?.filter(|user| user.identity.id == id));
    if let Some(found) = named(name)? {
        return Ok(Some(found));
    }
    match fetch::<UserName>(tx, &user_by_id_row(tx, account, id))? {
        Some(row) => named(&row.name),
        None => Ok(None),
    }
}

/// Forgets under which name a user goes, unless it has taken another one since: copies of a rename may arrive with the new name
/// first.
fn forget_user_name(tx: &mut Tx<'_>, identity: &Identity) -> Result<(), Error> {
    let row = user_by_id_row(tx, &identity.account, &identity.id);
    let known = fetch::<UserName>(tx, &row)?;
    if known.is_some_and(|known| fold(&known.name) == fold(&identity.name)) { tx.delete(row) } else { Ok(()) }
}

/// Writes a user and keeps the lists of who uses which policy and of users by id in step.
pub fn save_user(tx: &mut Tx<'_>, record: &UserRecord) -> Result<(), Error> {
    let before = user(tx, &record.identity.account, &record.identity.name)?;
    index_uses(tx, EntityKind::User, before.as_ref().map(|r| &r.identity), Some(&record.identity))?;
    if let Some(other) = before.filter(|before| before.identity.id != record.identity.id) {
        forget_user_name(tx, &other.identity)?;
    }
    let by_id = user_by_id_row(tx, &record.identity.account, &record.identity.id);
    save(tx, by_id, &UserName { name: record.identity.name.clone() })?;
    save(tx, identity_row(tx, Table::User, &record.identity.account, &record.identity.name), record)
}

/// Deletes a user.
pub fn delete_user(tx: &mut Tx<'_>, record: &UserRecord) -> Result<(), Error> {
    index_uses(tx, EntityKind::User, Some(&record.identity), None)?;
    forget_user_name(tx, &record.identity)?;
    tx.delete(identity_row(tx, Table::User, &record.identity.account, &record.identity.name))
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
    fetch(tx, &identity_row(tx, Table::Role, account, name))
}

/// Writes a role and keeps the list of who uses which policy in step.
pub fn save_role(tx: &mut Tx<'_>, record: &RoleRecord) -> Result<(), Error> {
    let before = role(tx, &record.identity.account, &record.identity.name)?;
    index_uses(tx, EntityKind::Role, before.as_ref().map(|r| &r.identity), Some(&record.identity))?;
    save(tx, identity_row(tx, Table::Role, &record.identity.account, &record.identity.name), record)
}

/// Deletes a role.
pub fn delete_role(tx: &mut Tx<'_>, record: &RoleRecord) -> Result<(), Error> {
    index_uses(tx, EntityKind::Role, Some(&record.identity), None)?;
    tx.delete(identity_row(tx, Table::Role, &record.identity.account, &record.identity.name))
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
    fetch(tx, &identity_row(tx, Table::Policy, account, name))
}

/// Writes a managed policy.
pub fn save_policy(tx: &mut Tx<'_>, record: &PolicyRecord) -> Result<(), Error> {
    save(tx, identity_row(tx, Table::Policy, &record.account, &record.name), record)
}

/// Deletes a managed policy.
pub fn delete_policy(tx: &mut Tx<'_>, account: &AccountId, name: &str) -> Result<(), Error> {
    tx.delete(identity_row(tx, Table::Policy, account, name))
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

/// Who a managed policy is attached to, after the row `after`, at most `limit`.
pub fn policy_uses(
    tx: &Tx<'_>,
    account: &AccountId,
    policy_arn: &str,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Key, PolicyUseRecord)>, Error> {
    list(tx, &group(tx, Table::PolicyUse, &[account_part(account), policy_arn.as_bytes()]), after, limit)
}

fn access_key_row(tx: &Tx<'_>, id: &str) -> Key {
    row(tx, Table::AccessKey, &[id.as_bytes()], &[])
}

fn access_key_by_user_row(tx: &Tx<'_>, record: &AccessKeyRecord) -> Key {
    let owner: [&[u8]; 2] = [account_part(&record.account), record.user_id.as_bytes()];
    row(tx, Table::AccessKeyByUser, &owner, &[record.id.as_bytes()])
}

#[derive(Encode, Decode)]
struct AccessKeyName {
    #[n(0)]
    id: String,
}

impl Record for AccessKeyName {
    const TABLE: Table = Table::AccessKeyByUser;
}

/// Reads an access key by its id.
pub fn access_key(tx: &Tx<'_>, id: &str) -> Result<Option<AccessKeyRecord>, Error> {
    fetch(tx, &access_key_row(tx, id))
}

/// Writes an access key.
pub fn save_access_key(tx: &mut Tx<'_>, record: &AccessKeyRecord) -> Result<(), Error> {
    save(tx, access_key_by_user_row(tx, record), &AccessKeyName { id: record.id.clone() })?;
    save(tx, access_key_row(tx, &record.id), record)
}

/// Deletes an access key.
pub fn delete_access_key(tx: &mut Tx<'_>, record: &AccessKeyRecord) -> Result<(), Error> {
    tx.delete(access_key_by_user_row(tx, record))?;
    tx.delete(access_key_row(tx, &record.id))
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

/// Brings the list of who uses which policy, and each policy's counts, from `before` to `after`.
fn index_uses(
    tx: &mut Tx<'_>,
    kind: EntityKind,
    before: Option<&Identity>,
    after: Option<&Identity>,
) -> Result<(), Error> {
    let (old, new) = (uses(before), uses(after));
    let Some(entity) = after.or(before) else { return Ok(()) };
    for part in old.iter().filter(|part| !new.contains(part)) {
        tx.delete(use_row(tx, kind, entity, part))?;
        count_uses(tx, &entity.account, part, |n| n.saturating_sub(1))?;
    }
    for part in new.iter().filter(|part| !old.contains(part)) {
        let (name, id) = (entity.name.clone(), entity.id.clone());
        save(tx, use_row(tx, kind, entity, part), &PolicyUseRecord { kind, name, id, boundary: part.boundary })?;
        count_uses(tx, &entity.account, part, |n| n.saturating_add(1))?;
    }
    Ok(())
}

/// The part that a policy plays for a user or role.
#[derive(PartialEq, Eq)]
struct Part<'a> {
    arn: &'a str,
    boundary: bool,
}

fn uses(identity: Option<&Identity>) -> Vec<Part<'_>> {
    let Some(identity) = identity else { return Vec::new() };
    let attached = identity.attached.iter().map(|arn| Part { arn, boundary: false });
    attached.chain(identity.boundary.iter().map(|arn| Part { arn, boundary: true })).collect()
}

fn use_row(tx: &Tx<'_>, kind: EntityKind, entity: &Identity, part: &Part<'_>) -> Key {
    let policy: [&[u8]; 2] = [account_part(&entity.account), part.arn.as_bytes()];
    row(tx, Table::PolicyUse, &policy, &[&[kind as u8, u8::from(part.boundary)], fold(&entity.name).as_bytes()])
}

fn count_uses(tx: &mut Tx<'_>, account: &AccountId, part: &Part<'_>, change: impl Fn(u32) -> u32) -> Result<(), Error> {
    // AWS's own policies (`arn:aws:iam::aws:policy/...`) have no record and no count here.
    if !part.arn.contains(&format!("::{account}:policy/")) {
        return Ok(());
    }
    let name = part.arn.rsplit('/').next().unwrap_or_default();
    if let Some(mut record) = policy(tx, account, name)? {
        let count = if part.boundary { &mut record.boundaries } else { &mut record.attachments };
        *count = change(*count);
        save_policy(tx, &record)?;
    }
    Ok(())
}
