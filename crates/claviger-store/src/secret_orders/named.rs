//! The few secrets that have a name of some beginning, in any order.

use std::sync::Arc;

use claviger_types::AccountId;

use super::order::{SecretOrder, SecretPlace, SortedBy, SortedSecret};
use crate::tables::list_keeps;
use crate::tables::secret_table::{ListedSecret, by_age_key, secret_listed};
use crate::{Error, Tx};

/// Secrets in an order, with the markers of a list in that order. A caller reads them batch by batch.
pub struct NamedSecrets {
    places: Places,
}

enum Places {
    /// The rows of the index by age, which are the markers of that list, with the names.
    NewestFirst(Vec<(Vec<u8>, Arc<str>)>),
    /// Places, from the last name to the first if `backwards`.
    Sorted { places: Vec<SecretPlace>, backwards: bool },
}

impl NamedSecrets {
    pub(super) fn sorted(
        tx: &Tx<'_>,
        account: &AccountId,
        found: &[&SortedSecret],
        order: SecretOrder,
    ) -> NamedSecrets {
        let places = if order.by == SortedBy::Created && order.descending {
            let row = |s: &&SortedSecret| (by_age_key(tx, account, s.created, &s.name), Arc::clone(&s.name));
            let mut rows: Vec<(Vec<u8>, Arc<str>)> = found.iter().map(row).collect();
            rows.sort();
            Places::NewestFirst(rows)
        } else {
            let backwards = order.by == SortedBy::Name && order.descending;
            let mut places: Vec<SecretPlace> = found.iter().map(|secret| secret.place(order)).collect();
            places.sort();
            if backwards {
                places.reverse();
            }
            Places::Sorted { places, backwards }
        };
        NamedSecrets { places }
    }

    /// The next secrets after a marker, at most `limit`. A marker that is none of this order is before all secrets.
    ///
    /// # Errors
    ///
    /// Those of the reads.
    pub fn list(
        &self,
        tx: &Tx<'_>,
        account: &AccountId,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<ListedSecret>, Error> {
        let keeps = list_keeps(after.is_none(), limit);
        let read = |(marker, name): (Vec<u8>, Arc<str>)| Ok((marker, secret_listed(tx, account, &name, keeps)?));
        match &self.places {
            Places::NewestFirst(rows) => {
                let begin = after.map_or(0, |after| rows.partition_point(|(row, _)| row.as_slice() <= after));
                rows.iter().skip(begin).take(limit).cloned().map(read).collect()
            }
            Places::Sorted { places, backwards } => {
                let passed = |place: &SecretPlace, after: &SecretPlace| {
                    if *backwards { place >= after } else { place <= after }
                };
                let after = after.and_then(SecretPlace::from_bytes);
                let begin = after.map_or(0, |after| places.partition_point(|place| passed(place, &after)));
                let next = places.iter().skip(begin).take(limit);
                next.map(|place| read((place.to_bytes(), Arc::clone(&place.name)))).collect()
            }
        }
    }
}
