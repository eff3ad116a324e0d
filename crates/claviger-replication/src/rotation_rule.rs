//! How many replicas must hold a rotation's material before it becomes current.

use std::collections::BTreeSet;

use claviger_store::tables::key_table::MultiRegion;
use claviger_types::{MaterialId, Region};

/// A region that leaves messages unanswered for so long is away.
pub(crate) const AWAY_MS: i64 = 60_000;

/// See [`RotationRule::is_met`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RotationRule {
    /// The operator's number of replicas. `None`: all whose regions are reachable, and at least one.
    pub(crate) required: Option<u32>,
    /// The other members of the fleet.
    pub(crate) members: BTreeSet<Region>,
    /// Those of them that are away.
    pub(crate) away: BTreeSet<Region>,
}

impl RotationRule {
    /// Whether enough replicas hold the material. Replicas in regions that are no members of the fleet do not count.
    pub(crate) fn is_met(&self, shared: &MultiRegion, id: MaterialId) -> bool {
        let holds = |region: &Region| {
            shared.holders.iter().any(|holder| holder.region == *region && holder.awaited == Some(id))
        };
        let counted: Vec<&Region> = shared.replicas.iter().filter(|region| self.members.contains(*region)).collect();
        let holding = counted.iter().filter(|region| holds(region)).count();
        match self.required {
            Some(required) => holding >= counted.len().min(usize::try_from(required).unwrap_or(usize::MAX)),
            None => {
                let present = counted.iter().all(|region| self.away.contains(*region) || holds(region));
                present && (holding > 0 || counted.is_empty())
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_store::tables::Epoch;
    use claviger_store::tables::key_table::Holder;

    use super::*;

    const NAMES: [&str; 4] = ["eu-central-1", "eu-west-1", "us-east-1", "us-west-2"];

    fn region(at: usize) -> Region {
        Region::parse(NAMES[at]).unwrap()
    }

    /// Whether material is current that these replicas hold, of a key with replicas in the regions 1, 2 and 3.
    fn check(required: Option<u32>, members: &[usize], away: &[usize], holding: &[usize]) -> bool {
        let id = MaterialId([7; 32]);
        let holder = |at: &usize| Holder { region: region(*at), awaited: Some(id), revision: 1, digest: None };
        let shared = MultiRegion {
            primary: region(0),
            replicas: [1, 2, 3].map(region).to_vec(),
            epoch: Epoch { counter: 1, region: region(0) },
            revision: 1,
            pending: Vec::new(),
            holders: holding.iter().map(holder).collect(),
            handover: None,
            former: Vec::new(),
            known_since: None,
        };
        let set = |of: &[usize]| of.iter().map(|at| region(*at)).collect();
        RotationRule { required, members: set(members), away: set(away) }.is_met(&shared, id)
    }

    #[test]
    fn by_default_every_reachable_replica_and_at_least_one() {
        let all = [1, 2, 3];
        assert!(check(None, &all, &[], &all));
        assert!(!check(None, &all, &[], &[1, 2]));
        assert!(check(None, &all, &[3], &[1, 2]));
        assert!(check(None, &all, &[2, 3], &[1]));
        assert!(check(None, &all, &[1, 2, 3], &[1]), "it reported, and is away since");
        assert!(!check(None, &all, &[1, 2, 3], &[]), "no region but the primary's could open a ciphertext");
    }

    #[test]
    fn the_operators_number_holds_for_regions_that_are_away_too() {
        let all = [1, 2, 3];
        assert!(!check(Some(2), &all, &[2, 3], &[1]));
        assert!(check(Some(2), &all, &[], &[1, 3]));
        assert!(check(Some(0), &all, &[], &[]));
        assert!(check(Some(9), &all, &[], &all) && !check(Some(9), &all, &[], &[1, 2]), "no more than there are");
    }

    #[test]
    fn removed_members_do_not_count() {
        assert!(check(None, &[1, 2], &[], &[1, 2]));
        assert!(!check(None, &[1, 2], &[], &[1, 3]));
        assert!(check(Some(3), &[1, 2], &[], &[1, 2]));
        assert!(check(None, &[], &[], &[]), "nobody is left to hold it");
    }
}
