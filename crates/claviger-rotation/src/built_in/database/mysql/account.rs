//! Names of accounts, and literals of SQL.

use zeroize::Zeroizing;

/// An account: a name, and the hosts that it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) user: String,
    pub(crate) host: String,
}

impl Account {
    /// Reads what `CURRENT_USER()` gives. A host has no `@`, and a name may have one.
    pub(crate) fn parse(text: &str) -> Option<Account> {
        let (user, host) = text.rsplit_once('@')?;
        Some(Account { user: user.to_owned(), host: host.to_owned() })
    }

    /// The same hosts with another name.
    pub(crate) fn named(&self, user: &str) -> Account {
        Account { user: user.to_owned(), host: self.host.clone() }
    }

    /// As a statement names it.
    pub(crate) fn sql(&self) -> String {
        format!("{}@{}", *literal(&self.user), *literal(&self.host))
    }
}

/// A string literal. In a session with the mode `NO_BACKSLASH_ESCAPES` only `'` has a meaning in it.
pub(crate) fn literal(text: &str) -> Zeroizing<String> {
    // Reserved, so that no copy of a password stays behind.
    let mut quoted = Zeroizing::new(String::with_capacity(2 * text.len() + 2));
    quoted.push('\'');
    for c in text.chars() {
        if c == '\'' {
            quoted.push(c);
        }
        quoted.push(c);
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_end_their_quotes() {
        let account = Account::parse("a'; DROP USER x; -- @b@10.0.%").unwrap();
        assert_eq!(account.sql(), "'a''; DROP USER x; -- @b'@'10.0.%'");
        assert_eq!(account.named("\\'").sql(), "'\\'''@'10.0.%'");
        assert_eq!(Account::parse("app"), None);
    }
}
