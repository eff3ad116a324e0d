//! The constraints of grants: which encryption contexts a grant allows.
//!
//! Names of pairs are compared without regard to the case of ASCII letters, and values exactly (AWS KMS API reference,
//! `GrantConstraints`, which does not say what holds for other letters). A request
//! whose context has several pairs with names that differ in case alone satisfies a constraint on that name only if the
//! constraint has the same values under it. So one pair never satisfies a constraint while another one contradicts it.

use claviger_crypto::EncryptionContext;
use minicbor::{Decode, Encode};

/// A constraint on the encryption context.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum GrantConstraint {
    /// `EncryptionContextEquals`: these pairs and no others.
    #[n(0)]
    Equals(#[n(0)] EncryptionContext),
    /// `EncryptionContextSubset`: these pairs, and possibly others.
    #[n(1)]
    Subset(#[n(0)] EncryptionContext),
}

impl GrantConstraint {
    /// The pairs as they were given.
    pub fn pairs(&self) -> &EncryptionContext {
        match self {
            GrantConstraint::Equals(pairs) | GrantConstraint::Subset(pairs) => pairs,
        }
    }

    /// Whether a request with this encryption context satisfies the constraint.
    pub fn admits(&self, context: &EncryptionContext) -> bool {
        let (own, given) = (FoldedPairs::of(self.pairs()), FoldedPairs::of(context));
        match self {
            GrantConstraint::Equals(_) => own == given,
            GrantConstraint::Subset(_) => own == given.with_names(|name| own.has_name(name)),
        }
    }

    /// Whether a grant with the constraint `child` allows no request that this constraint refuses.
    pub fn admits_child(&self, child: Option<&GrantConstraint>) -> bool {
        match (self, child) {
            (_, None) | (GrantConstraint::Equals(_), Some(GrantConstraint::Subset(_))) => false,
            // A request that satisfies the child has, under each name of the child's pairs, the child's values and no others.
            (_, Some(child)) => self.admits(child.pairs()),
        }
    }
}

/// The pairs of an encryption context in the form in which constraints compare them: sorted, with the ASCII letters of names in
/// lower case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct FoldedPairs(Vec<(String, String)>);

impl FoldedPairs {
    pub(super) fn of(context: &EncryptionContext) -> FoldedPairs {
        let mut pairs: Vec<_> =
            context.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
        pairs.sort();
        FoldedPairs(pairs)
    }

    /// The pairs whose names are wanted.
    pub(super) fn with_names(&self, wanted: impl Fn(&str) -> bool) -> FoldedPairs {
        FoldedPairs(self.0.iter().filter(|(name, _)| wanted(name)).cloned().collect())
    }

    /// The names, each once.
    pub(super) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        names.dedup();
        names
    }

    fn has_name(&self, wanted: &str) -> bool {
        self.0.iter().any(|(name, _)| name == wanted)
    }

    /// Names and values in turn, for the key of a row.
    pub(super) fn parts(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()])
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Pairs<'a> = &'a [(&'a str, &'a str)];

    fn context(pairs: Pairs<'_>) -> EncryptionContext {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn equals(pairs: Pairs<'_>) -> GrantConstraint {
        GrantConstraint::Equals(context(pairs))
    }

    fn subset(pairs: Pairs<'_>) -> GrantConstraint {
        GrantConstraint::Subset(context(pairs))
    }

    #[test]
    fn contexts_that_satisfy_a_constraint() {
        let check = |constraint: GrantConstraint, given: Pairs<'_>, expected: bool| {
            assert_eq!(constraint.admits(&context(given)), expected, "{constraint:?} {given:?}");
        };
        check(equals(&[("a", "1")]), &[("a", "1")], true);
        check(equals(&[("a", "1")]), &[("A", "1")], true);
        check(equals(&[("a", "1")]), &[("a", "1"), ("b", "2")], false);
        check(equals(&[("a", "1"), ("b", "2")]), &[("a", "1")], false);
        check(equals(&[("a", "x")]), &[("a", "X")], false);
        check(equals(&[("a", "1")]), &[], false);
        check(subset(&[("a", "1")]), &[("a", "1"), ("b", "2")], true);
        check(subset(&[("Tenant", "1")]), &[("tenant", "1")], true);
        check(subset(&[("a", "1"), ("b", "2")]), &[("b", "2")], false);
        check(subset(&[("a", "1")]), &[("a", "2")], false);
        check(subset(&[("a", "1")]), &[], false);
        // Names that differ in case alone.
        check(subset(&[("a", "1")]), &[("a", "1"), ("A", "2")], false);
        check(subset(&[("a", "1"), ("A", "2")]), &[("a", "2"), ("A", "1"), ("c", "3")], true);
        check(equals(&[("a", "1")]), &[("a", "1"), ("A", "1")], false);
        // Other letters than those of ASCII. The last name begins with the Kelvin sign, whose lower case is `k`.
        check(equals(&[("ä", "1")]), &[("Ä", "1")], false);
        check(equals(&[("key", "1")]), &[("\u{212a}ey", "1")], false);
    }

    #[test]
    fn constraints_of_grants_made_through_a_grant() {
        let check = |parent: GrantConstraint, child: Option<GrantConstraint>, expected: bool| {
            assert_eq!(parent.admits_child(child.as_ref()), expected, "{parent:?} {child:?}");
        };
        let (one, two): (Pairs<'_>, Pairs<'_>) = (&[("a", "1")], &[("a", "1"), ("b", "2")]);
        check(equals(one), None, false);
        check(equals(one), Some(equals(one)), true);
        check(equals(one), Some(equals(two)), false);
        check(equals(one), Some(subset(one)), false);
        check(subset(one), None, false);
        check(subset(one), Some(subset(one)), true);
        check(subset(one), Some(subset(two)), true);
        check(subset(one), Some(equals(two)), true);
        check(subset(two), Some(subset(one)), false);
        check(subset(two), Some(equals(one)), false);
    }

    fn contexts() -> impl Strategy<Value = EncryptionContext> {
        prop::collection::btree_map("[aAbBc]", "[12]", 0..4)
    }

    fn constraints() -> impl Strategy<Value = GrantConstraint> {
        let pairs = prop::collection::btree_map("[aAbBc]", "[12]", 1..4);
        (any::<bool>(), pairs).prop_map(|(is_equals, pairs)| match is_equals {
            true => GrantConstraint::Equals(pairs),
            false => GrantConstraint::Subset(pairs),
        })
    }

    /// The values under a name in any case, in order.
    fn values<'a>(of: &'a EncryptionContext, name: &str) -> Vec<&'a str> {
        let same = |other: &str| other.to_lowercase() == name.to_lowercase();
        let mut values: Vec<&str> = of.iter().filter(|(n, _)| same(n)).map(|(_, value)| value.as_str()).collect();
        values.sort_unstable();
        values
    }

    proptest! {
        #[test]
        fn each_pair_is_compared_by_its_name(constraint in constraints(), given in contexts()) {
            let own = constraint.pairs();
            let has_own = own.keys().all(|name| values(own, name) == values(&given, name));
            let has_others = given.keys().any(|name| values(own, name).is_empty());
            let expected = match constraint {
                GrantConstraint::Equals(_) => has_own && !has_others,
                GrantConstraint::Subset(_) => has_own,
            };
            prop_assert_eq!(constraint.admits(&given), expected);
        }

        #[test]
        fn a_child_never_allows_what_its_parent_refuses(
            parent in constraints(),
            child in constraints(),
            given in contexts(),
        ) {
            if parent.admits_child(Some(&child)) && child.admits(&given) {
                prop_assert!(parent.admits(&given), "{:?} {:?} {:?}", parent, child, given);
            }
            prop_assert!(parent.admits_child(Some(&parent)));
        }
    }
}
