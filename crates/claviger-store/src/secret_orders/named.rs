//! The few secrets that have a name of some beginning, in any order.

use claviger_types::AccountId;

use super::order::{SecretOrder, SecretPlace, SortedSecret};
use crate::tables::list_keeps;
use crate::tables::secret_table::{ListedSecret, secret_listed};
use crate::{Error, Tx};

/// Secrets in an order of dates, with the markers of a list in that order. A caller reads them batch by batch.
pub struct NamedSecrets(Vec<SecretPlace>);

impl NamedSecrets {
    pub(super) fn sorted(found: &[&SortedSecret], order: SecretOrder) -> NamedSecrets {
        let mut places: Vec<SecretPlace> = found.iter().map(|secret| secret.place(order)).collect();
        places.sort();
        NamedSecrets(places)
    }

    /// The next secrets after a place of that order, at most `limit`.
    ///
    /// # Errors
    ///
    /// Those of the reads.
    pub fn list(
        &self,
        tx: &Tx<'_>,
        account: &AccountId,
        after: Option<&SecretPlace>,
        limit: usize,
    ) -> Result<Vec<ListedSecret>, Error> {
        let keeps = list_keeps(after.is_none(), limit);
        let begin = after.map_or(0, |after| self.0.partition_point(|place| place <= after));
        let next = self.0.iter().skip(begin).take(limit);
        next.map(|place| Ok((place.to_bytes(), secret_listed(tx, account, &place.name, keeps)?))).collect()
    }
}
