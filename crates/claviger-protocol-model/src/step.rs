//! One message of one peer at one region, and the rule that is broken.

use std::cmp::Ordering;

use crate::bounds::BrokenRule;
use crate::key::{Epoch, Region};
use crate::site::Site;

/// The rule that is broken, if one is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Rules {
    pub(crate) broken: Option<BrokenRule>,
}

impl Rules {
    pub(crate) fn bare_counter(self) -> bool {
        self.broken == Some(BrokenRule::BareCounter)
    }

    pub(crate) fn replace_material(self) -> bool {
        self.broken == Some(BrokenRule::ReplaceMaterial)
    }

    pub(crate) fn use_before_held(self) -> bool {
        self.broken == Some(BrokenRule::UseBeforeHeld)
    }

    pub(crate) fn forget_members(self) -> bool {
        self.broken == Some(BrokenRule::ForgetMembers)
    }

    pub(crate) fn late_refusal(self) -> bool {
        self.broken == Some(BrokenRule::LateRefusal)
    }

    pub(crate) fn keep_material_quiet(self) -> bool {
        self.broken == Some(BrokenRule::QuietMaterial)
    }

    pub(crate) fn accept_twice(self) -> bool {
        self.broken == Some(BrokenRule::AcceptTwice)
    }

    /// `key_replication::compare`
    pub(crate) fn compare(self, a: (Epoch, u8), b: (Epoch, u8)) -> Ordering {
        if self.bare_counter() { (a.0.counter, a.1).cmp(&(b.0.counter, b.1)) } else { a.cmp(&b) }
    }
}

/// One message of one peer at one region: `PeerContext`.
pub(crate) struct Step<'a> {
    pub(crate) site: &'a mut Site,
    pub(crate) here: Region,
    pub(crate) peer: Region,
    /// The session of the peer's stream.
    pub(crate) session: u8,
    /// The public keys of requests to the peer that are still on the network or in its outbox.
    pub(crate) publics: &'a [u8],
    pub(crate) rules: Rules,
    /// Whether the key policy here refuses an offered role.
    pub(crate) refuses: bool,
}
