//! The line of primaries of a key or a secret, and of homes of IAM: who handed the role over to whom, or which operators' statement gave
//! it to whom. Each step is signed, so that a region which was away can check that the present primary is the right one.
//!
//! The rows are apart from those of keys and secrets, which every use reads.

use std::fmt;

use claviger_crypto::{Authorization, PublicIdentity};
use claviger_types::{AccountId, KeyId, Region, SecretArn, Timestamp};
use minicbor::{Decode, Encode};

use super::{Epoch, Record, Table, account_part, fetch, put, row};
use crate::{Error, Key, Tx};

/// The most steps that are kept of a line. A region that was away for more of them cannot check the line.
pub const STEPS_MAX: usize = 32;

/// The most former identities that are kept of a region.
const FORMER_MAX: usize = 4;

/// What has a primary, or a home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Led<'a> {
    /// A multi-Region key.
    Key(&'a AccountId, &'a KeyId),
    /// A secret. Its region does not count.
    Secret(&'a SecretArn),
    /// IAM.
    Iam,
}

impl Led<'_> {
    /// The parts of its name, the kind first.
    pub fn parts(&self) -> Vec<&[u8]> {
        match self {
            Led::Key(account, id) => vec![b"key", account_part(account), id.as_str().as_bytes()],
            Led::Secret(arn) => {
                vec![b"secret", account_part(&arn.account), arn.name.as_bytes(), arn.suffix.as_bytes()]
            }
            Led::Iam => vec![b"iam"],
        }
    }
}

/// [`Led`], for a row or a message.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum LedName {
    /// [`Led::Key`]
    #[n(0)]
    Key(#[n(0)] AccountId, #[n(1)] KeyId),
    /// [`Led::Secret`]
    #[n(1)]
    Secret(#[n(0)] SecretArn),
    /// [`Led::Iam`]
    #[n(2)]
    Iam,
}

impl LedName {
    /// The same, borrowed.
    pub fn as_led(&self) -> Led<'_> {
        match self {
            LedName::Key(account, id) => Led::Key(account, id),
            LedName::Secret(arn) => Led::Secret(arn),
            LedName::Iam => Led::Iam,
        }
    }
}

impl From<Led<'_>> for LedName {
    fn from(led: Led<'_>) -> LedName {
        match led {
            Led::Key(account, id) => LedName::Key(account.clone(), id.clone()),
            Led::Secret(arn) => LedName::Secret(arn.clone()),
            Led::Iam => LedName::Iam,
        }
    }
}

/// For the log and for operators.
impl fmt::Display for LedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LedName::Key(account, id) => write!(f, "key {id} of account {account}"),
            LedName::Secret(arn) => write!(f, "secret {} of account {}", arn.name, arn.account),
            LedName::Iam => f.write_str("IAM"),
        }
    }
}

/// One step of a line: another region has become the primary.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct LineageStep {
    /// The last epoch of the one before.
    #[n(0)]
    pub from: Epoch,
    /// The first epoch of the next one, whose counter is the one after.
    #[n(1)]
    pub to: Epoch,
    /// Why this was right.
    #[n(2)]
    pub proof: Proof,
}

/// Why another region may have become the primary.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Proof {
    /// The one before has handed the role over.
    #[n(0)]
    HandOver {
        /// When it did, by its clock.
        #[n(0)]
        date: Timestamp,
        /// The signature of its region.
        #[cbor(n(1), with = "minicbor::bytes")]
        signature: [u8; 64],
    },
    /// Operators have said that the one before is lost.
    #[n(1)]
    Forced(#[n(0)] Authorization),
}

impl LineageStep {
    /// From when on the next one was the primary, as the signers say.
    pub fn date(&self) -> Timestamp {
        match &self.proof {
            Proof::HandOver { date, .. } => *date,
            Proof::Forced(authorization) => authorization.statement.issued,
        }
    }
}

/// The line of one thing, the latest steps of it, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct LineageRecord {
    /// The steps.
    #[n(0)]
    pub steps: Vec<LineageStep>,
}

impl Record for LineageRecord {
    const TABLE: Table = Table::Lineage;
}

fn lineage_row(tx: &Tx<'_>, led: Led<'_>) -> Key {
    row(tx, Table::Lineage, &led.parts(), &[])
}

/// The line of a thing. Empty if its primary was never another one, or if nobody can tell.
pub fn lineage(tx: &Tx<'_>, led: Led<'_>) -> Result<Vec<LineageStep>, Error> {
    Ok(fetch::<LineageRecord>(tx, &lineage_row(tx, led))?.map(|record| record.steps).unwrap_or_default())
}

/// Writes the line of a thing, the last [`STEPS_MAX`] steps of it.
pub fn save_lineage(tx: &mut Tx<'_>, led: Led<'_>, mut steps: Vec<LineageStep>) -> Result<(), Error> {
    if steps.is_empty() {
        return delete_lineage(tx, led);
    }
    let surplus = steps.len().saturating_sub(STEPS_MAX);
    let kept = steps.split_off(surplus);
    put(tx, lineage_row(tx, led), &LineageRecord { steps: kept })
}

/// Forgets the line of a thing.
pub fn delete_lineage(tx: &mut Tx<'_>, led: Led<'_>) -> Result<(), Error> {
    let row = lineage_row(tx, led);
    if tx.get(&row)?.is_some() { tx.delete(row) } else { Ok(()) }
}

/// Identities that a region had before its present one: its stores were lost, or it was removed from the fleet. They verify the steps that
/// it signed with them, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FormerIdentitiesRecord {
    /// The last four, oldest first.
    #[n(0)]
    pub identities: Vec<PublicIdentity>,
}

impl Record for FormerIdentitiesRecord {
    const TABLE: Table = Table::FormerIdentities;
}

fn former_row(tx: &Tx<'_>, region: &Region) -> Key {
    row(tx, Table::FormerIdentities, &[region.as_str().as_bytes()], &[])
}

/// The former identities of a region.
pub fn former_identities(tx: &Tx<'_>, region: &Region) -> Result<Vec<PublicIdentity>, Error> {
    let record = fetch::<FormerIdentitiesRecord>(tx, &former_row(tx, region))?;
    Ok(record.map(|record| record.identities).unwrap_or_default())
}

/// Adds identities that another region knows a region to have had. They count as older than those that are known here, so that they displace
/// none of these.
pub fn add_former_identities(tx: &mut Tx<'_>, region: &Region, told: &[PublicIdentity]) -> Result<(), Error> {
    let known = former_identities(tx, region)?;
    let room = FORMER_MAX.saturating_sub(known.len());
    let mut added: Vec<PublicIdentity> = Vec::new();
    for identity in told.iter().rev().take(FORMER_MAX) {
        if added.len() < room && !known.contains(identity) && !added.contains(identity) {
            added.insert(0, *identity);
        }
    }
    if added.is_empty() {
        return Ok(());
    }
    added.extend(known);
    put(tx, former_row(tx, region), &FormerIdentitiesRecord { identities: added })
}

/// Notes an identity that a region has no longer.
pub(super) fn note_former_identity(tx: &mut Tx<'_>, region: &Region, identity: PublicIdentity) -> Result<(), Error> {
    let mut identities = former_identities(tx, region)?;
    identities.retain(|known| *known != identity);
    identities.push(identity);
    let surplus = identities.len().saturating_sub(FORMER_MAX);
    let identities = identities.split_off(surplus);
    put(tx, former_row(tx, region), &FormerIdentitiesRecord { identities })
}
