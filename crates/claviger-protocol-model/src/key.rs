//! A multi-Region key as one region's store has it: the part of `key_table::KeyRecord` that the rules read or write.

use std::fmt;

/// A region, by its place in the order of names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Region(pub(crate) u8);

impl Region {
    /// The place of the region in arrays.
    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", char::from(b'A'.saturating_add(self.0)))
    }
}

/// A set of regions. The product keeps a list, whose order no rule reads.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Regions(u8);

impl Regions {
    pub(crate) fn has(self, region: Region) -> bool {
        self.0 & (1 << region.0) != 0
    }

    pub(crate) fn with(self, region: Region) -> Regions {
        Regions(self.0 | (1 << region.0))
    }

    pub(crate) fn without(self, region: Region) -> Regions {
        Regions(self.0 & !(1 << region.0))
    }

    pub(crate) fn and(self, others: Regions) -> Regions {
        Regions(self.0 | others.0)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Region> {
        (0..8).map(Region).filter(move |region| self.has(*region))
    }
}

impl fmt::Debug for Regions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// The epoch of a key: compared by the counter, then by the region.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Epoch {
    pub(crate) counter: u8,
    pub(crate) region: Region,
}

impl fmt::Debug for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}, {:?})", self.counter, self.region)
    }
}

/// The id of a material, by the order in which materials are made.
pub(crate) type MaterialNumber = u8;

/// What a region knows of a material.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Meta {
    pub(crate) id: MaterialNumber,
    /// Whether its rotation has ended.
    pub(crate) rotated: bool,
}

impl fmt::Debug for Meta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m{}{}", self.id, if self.rotated { "" } else { "?" })
    }
}

/// The states of a key that the rules of replication distinguish.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum KeyState {
    Creating,
    Enabled,
    Updating,
}

/// `key_table::PendingReplica`
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Pending {
    pub(crate) region: Region,
    pub(crate) epoch: Epoch,
    pub(crate) generation: u8,
}

/// `key_table::Holder`
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Holder {
    pub(crate) region: Region,
    pub(crate) awaited: Option<MaterialNumber>,
    pub(crate) revision: u8,
}

/// `key_table::Handover`
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Handover {
    pub(crate) to: Region,
    pub(crate) from: Region,
}

/// `key_table::KeyRecord`
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) state: KeyState,
    /// The schedule of automatic rotation, by the order in which users set it: a shared property that only the primary changes.
    pub(crate) schedule: u8,
    pub(crate) materials: Vec<Meta>,
    pub(crate) current: Option<MaterialNumber>,
    pub(crate) primary: Region,
    pub(crate) replicas: Regions,
    pub(crate) epoch: Epoch,
    pub(crate) revision: u8,
    pub(crate) pending: Vec<Pending>,
    pub(crate) holders: Vec<Holder>,
    pub(crate) handover: Option<Handover>,
}

impl Key {
    /// The primary and all replicas.
    pub(crate) fn members(&self) -> Regions {
        self.replicas.with(self.primary)
    }

    pub(crate) fn holds(&self, id: MaterialNumber) -> bool {
        self.materials.iter().any(|meta| meta.id == id)
    }

    pub(crate) fn material_ids(&self) -> Vec<MaterialNumber> {
        self.materials.iter().map(|meta| meta.id).collect()
    }

    /// `key_replication::rotation_under_way`
    pub(crate) fn awaited(&self) -> Option<MaterialNumber> {
        let mut later = self.materials.iter().skip(1).rev();
        later.find(|meta| !meta.rotated && Some(meta.id) != self.current).map(|meta| meta.id)
    }

    /// Whether cryptographic operations are allowed.
    pub(crate) fn is_usable(&self) -> bool {
        self.state != KeyState::Creating && self.current.is_some()
    }

    /// The order of states of a key.
    pub(crate) fn version(&self) -> (Epoch, u8) {
        (self.epoch, self.revision)
    }

    /// Adds the report of a replica. The product keeps a list, whose order no rule reads.
    pub(crate) fn put_holder(&mut self, holder: Holder) {
        self.holders.retain(|known| known.region != holder.region);
        self.holders.push(holder);
        self.holders.sort_unstable();
    }

    /// Adds a replica that was requested.
    pub(crate) fn put_pending(&mut self, pending: Pending) {
        self.pending.push(pending);
        self.pending.sort_unstable();
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} primary {:?} replicas {:?} ", self.state, self.primary, self.replicas)?;
        write!(f, "epoch {:?} revision {} {:?} current m", self.epoch, self.revision, self.materials)?;
        self.current.map_or(write!(f, "-"), |id| write!(f, "{id}"))?;
        write!(f, " schedule {}", self.schedule)?;
        if !self.pending.is_empty() {
            write!(f, " pending {:?}", self.pending)?;
        }
        if !self.holders.is_empty() {
            write!(f, " holders {:?}", self.holders)?;
        }
        self.handover.map_or(Ok(()), |handover| write!(f, " {handover:?}"))
    }
}

/// `make_current`
pub(crate) fn make_current(key: &mut Key, id: MaterialNumber) {
    key.current = Some(id);
    key.materials.iter_mut().skip(1).for_each(|meta| meta.rotated = true);
    key.revision += 1;
}

/// `handover::end_handover`
pub(crate) fn end_handover(key: &mut Key, ends: impl Fn(Region, &Handover) -> bool) -> bool {
    let open = key.handover.as_ref().is_some_and(|handover| ends(key.primary, handover));
    if open {
        key.handover = None;
        if key.state == KeyState::Updating {
            key.state = KeyState::Enabled;
        }
    }
    open
}
