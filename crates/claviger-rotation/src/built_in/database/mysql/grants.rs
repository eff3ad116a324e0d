//! The rows of `SHOW GRANTS`, made into statements for another account.

use super::account::Account;

/// What a row means for another account.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Copied {
    /// The statement that gives the other account the same.
    Statement(String),
    /// The row is about another grantee: a role of the account, whose permissions MariaDB shows too.
    Other,
}

/// Reads a row of `SHOW GRANTS FOR` `from`. None if it has no known form.
pub(crate) fn copied(row: &str, from: &Account, to: &Account) -> Option<Copied> {
    let forms = [("GRANT ", " TO "), ("REVOKE ", " FROM "), ("SET DEFAULT ROLE ", " FOR ")];
    let (_, word) = forms.into_iter().find(|(start, _)| row.starts_with(start))?;
    let at = outside_quotes(row).find(|(at, _)| row.get(*at..).is_some_and(|rest| rest.starts_with(word)))?.0;
    let (what, rest) = (row.get(..at)?, row.get(at + word.len()..)?);
    let (user, rest) = quoted(rest)?;
    let (host, rest) = match rest.strip_prefix('@') {
        Some(rest) => quoted(rest)?,
        None => (String::new(), rest),
    };
    if user != from.user || !host.eq_ignore_ascii_case(&from.host) {
        return Some(Copied::Other);
    }
    // MariaDB shows the way of logging in and the limits in the same row. They are not permissions.
    let words: String = outside_quotes(rest).map(|(_, c)| c).collect();
    let option = ["GRANT OPTION", "ADMIN OPTION"].into_iter().find(|option| words.contains(option));
    let option = option.map(|option| format!(" WITH {option}")).unwrap_or_default();
    Some(Copied::Statement(format!("{what}{word}{}{option}", to.sql())))
}

/// The characters that are not part of a quoted name or string, with their places. A doubled quote begins the next quoted part.
fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quote = None;
    text.char_indices().filter(move |(_, c)| match quote {
        Some(open) => {
            if *c == open {
                quote = None;
            }
            false
        }
        None if matches!(c, '`' | '\'' | '"') => {
            quote = Some(*c);
            false
        }
        None => true,
    })
}

/// The name at the start, without its quotes, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '`' | '\''))?;
    let mut name = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            name.push(c);
        } else if chars.next_if(|(_, next)| *next == quote).is_some() {
            name.push(quote);
        } else {
            return Some((name, text.get(at + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(row: &str) -> Option<Copied> {
        let account = Account { user: "app".to_owned(), host: "10.%".to_owned() };
        copied(row, &account, &account.named("app_clone"))
    }

    fn check(row: &str, statement: &str) {
        assert_eq!(copy(row), Some(Copied::Statement(statement.to_owned())), "{row}");
    }

    #[test]
    fn rows_of_both_servers() {
        check(
            "GRANT USAGE ON *.* TO `app`@`10.%` IDENTIFIED BY PASSWORD '*GRANT OPTION' REQUIRE SSL WITH MAX_QUERIES_PER_HOUR 5",
            "GRANT USAGE ON *.* TO 'app_clone'@'10.%'",
        );
        check(
            "GRANT SELECT, INSERT (`a`) ON `d`.* TO 'app'@'10.%' WITH GRANT OPTION",
            "GRANT SELECT, INSERT (`a`) ON `d`.* TO 'app_clone'@'10.%' WITH GRANT OPTION",
        );
        check(
            "GRANT ALL PRIVILEGES ON `x TO ``app``@'10.%'`.* TO `app`@`10.%`",
            "GRANT ALL PRIVILEGES ON `x TO ``app``@'10.%'`.* TO 'app_clone'@'10.%'",
        );
        check(
            "GRANT `r`@`%` TO `app`@`10.%` WITH ADMIN OPTION",
            "GRANT `r`@`%` TO 'app_clone'@'10.%' WITH ADMIN OPTION",
        );
        check("SET DEFAULT ROLE `r` FOR `app`@`10.%`", "SET DEFAULT ROLE `r` FOR 'app_clone'@'10.%'");
        check("REVOKE INSERT ON `d`.* FROM `app`@`10.%`", "REVOKE INSERT ON `d`.* FROM 'app_clone'@'10.%'");
    }

    #[test]
    fn rows_of_a_role_are_left_out_and_others_are_not_understood() {
        assert_eq!(copy("GRANT SELECT ON `d`.* TO `r`"), Some(Copied::Other));
        assert_eq!(copy("GRANT SELECT ON `d`.* TO `app`"), Some(Copied::Other));
        assert_eq!(copy("GRANT SELECT ON `d`.* TO `app`@`%`"), Some(Copied::Other));
        for row in ["", "DROP USER x", "GRANT SELECT ON `d`.*", "GRANT SELECT ON `d`.* TO app", "GRANT x TO `app"] {
            assert_eq!(copy(row), None, "{row}");
        }
    }
}
