//! The operators of every simulation and of this crate's tests.

use std::sync::Arc;

use claviger_crypto::{Authorization, FailoverStatement, OperatorKey, Operators, sha256};
use claviger_types::{Region, SeededRandom, Timestamp};

use crate::broken_rules::BrokenRules;
use crate::change::cbor;

use super::site::{Outcome, Site, text};

/// Two keys, both of which must sign.
fn keys() -> [OperatorKey; 2] {
    [1, 2].map(|seed| OperatorKey::generate(&SeededRandom::new(seed)))
}

/// What every region is configured with.
pub(crate) fn operators() -> Outcome<Arc<Operators>> {
    let public = keys().iter().map(OperatorKey::public).collect();
    Operators::new(public, 2).map(Arc::new).map_err(text)
}

/// Whether the regions of a simulation name operators: those of every other seed do. No random number is drawn for it, so that the rest of a run
/// is not another one.
pub(super) fn are_named(seed: u64) -> bool {
    seed % 2 == 1
}

impl Site {
    /// What a forced promotion has in a simulation: none if this region names no operators.
    pub(super) fn signed(&self, lost: &Region, now: Timestamp, broken: BrokenRules) -> Option<Authorization> {
        let is_signed = !self.operators.is_empty() && !broken.promote_unsigned();
        is_signed.then(|| self.authorization(lost, now))
    }

    /// What operators sign at this time, so that this region takes the place of another one.
    pub(crate) fn authorization(&self, lost: &Region, now: Timestamp) -> Authorization {
        let (to, identity) = (self.region.clone(), self.identity.public());
        let digest = sha256(&cbor(&(lost, &to, identity, now)));
        let number = digest.first_chunk().copied().unwrap_or_default();
        let expires = now.plus_secs(3600);
        let statement = FailoverStatement { lost: lost.clone(), to, identity, number, issued: now, expires };
        sign(&statement)
    }
}

/// A statement with the signatures of all operators.
pub(crate) fn sign(statement: &FailoverStatement) -> Authorization {
    let signatures = keys().iter().flat_map(|key| key.sign(statement).signatures).collect();
    Authorization { statement: statement.clone(), signatures }
}
