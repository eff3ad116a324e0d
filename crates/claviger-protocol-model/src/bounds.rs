//! How far the model is explored, and which rule it breaks.

/// A rule of the protocol that can be broken, to see that the model notices.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BrokenRule {
    /// Compare epochs by their counter alone.
    BareCounter,
    /// Let an announced set of material replace the one that is held.
    ReplaceMaterial,
    /// Make rotated material current before the replicas hold it.
    UseBeforeHeld,
    /// Do not tell the primary of a new epoch the members that it does not know.
    ForgetMembers,
    /// Consider an offer again that was declined in the same state.
    AcceptTwice,
    /// Take a refusal for the answer to an offer that was announced again since.
    LateRefusal,
    /// Do not report material to the primary that came from another region.
    QuietMaterial,
}

impl BrokenRule {
    /// Every rule with its name on the command line.
    pub const ALL: [(&'static str, BrokenRule); 7] = [
        ("bare-counter", BrokenRule::BareCounter),
        ("replace-material", BrokenRule::ReplaceMaterial),
        ("use-before-held", BrokenRule::UseBeforeHeld),
        ("forget-members", BrokenRule::ForgetMembers),
        ("accept-twice", BrokenRule::AcceptTwice),
        ("late-refusal", BrokenRule::LateRefusal),
        ("quiet-material", BrokenRule::QuietMaterial),
    ];

    /// The rule of a name.
    pub fn named(name: &str) -> Option<BrokenRule> {
        BrokenRule::ALL.iter().find(|(known, _)| *known == name).map(|(_, rule)| *rule)
    }
}

/// How often each thing may happen in one run. The model visits every order of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Bounds {
    /// New material.
    pub rotations: u8,
    /// Changes of another shared property.
    pub schedules: u8,
    /// `UpdatePrimaryRegion`.
    pub handovers: u8,
    /// Offers that the other region's key policy refuses.
    pub refusals: u8,
    /// `ReplicateKey`.
    pub replications: u8,
    /// Deletions of a replica.
    pub deletions: u8,
    /// Forced promotions.
    pub promotions: u8,
    /// Crashes of a region.
    pub crashes: u8,
    /// Messages that the network loses, repeats or delivers before an earlier one.
    pub faults: u8,
}

/// What to explore.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scope {
    /// How many regions there are, 2 or 3.
    pub regions: u8,
    /// How many of them have the key at first: the primary and its replicas.
    pub members: u8,
    /// How often each thing may happen.
    pub bounds: Bounds,
    /// The rule to break.
    pub broken: Option<BrokenRule>,
    /// The longest run in steps.
    pub depth: Option<usize>,
}

const NONE: Bounds = Bounds {
    rotations: 0,
    schedules: 0,
    handovers: 0,
    refusals: 0,
    replications: 0,
    deletions: 0,
    promotions: 0,
    crashes: 0,
    faults: 0,
};

impl Scope {
    const fn of(regions: u8, members: u8, bounds: Bounds) -> Scope {
        Scope { regions, members, bounds, broken: None, depth: None }
    }

    /// What is explored with so many regions.
    pub fn all(regions: u8) -> Vec<Scope> {
        match regions {
            2 => Scope::of_two(),
            _ => Scope::of_three(),
        }
    }

    fn of_two() -> Vec<Scope> {
        let changes = Bounds { rotations: 1, schedules: 1, handovers: 1, refusals: 1, ..NONE };
        vec![
            Scope::of(
                2,
                1,
                Bounds { rotations: 2, handovers: 2, replications: 1, deletions: 1, promotions: 1, ..changes },
            ),
            Scope::of(2, 1, Bounds { replications: 1, deletions: 1, promotions: 2, ..changes }),
            Scope::of(2, 2, Bounds { crashes: 1, ..changes }),
            Scope::of(2, 2, Bounds { schedules: 1, handovers: 1, refusals: 1, crashes: 1, faults: 1, ..NONE }),
            Scope::of(2, 2, Bounds { rotations: 1, promotions: 1, crashes: 1, faults: 1, ..NONE }),
        ]
    }

    fn of_three() -> Vec<Scope> {
        let changes = Bounds { rotations: 1, schedules: 1, refusals: 1, ..NONE };
        vec![
            Scope::of(3, 2, Bounds { replications: 1, handovers: 1, ..changes }),
            Scope::of(3, 3, Bounds { handovers: 1, ..changes }),
            Scope::of(3, 3, Bounds { rotations: 1, promotions: 2, ..NONE }),
            Scope::of(3, 1, Bounds { replications: 2, promotions: 2, ..NONE }),
            Scope::of(3, 3, Bounds { handovers: 1, promotions: 1, refusals: 1, ..NONE }),
            Scope { depth: Some(24), ..Scope::of(3, 3, Bounds { handovers: 2, promotions: 1, ..changes }) },
            Scope::of(3, 3, Bounds { rotations: 1, deletions: 1, promotions: 1, ..NONE }),
        ]
    }

    /// A scope that is large enough to show that this rule is broken, and breaks it.
    pub fn catching(rule: BrokenRule) -> Scope {
        let (regions, members, bounds) = match rule {
            BrokenRule::BareCounter => (3, 3, Bounds { promotions: 2, ..NONE }),
            BrokenRule::ReplaceMaterial => (2, 2, Bounds { rotations: 1, promotions: 1, ..NONE }),
            BrokenRule::UseBeforeHeld => (2, 2, Bounds { rotations: 1, ..NONE }),
            BrokenRule::ForgetMembers => (3, 2, Bounds { replications: 1, promotions: 1, ..NONE }),
            BrokenRule::AcceptTwice => (2, 2, Bounds { handovers: 1, schedules: 1, refusals: 1, crashes: 1, ..NONE }),
            BrokenRule::LateRefusal => (2, 2, Bounds { handovers: 1, rotations: 1, schedules: 1, refusals: 1, ..NONE }),
            BrokenRule::QuietMaterial => {
                (3, 3, Bounds { rotations: 1, deletions: 1, replications: 1, promotions: 1, ..NONE })
            }
        };
        Scope { broken: Some(rule), ..Scope::of(regions, members, bounds) }
    }
}
