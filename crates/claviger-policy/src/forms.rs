//! The forms in which one statement names a principal, without an allocation.

use crate::verdict::AllowedAs;

/// The forms in which a statement names the principal: a flag for each [`AllowedAs`].
///
/// A new variant of `AllowedAs` does not compile until it has a flag here, and a new flag does not until `iter` reads it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Forms {
    anyone: bool,
    account: bool,
    role: bool,
    exact: bool,
    identity: bool,
}

impl Forms {
    pub(crate) fn one(form: AllowedAs) -> Forms {
        let mut forms = Forms::default();
        forms.add(form);
        forms
    }

    pub(crate) fn add(&mut self, form: AllowedAs) {
        let flag = match form {
            AllowedAs::Anyone => &mut self.anyone,
            AllowedAs::Account => &mut self.account,
            AllowedAs::Role => &mut self.role,
            AllowedAs::Exact => &mut self.exact,
            AllowedAs::Identity => &mut self.identity,
        };
        *flag = true;
    }

    pub(crate) fn is_empty(self) -> bool {
        self == Forms::default()
    }

    /// The forms in the order of their declaration.
    pub(crate) fn iter(self) -> impl Iterator<Item = AllowedAs> {
        let Forms { anyone, account, role, exact, identity } = self;
        let flags = [
            (anyone, AllowedAs::Anyone),
            (account, AllowedAs::Account),
            (role, AllowedAs::Role),
            (exact, AllowedAs::Exact),
            (identity, AllowedAs::Identity),
        ];
        flags.into_iter().filter_map(|(is_named, form)| is_named.then_some(form))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_kept_once() {
        let all = [AllowedAs::Anyone, AllowedAs::Account, AllowedAs::Role, AllowedAs::Exact, AllowedAs::Identity];
        let mut forms = Forms::default();
        assert!(forms.is_empty());
        for form in all.into_iter().rev() {
            assert!(Forms::one(form).iter().eq([form]) && !Forms::one(form).is_empty());
            forms.add(form);
            forms.add(form);
        }
        assert!(forms.iter().eq(all));
    }
}
