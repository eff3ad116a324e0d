//! The forms in which one statement names a principal, without an allocation.

use crate::verdict::AllowedAs;

/// The forms in which a statement names the principal, each once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Forms([Option<AllowedAs>; 5]);

impl Forms {
    pub(crate) fn one(form: AllowedAs) -> Forms {
        Forms([Some(form), None, None, None, None])
    }

    /// There are five forms, so there is always a place.
    pub(crate) fn add(&mut self, form: AllowedAs) {
        if let Some(place) = self.0.iter_mut().find(|place| place.is_none_or(|known| known == form)) {
            *place = Some(form);
        }
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = AllowedAs> {
        self.0.into_iter().flatten()
    }
}
