//! A bounded map for caches.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use foldhash::fast::RandomState;

/// A map of at most so many units, such as entries or bytes, that drops what has not been used for long.
///
/// Dropping a generation can take long, and the map is often behind a lock. So calls that end a generation return it, and the
/// caller drops it after the lock ([`Expired`]).
///
/// It is two maps in place of a queue of uses. When the young one is full it becomes the old one, and the old one is dropped.
/// An entry of the old one that is found moves to the young one. So every step takes constant time, and entries in use stay.
#[derive(Debug)]
pub struct Generations<K, V> {
    young: Entries<K, V>,
    old: Entries<K, V>,
    young_units: usize,
    generation_max: usize,
}

/// The hash is fast, and differs from process to process. It is not made to withstand an attacker. Names that fell into one bucket
/// would slow look-ups down: in a shard of the largest map by at most some thousand comparisons.
type Entries<K, V> = HashMap<K, Entry<V>, RandomState>;

#[derive(Debug)]
struct Entry<V> {
    value: V,
    units: usize,
}

/// A generation that has ended, to be dropped when no lock is held; usually empty.
#[derive(Debug)]
#[must_use = "drop it after the lock of the map"]
pub struct Expired<K, V>(#[expect(dead_code, reason = "held to be dropped")] Option<Entries<K, V>>);

impl<K: Hash + Eq, V: Clone> Generations<K, V> {
    /// An empty map of at most `units_max` units.
    pub fn new(units_max: usize) -> Generations<K, V> {
        Generations {
            young: Entries::default(),
            old: Entries::default(),
            young_units: 0,
            generation_max: units_max / 2,
        }
    }

    /// The value of a key.
    pub fn find<Q>(&mut self, key: &Q) -> (Option<V>, Expired<K, V>)
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        if let Some(entry) = self.young.get(key) {
            return (Some(entry.value.clone()), Expired(None));
        }
        let Some((key, Entry { value, units })) = self.old.remove_entry(key) else { return (None, Expired(None)) };
        let expired = self.insert(key, value.clone(), units);
        (Some(value), expired)
    }

    /// Sets the value of a key, which takes so many units. A value that takes more than half of all is not kept.
    pub fn insert(&mut self, key: K, value: V, units: usize) -> Expired<K, V> {
        self.remove(&key);
        if units > self.generation_max {
            return Expired(None);
        }
        let mut expired = None;
        if self.young_units + units > self.generation_max {
            expired = Some(std::mem::replace(&mut self.old, std::mem::take(&mut self.young)));
            self.young_units = 0;
        }
        self.young_units += units;
        self.young.insert(key, Entry { value, units });
        Expired(expired)
    }

    /// Drops a key.
    pub fn remove<Q>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        if let Some(entry) = self.young.remove(key) {
            self.young_units = self.young_units.saturating_sub(entry.units);
        }
        self.old.remove(key);
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_units_is_bounded_and_entries_in_use_stay() {
        let mut map = Generations::new(20);
        drop(map.insert("used".to_owned(), 7, 2));
        for number in 0..1000 {
            drop(map.insert(number.to_string(), number, 2));
            assert_eq!(map.find("used").0, Some(7));
            assert!(map.len() <= 10, "{}", map.len());
        }
        assert_eq!((map.find("999").0, map.find("1").0), (Some(999), None));
    }

    #[test]
    fn a_value_is_replaced_and_removed() {
        let mut map = Generations::new(20);
        assert!(map.is_empty());
        drop(map.insert("a".to_owned(), 1, 9));
        drop(map.insert("a".to_owned(), 2, 9));
        assert_eq!((map.find("a").0, map.len()), (Some(2), 1));
        map.remove("a");
        assert_eq!(map.find("a").0, None);
        // More than a generation holds: the earlier value is dropped too.
        drop(map.insert("b".to_owned(), 1, 1));
        drop(map.insert("b".to_owned(), 2, 11));
        assert_eq!(map.find("b").0, None);
    }
}
