//! An order of secrets, and places in it.

use std::sync::Arc;

use super::attributes::{SecretAttribute, ValueId};
use crate::tables::secret_table::SecretRecord;

/// The order of a list of secrets. Secrets with the same date are ordered by name, in both directions from A.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretOrder {
    /// What is compared first.
    pub by: SortedBy,
    /// Whether the latest date, or the last name, comes first.
    pub descending: bool,
}

impl SecretOrder {
    /// The order of names, from A. The other direction has the same places.
    pub(super) const NAMES: SecretOrder = SecretOrder { by: SortedBy::Name, descending: false };

    /// Whether lists go from the last place of [`SecretOrder::sorted`] to the first.
    pub(super) fn is_backwards(self) -> bool {
        self.by == SortedBy::Name && self.descending
    }

    /// The order whose places this one has.
    pub(super) fn sorted(self) -> SecretOrder {
        if self.by == SortedBy::Name { SecretOrder::NAMES } else { self }
    }
}

/// The member by which secrets are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortedBy {
    /// The date of creation.
    Created,
    /// The day of the last access. A secret that was never read is earlier than all others.
    Accessed,
    /// The date of the last change.
    Changed,
    /// The name, by its bytes.
    Name,
}

/// The place of a secret in an order. Places of one order compare as the order says, except that names in descending order
/// compare as in ascending order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretPlace {
    /// The date, complemented in descending order. Zero in the order of names.
    pub(super) date: i64,
    /// The secret's name.
    pub name: Arc<str>,
}

impl SecretPlace {
    /// The place as bytes, for the marker of a page.
    pub fn to_bytes(&self) -> Vec<u8> {
        [&self.date.to_be_bytes(), self.name.as_bytes()].concat()
    }

    /// The place that [`SecretPlace::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Option<SecretPlace> {
        let (date, name) = bytes.split_first_chunk::<8>()?;
        Some(SecretPlace { date: i64::from_be_bytes(*date), name: std::str::from_utf8(name).ok()?.into() })
    }
}

/// The members of a secret by which it is sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SortedSecret {
    pub(super) name: Arc<str>,
    created: i64,
    changed: i64,
    accessed: i64,
    /// The values of its attributes.
    pub(super) values: Box<[(SecretAttribute, ValueId)]>,
}

impl SortedSecret {
    pub(super) fn of(record: &SecretRecord, values: Box<[(SecretAttribute, ValueId)]>) -> SortedSecret {
        SortedSecret {
            name: record.arn.name.as_str().into(),
            created: record.created.0,
            changed: record.last_changed.0,
            accessed: record.last_accessed.map_or(i64::MIN, |at| at.0),
            values,
        }
    }

    pub(super) fn place(&self, order: SecretOrder) -> SecretPlace {
        let date = match order.by {
            SortedBy::Created => self.created,
            SortedBy::Changed => self.changed,
            SortedBy::Accessed => self.accessed,
            SortedBy::Name => return SecretPlace { date: 0, name: Arc::clone(&self.name) },
        };
        // The complement of a number is the smaller the larger the number is, for all numbers.
        SecretPlace { date: if order.descending { !date } else { date }, name: Arc::clone(&self.name) }
    }

    pub(super) fn name_bytes(&self) -> usize {
        self.name.len()
    }
}
