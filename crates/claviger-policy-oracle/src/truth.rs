//! Truth with a third value: `None` is "cannot be evaluated".
//!
//! A statement that denies applies unless it is known not to, and a statement that allows applies only if it is known to.

/// `Some` is known, `None` is not.
pub type Maybe = Option<bool>;

/// Whether all hold. One that does not hold decides, even beside others that are not known.
pub fn all(parts: impl IntoIterator<Item = Maybe>) -> Maybe {
    let parts: Vec<Maybe> = parts.into_iter().collect();
    if parts.contains(&Some(false)) {
        Some(false)
    } else if parts.contains(&None) {
        None
    } else {
        Some(true)
    }
}

/// Whether any holds. One that holds decides, even beside others that are not known.
pub fn any(parts: impl IntoIterator<Item = Maybe>) -> Maybe {
    not(all(parts.into_iter().map(not)))
}

/// The opposite. What is not known stays so.
pub fn not(part: Maybe) -> Maybe {
    part.map(|known| !known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_decides_nothing_that_is() {
        assert_eq!(all([Some(true), None]), None);
        assert_eq!(all([Some(false), None]), Some(false));
        assert_eq!(any([Some(true), None]), Some(true));
        assert_eq!(any([Some(false), None]), None);
        assert_eq!(all([]), Some(true));
        assert_eq!(any([]), Some(false));
        assert_eq!(not(None), None);
    }
}
