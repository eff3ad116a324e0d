//! The tags and primary regions of an account's secrets, and the secrets with each of them in the orders that were asked for.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use super::merge::merged;
use super::order::{SecretOrder, SecretPlace, SortedSecret};
use super::prefixes::{Prefixes, Run};
use crate::tables::secret_table::SecretRecord;

/// The most values with some beginning whose secrets are merged for a page. Each of them costs a page about a microsecond.
const VALUES_MAX: usize = 256;

/// About the bytes of a value besides its text, and of a secret's place among those with a value.
const VALUE_COST: usize = 96;
const PLACE_COST: usize = 44;

/// A member of a secret that can have several values, by whose beginnings lists are filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretAttribute {
    /// The keys of its tags.
    TagKey,
    /// The values of its tags.
    TagValue,
    /// The region of its primary, if it has replicas or is one.
    PrimaryRegion,
}

impl SecretAttribute {
    /// All attributes.
    pub(super) const ALL: [SecretAttribute; 3] =
        [SecretAttribute::TagKey, SecretAttribute::TagValue, SecretAttribute::PrimaryRegion];

    /// The values that a secret has. A value may come more than once.
    pub fn values(self, record: &SecretRecord) -> Vec<&str> {
        let tags = || record.tags.iter().flatten();
        match self {
            SecretAttribute::TagKey => tags().map(|tag| tag.key.as_str()).collect(),
            SecretAttribute::TagValue => tags().map(|tag| tag.value.as_str()).collect(),
            SecretAttribute::PrimaryRegion => record.replicated().map(|r| r.primary.as_str()).into_iter().collect(),
        }
    }
}

/// The number of a value among those of its attribute. The number of a value that no secret has any longer is given to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ValueId(u32);

/// The values of one attribute.
#[derive(Default)]
struct Values {
    ids: BTreeMap<Arc<str>, ValueId>,
    /// Each value by its number, with how many secrets have it.
    values: Vec<(Arc<str>, usize)>,
    unused: Vec<ValueId>,
    text_bytes: usize,
    /// How many secrets all values have together.
    secrets: usize,
    sorted: HashMap<SecretOrder, BTreeSet<(ValueId, SecretPlace)>>,
}

/// The values of all attributes.
#[derive(Default)]
pub(super) struct Attributes {
    tag_keys: Values,
    tag_values: Values,
    primary_regions: Values,
}

impl Attributes {
    fn of(&self, attribute: SecretAttribute) -> &Values {
        match attribute {
            SecretAttribute::TagKey => &self.tag_keys,
            SecretAttribute::TagValue => &self.tag_values,
            SecretAttribute::PrimaryRegion => &self.primary_regions,
        }
    }

    fn of_mut(&mut self, attribute: SecretAttribute) -> &mut Values {
        match attribute {
            SecretAttribute::TagKey => &mut self.tag_keys,
            SecretAttribute::TagValue => &mut self.tag_values,
            SecretAttribute::PrimaryRegion => &mut self.primary_regions,
        }
    }

    /// Counts a secret for each of its values, and gives their numbers.
    pub(super) fn count(&mut self, record: &SecretRecord) -> Box<[(SecretAttribute, ValueId)]> {
        let mut ids = Vec::new();
        for attribute in SecretAttribute::ALL {
            let mut values = attribute.values(record);
            values.sort_unstable();
            values.dedup();
            let pool = self.of_mut(attribute);
            ids.extend(values.into_iter().map(|value| (attribute, pool.count(value))));
        }
        ids.into()
    }

    /// Takes back what [`Attributes::count`] counted.
    pub(super) fn uncount(&mut self, secret: &SortedSecret) {
        for (attribute, id) in &secret.values {
            self.of_mut(*attribute).uncount(*id);
        }
    }

    /// Puts a secret to its places.
    pub(super) fn add(&mut self, secret: &SortedSecret) {
        for (attribute, id) in &secret.values {
            for (order, places) in &mut self.of_mut(*attribute).sorted {
                places.insert((*id, secret.place(*order)));
            }
        }
    }

    /// Takes a secret from its places.
    pub(super) fn remove(&mut self, secret: &SortedSecret) {
        for (attribute, id) in &secret.values {
            for (order, places) in &mut self.of_mut(*attribute).sorted {
                places.remove(&(*id, secret.place(*order)));
            }
        }
    }

    /// The restriction that leaves the fewest secrets, of those whose values with the beginnings are few.
    pub(super) fn narrowest(&self, restrictions: &[(SecretAttribute, Prefixes)]) -> Option<Narrowed> {
        let narrowed = restrictions.iter().filter_map(|(attribute, prefixes)| {
            let values = self.of(*attribute).beginning_with(prefixes)?;
            let secrets = values.iter().map(|(_, secrets)| secrets).sum::<usize>();
            Some((secrets, Narrowed { attribute: *attribute, ids: values.into_iter().map(|(id, _)| id).collect() }))
        });
        narrowed.min_by_key(|(secrets, _)| *secrets).map(|(_, narrowed)| narrowed)
    }

    pub(super) fn has_sorted(&self, attribute: SecretAttribute, order: SecretOrder) -> bool {
        self.of(attribute).sorted.contains_key(&order)
    }

    /// Sorts all secrets for an order, if they are not yet.
    pub(super) fn sort<'s>(
        &mut self,
        attribute: SecretAttribute,
        order: SecretOrder,
        secrets: impl Iterator<Item = &'s SortedSecret>,
    ) {
        let of_secret = |secret: &'s SortedSecret| {
            let own = secret.values.iter().filter(move |(of, _)| *of == attribute);
            own.map(move |(_, id)| (*id, secret.place(order)))
        };
        self.of_mut(attribute).sorted.entry(order).or_insert_with(|| secrets.flat_map(of_secret).collect());
    }

    /// The next places in a run, in an order that was sorted, of the secrets that have one of the values.
    pub(super) fn next(
        &self,
        narrowed: &Narrowed,
        order: SecretOrder,
        run: &Run,
        backwards: bool,
        limit: usize,
    ) -> Vec<SecretPlace> {
        let Some(sorted) = self.of(narrowed.attribute).sorted.get(&order) else { return Vec::new() };
        let places = |id: &ValueId| sorted.range(bounds(*id, run)).map(|(_, place)| place);
        if backwards {
            merged(narrowed.ids.iter().map(|id| places(id).rev()), true, limit)
        } else {
            merged(narrowed.ids.iter().map(places), false, limit)
        }
    }

    /// About the memory that this takes.
    pub(super) fn bytes(&self) -> usize {
        SecretAttribute::ALL.iter().map(|attribute| self.of(*attribute).bytes()).sum()
    }
}

/// The values of an attribute to which a list is restricted.
pub(super) struct Narrowed {
    pub(super) attribute: SecretAttribute,
    ids: Vec<ValueId>,
}

impl Values {
    fn count(&mut self, text: &str) -> ValueId {
        self.secrets += 1;
        if let Some(id) = self.ids.get(text) {
            self.values.get_mut(id.0 as usize).into_iter().for_each(|(_, secrets)| *secrets += 1);
            return *id;
        }
        let value: (Arc<str>, usize) = (text.into(), 1);
        let id = self.unused.pop().unwrap_or(ValueId(self.values.len() as u32));
        self.text_bytes += text.len();
        self.ids.insert(Arc::clone(&value.0), id);
        match self.values.get_mut(id.0 as usize) {
            Some(place) => *place = value,
            None => self.values.push(value),
        }
        id
    }

    fn uncount(&mut self, id: ValueId) {
        self.secrets = self.secrets.saturating_sub(1);
        let Some((text, secrets)) = self.values.get_mut(id.0 as usize) else { return };
        *secrets = secrets.saturating_sub(1);
        if *secrets == 0 {
            self.text_bytes = self.text_bytes.saturating_sub(text.len());
            self.ids.remove(text);
            self.unused.push(id);
        }
    }

    /// The values with one of the beginnings, each with the number of its secrets. None if there are too many.
    fn beginning_with(&self, prefixes: &Prefixes) -> Option<Vec<(ValueId, usize)>> {
        let mut found = Vec::new();
        for prefix in prefixes.iter() {
            let from = self.ids.range::<str, _>((Bound::Included(prefix), Bound::Unbounded));
            let ids = from.take_while(|(text, _)| text.starts_with(prefix)).map(|(_, id)| *id);
            found.extend(ids.take((VALUES_MAX + 1).saturating_sub(found.len())));
        }
        let counted = |id: ValueId| Some((id, self.values.get(id.0 as usize)?.1));
        (found.len() <= VALUES_MAX).then(|| found.into_iter().filter_map(counted).collect())
    }

    fn bytes(&self) -> usize {
        self.text_bytes + self.ids.len() * VALUE_COST + self.secrets * (8 + PLACE_COST * self.sorted.len())
    }
}

/// A bound among the secrets of all values.
type ValueBound = Bound<(ValueId, SecretPlace)>;

/// The bounds of a run among the secrets with one value.
fn bounds(id: ValueId, (from, to): &Run) -> (ValueBound, ValueBound) {
    let first_of = |id: ValueId| (id, SecretPlace { date: i64::MIN, name: "".into() });
    let within = |bound: &Bound<SecretPlace>| bound.clone().map(|place| (id, place));
    let from = match within(from) {
        Bound::Unbounded => Bound::Included(first_of(id)),
        bound => bound,
    };
    let to = match within(to) {
        Bound::Unbounded => Bound::Excluded(first_of(ValueId(id.0.saturating_add(1)))),
        bound => bound,
    };
    (from, to)
}
