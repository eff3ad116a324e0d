//! A decoded record that several transactions use at once.

use std::any::Any;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, OnceLock};

/// A decoded record, shared between requests, with one value that was computed from it, such as the opened form of a sealed
/// member. Both are dropped with the last user, after the record has been changed or has left the cache.
pub struct Shared<T>(Arc<Content<T>>);

struct Content<T> {
    record: T,
    derived: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl<T> Shared<T> {
    /// A record that is not shared yet.
    pub fn new(record: T) -> Shared<T> {
        Shared(Arc::new(Content { record, derived: OnceLock::new() }))
    }

    /// A record of one's own, to be changed.
    pub fn into_owned(self) -> T
    where
        T: Clone,
    {
        Arc::try_unwrap(self.0).map_or_else(|shared| shared.record.clone(), |content| content.record)
    }

    /// The value of type `D` that is kept with the record. It is computed at the first use, and again at each use if another
    /// type is kept already: each type of record has one type of derived value.
    ///
    /// # Errors
    ///
    /// Those of `derive`, whose failure is not kept.
    pub fn derived<D, E>(&self, derive: impl FnOnce(&T) -> Result<D, E>) -> Result<Arc<D>, E>
    where
        D: Send + Sync + 'static,
    {
        if let Some(kept) = self.0.derived.get()
            && let Some(derived) = kept.downcast_ref::<Arc<D>>()
        {
            return Ok(Arc::clone(derived));
        }
        let derived = Arc::new(derive(&self.0.record)?);
        // Two threads may derive at once. The first one's value stays, and both are equal.
        let _ = self.0.derived.set(Box::new(Arc::clone(&derived)));
        Ok(derived)
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Shared<T> {
        Shared(Arc::clone(&self.0))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.record
    }
}

/// Changing a record that others share makes a copy of it first. The derived value does not go with it.
impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        let content = Arc::make_mut(&mut self.0);
        content.derived = OnceLock::new();
        &mut content.record
    }
}

impl<T: Clone> Clone for Content<T> {
    fn clone(&self) -> Content<T> {
        Content { record: self.record.clone(), derived: OnceLock::new() }
    }
}

impl<T> From<T> for Shared<T> {
    fn from(record: T) -> Shared<T> {
        Shared::new(record)
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    /// The record alone: the derived value may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.record.fmt(f)
    }
}

impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Shared<T>) -> bool {
        self.0.record == other.0.record
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn a_derived_value_is_computed_once_and_a_failure_again() {
        let shared = Shared::new(7_u32);
        assert_eq!(shared.derived(|_| Err::<u64, _>("no")), Err("no"));
        assert_eq!(shared.derived(|n| Ok::<_, &str>(u64::from(*n) * 2)), Ok(Arc::new(14_u64)));
        assert_eq!(shared.clone().derived(|_| Err::<u64, _>("not asked")), Ok(Arc::new(14)));
        // A second type is not kept.
        assert_eq!(shared.derived(|_| Ok::<_, &str>("text")), Ok(Arc::new("text")));
        assert_eq!(shared.derived(|_| Ok::<_, &str>("other")), Ok(Arc::new("other")));
    }

    #[test]
    fn a_change_makes_a_copy_without_the_derived_value() {
        let shared = Shared::new(7_u32);
        assert_eq!(shared.derived(|n| Ok::<_, ()>(u64::from(*n))), Ok(Arc::new(7_u64)));
        let mut changed = shared.clone();
        *changed = 8;
        assert_eq!((*shared, *changed), (7, 8));
        assert_eq!(changed.derived(|n| Ok::<_, ()>(u64::from(*n))), Ok(Arc::new(8_u64)));
        *changed = 9;
        assert_eq!(changed.derived(|n| Ok::<_, ()>(u64::from(*n))), Ok(Arc::new(9_u64)));
    }

    #[test]
    fn an_owned_record_is_apart_from_the_shared_one() {
        let shared = Shared::new(vec![1]);
        let mut owned = shared.clone().into_owned();
        owned.push(2);
        assert_eq!((shared.len(), owned.len()), (1, 2));
        assert_eq!(shared.into_owned(), [1]);
    }
}
