//! Changes of IAM by administrators, in its home region.

use claviger_store::Tx;
use claviger_store::tables::iam_table::{self, AccessKeyRecord, Identity, PolicyRecord, RoleRecord, UserRecord};
use claviger_store::tables::policy_version_table::{self as version_table, PolicyVersionRecord};
use claviger_store::tables::{Named, PolicyDocument, region_table};
use claviger_types::Timestamp;

use crate::home_row::announce;

use super::fixtures::account;
use super::site::{Outcome, text};
use super::world::World;

const NAMES: [&str; 3] = ["ada", "Bob", "eve"];
const POLICY_VERSIONS_MAX: usize = 3;
const POLICY_ARN: &str = "arn:aws:iam::000000000000:policy/";

impl World {
    /// Makes a random change of IAM if the region is its home. Returns whether it did.
    pub(super) fn change_iam(&mut self, index: usize) -> Outcome<bool> {
        let Some(site) = self.sites.get(index) else { return Ok(false) };
        let record = region_table::region(&site.begin()?).map_err(text)?.ok_or("the region's record is gone")?;
        if record.iam_home != site.region {
            return Ok(false);
        }
        let pick = |n: usize| usize::try_from(self.random.below(n as u64)).unwrap_or(0);
        let name = NAMES.get(pick(NAMES.len())).copied().unwrap_or("ada");
        let (word, now) = (format!("{:016x}", self.random.next()), self.now);
        match pick(6) {
            0..3 => self.change_user(index, name, &word, now),
            3 => self.change_role(index, name, &word, now),
            4 => self.change_policy(index, name, &word, now),
            _ => self.change_access_key(index, name, &word, now),
        }
    }

    /// Makes, changes or deletes a user. A change attaches or detaches a policy.
    fn change_user(&self, index: usize, name: &str, word: &str, now: Timestamp) -> Outcome<bool> {
        let peers = self.peers_of(index);
        let (ends, policy) = (self.random.one_in(4), format!("{POLICY_ARN}{}", self.any_policy()));
        self.transact(index, |tx, _| {
            let found = iam_table::user(tx, &account(), name).map_err(text)?;
            match found {
                None => {
                    let record =
                        UserRecord { identity: identity(name, &format!("AIDA{word}"), now), groups: Vec::new() };
                    iam_table::save_user(tx, &record).map_err(text)?;
                }
                Some(record) if ends => {
                    for key in iam_table::access_keys(tx, &account(), &record.identity.id).map_err(text)? {
                        iam_table::delete_access_key(tx, &key).map_err(text)?;
                        announce::<AccessKeyRecord>(tx, &peers, &iam_table::access_key_name(&key.id)).map_err(text)?;
                    }
                    iam_table::delete_user(tx, &record).map_err(text)?;
                }
                Some(mut record) => {
                    let attached = &mut record.identity.attached;
                    match attached.iter().position(|arn| *arn == policy) {
                        Some(at) => drop(attached.remove(at)),
                        None => attached.push(policy),
                    }
                    iam_table::save_user(tx, &record).map_err(text)?;
                }
            }
            announce::<UserRecord>(tx, &peers, &iam_table::entity_name(&account(), name)).map_err(text)?;
            Ok(true)
        })
    }

    fn change_role(&self, index: usize, name: &str, word: &str, now: Timestamp) -> Outcome<bool> {
        let peers = self.peers_of(index);
        let ends = self.random.one_in(3);
        self.transact(index, |tx, _| {
            match iam_table::role(tx, &account(), name).map_err(text)? {
                Some(record) if ends => iam_table::delete_role(tx, &record).map_err(text)?,
                Some(mut record) => {
                    record.trust = word.into();
                    iam_table::save_role(tx, &record).map_err(text)?;
                }
                None => {
                    let record = RoleRecord {
                        identity: identity(name, &format!("AROA{word}"), now),
                        trust: word.into(),
                        description: None,
                        max_session_secs: 3600,
                        bound: Vec::new(),
                    };
                    iam_table::save_role(tx, &record).map_err(text)?;
                }
            }
            announce::<RoleRecord>(tx, &peers, &iam_table::entity_name(&account(), name)).map_err(text)?;
            Ok(true)
        })
    }

    /// Makes or deletes a policy, or adds a version and makes it the default.
    fn change_policy(&self, index: usize, name: &str, word: &str, now: Timestamp) -> Outcome<bool> {
        let peers = self.peers_of(index);
        self.transact(index, |tx, _| {
            let found = iam_table::policy(tx, &account(), name).map_err(text)?;
            let mut changed = Vec::new();
            match found {
                Some(record) if !self.is_used(tx, name)? => {
                    for version in version_table::policy_versions(tx, &account(), &record.id).map_err(text)? {
                        version_table::delete_policy_version(tx, &version).map_err(text)?;
                        changed.push(version);
                    }
                    iam_table::delete_policy(tx, &account(), name).map_err(text)?;
                }
                found => {
                    let mut record = found.unwrap_or_else(|| policy(name, &format!("ANPA{word}"), now));
                    changed.extend(put_new_version_in_force(tx, &mut record, word, now)?);
                    iam_table::save_policy(tx, &record).map_err(text)?;
                }
            }
            for version in &changed {
                announce::<PolicyVersionRecord>(tx, &peers, &version.row_name()).map_err(text)?;
            }
            announce::<PolicyRecord>(tx, &peers, &iam_table::entity_name(&account(), name)).map_err(text)?;
            Ok(true)
        })
    }

    fn change_access_key(&self, index: usize, name: &str, word: &str, now: Timestamp) -> Outcome<bool> {
        let peers = self.peers_of(index);
        self.transact(index, |tx, site| {
            let Some(user) = iam_table::user(tx, &account(), name).map_err(text)? else { return Ok(false) };
            let keys = iam_table::access_keys(tx, &account(), &user.identity.id).map_err(text)?;
            let id = match keys.first() {
                Some(oldest) if keys.len() >= 2 => {
                    iam_table::delete_access_key(tx, oldest).map_err(text)?;
                    oldest.id.clone()
                }
                _ => {
                    let id = format!("AKIA{word}").to_uppercase();
                    let secret = site.keyring.seal(&*site.random, &[b"access-key", id.as_bytes()], word.as_bytes());
                    let record = AccessKeyRecord {
                        id: id.clone(),
                        account: account(),
                        user: name.to_owned(),
                        user_id: user.identity.id,
                        created: now,
                        active: true,
                        secret,
                    };
                    iam_table::save_access_key(tx, &record).map_err(text)?;
                    id
                }
            };
            announce::<AccessKeyRecord>(tx, &peers, &iam_table::access_key_name(&id)).map_err(text)?;
            Ok(true)
        })
    }

    fn is_used(&self, tx: &claviger_store::Tx<'_>, name: &str) -> Outcome<bool> {
        let arn = format!("{POLICY_ARN}{name}");
        Ok(!iam_table::policy_uses(tx, &account(), &arn, None, 1).map_err(text)?.is_empty())
    }

    fn any_policy(&self) -> &'static str {
        let at = usize::try_from(self.random.below(NAMES.len() as u64)).unwrap_or(0);
        NAMES.get(at).copied().unwrap_or("ada")
    }
}

/// Adds a version to a policy and makes it the default. Deletes the oldest one when there are too many. Returns both.
fn put_new_version_in_force(
    tx: &mut Tx<'_>,
    record: &mut PolicyRecord,
    word: &str,
    now: Timestamp,
) -> Outcome<Vec<PolicyVersionRecord>> {
    let version = PolicyVersionRecord {
        account: account(),
        policy_id: record.id.clone(),
        number: record.next_version,
        document: word.to_owned(),
        created: now,
    };
    let mut changed = version_table::policy_versions(tx, &account(), &record.id).map_err(text)?;
    changed.truncate(usize::from(changed.len() >= POLICY_VERSIONS_MAX));
    for oldest in &changed {
        version_table::delete_policy_version(tx, oldest).map_err(text)?;
    }
    version_table::save_policy_version(tx, &version).map_err(text)?;
    record.set_default(&version);
    record.next_version += 1;
    record.updated = now;
    changed.push(version);
    Ok(changed)
}

/// A policy that has no version yet.
fn policy(name: &str, id: &str, now: Timestamp) -> PolicyRecord {
    PolicyRecord {
        account: account(),
        name: name.to_owned(),
        path: "/".to_owned(),
        id: id.to_owned(),
        created: now,
        updated: now,
        description: None,
        tags: Vec::new(),
        default_version: 0,
        document: PolicyDocument::new(String::new()),
        next_version: 1,
    }
}

fn identity(name: &str, id: &str, now: Timestamp) -> Identity {
    Identity {
        account: account(),
        name: name.to_owned(),
        path: "/".to_owned(),
        id: id.to_owned(),
        created: now,
        tags: Vec::new(),
        attached: Vec::new(),
        inline: Vec::new(),
        boundary: None,
    }
}
