//! Policy variables: `${key}`, `${key, 'default'}` and the literals `${*}`, `${?}`, `${$}`.
//!
//! The value of a variable is text and never a pattern. Otherwise a user or a tag named `*` would widen every policy that uses the
//! variable.

use std::borrow::Cow;

use crate::context::{ConditionKey, ConditionKeys, ConditionValue};
use crate::glob::Atom;

/// A text with wildcards and variables, compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Template {
    /// Without variables.
    Fixed(Vec<Atom>),
    /// With at least one.
    Open(Vec<Piece>),
}

/// A part of a text that has variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A character or a wildcard.
    Atom(Atom),
    /// The value of a condition key.
    Variable {
        /// The condition key.
        key: ConditionKey,
        /// Taken when the request has no value for the key.
        default: Option<String>,
    },
}

/// How a text is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    /// Whether `*` and `?` are wildcards.
    pub(crate) wildcards: bool,
    /// Whether `${` begins a variable: only from version 2012-10-17 on.
    pub(crate) variables: bool,
}

/// The reason why a template has no value for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unresolved {
    /// The request has no single value for a variable's key, and the variable has no default.
    Missing,
    /// The request has several keys that the variable could mean.
    Ambiguous,
}

/// A `${` that does not begin a valid variable.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadVariable;

impl Template {
    pub(crate) fn compile(text: &str, reading: Reading) -> Result<Template, BadVariable> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if let Some(inside) = rest.strip_prefix("${").filter(|_| reading.variables) {
                let (piece, after) = variable(inside)?;
                pieces.push(piece);
                rest = after;
                continue;
            }
            let mut chars = rest.chars();
            if let Some(c) = chars.next() {
                pieces.push(Piece::Atom(if reading.wildcards { Atom::from_char(c) } else { Atom::Char(c) }));
            }
            rest = chars.as_str();
        }
        Ok(Template::from_pieces(pieces))
    }

    /// Its characters and wildcards, if it has no variables.
    pub(crate) fn fixed(&self) -> Option<&[Atom]> {
        match self {
            Template::Fixed(atoms) => Some(atoms),
            Template::Open(_) => None,
        }
    }

    /// Whether the template is this one wildcard and nothing else.
    pub(crate) fn is_anything(&self) -> bool {
        matches!(self, Template::Fixed(atoms) if !atoms.is_empty() && atoms.iter().all(|a| *a == Atom::AnyMany))
    }

    /// Whether it matches exactly one text, for every request.
    pub(crate) fn is_literal(&self) -> bool {
        matches!(self, Template::Fixed(atoms) if atoms.iter().all(|a| matches!(a, Atom::Char(_))))
    }

    /// Whether it is an ARN pattern whose parts up to the account are spelled out. Everything that it matches then belongs to one
    /// account.
    pub(crate) fn fixes_account(&self) -> bool {
        let Template::Fixed(atoms) = self else { return false };
        let parts: Vec<&[Atom]> = atoms.splitn(6, |atom| *atom == Atom::Char(':')).collect();
        let is_spelled_out = |part: &&[Atom]| part.iter().all(|atom| matches!(atom, Atom::Char(_)));
        parts.len() == 6 && parts.iter().take(5).all(is_spelled_out) && parts.get(4).is_some_and(|p| !p.is_empty())
    }

    /// Whether it is spelled out up to a separator, and goes on behind it.
    pub(crate) fn fixes_first_part(&self, separator: char) -> bool {
        let Template::Fixed(atoms) = self else { return false };
        let spelled_out = atoms.iter().take_while(|atom| matches!(atom, Atom::Char(_)));
        spelled_out.enumerate().any(|(at, atom)| at > 0 && *atom == Atom::Char(separator))
    }

    /// Its characters and wildcards, without the variables.
    pub(crate) fn atoms(&self) -> impl Iterator<Item = Atom> {
        let (fixed, open): (&[Atom], &[Piece]) = match self {
            Template::Fixed(atoms) => (atoms, &[]),
            Template::Open(pieces) => (&[], pieces),
        };
        let atom = |piece: &Piece| match piece {
            Piece::Atom(atom) => Some(*atom),
            Piece::Variable { .. } => None,
        };
        fixed.iter().copied().chain(open.iter().filter_map(atom))
    }

    /// The keys of its variables.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &ConditionKey> {
        let pieces: &[Piece] = match self {
            Template::Fixed(_) => &[],
            Template::Open(pieces) => pieces,
        };
        pieces.iter().filter_map(|piece| match piece {
            Piece::Variable { key, .. } => Some(key),
            Piece::Atom(_) => None,
        })
    }

    /// The pattern for this request.
    pub(crate) fn pattern(&self, context: &dyn ConditionKeys) -> Result<Cow<'_, [Atom]>, Unresolved> {
        let pieces = match self {
            Template::Fixed(atoms) => return Ok(Cow::Borrowed(atoms)),
            Template::Open(pieces) => pieces,
        };
        let mut atoms = Vec::with_capacity(pieces.len());
        for piece in pieces {
            match piece {
                Piece::Atom(atom) => atoms.push(*atom),
                Piece::Variable { key, default } => {
                    atoms.extend(value(key, default.as_deref(), context)?.chars().map(Atom::Char));
                }
            }
        }
        Ok(Cow::Owned(atoms))
    }

    /// The text for this request, of a template that was read without wildcards.
    pub(crate) fn text(&self, context: &dyn ConditionKeys) -> Result<String, Unresolved> {
        let literal = |atom: &Atom| match atom {
            Atom::Char(c) => *c,
            Atom::AnyOne => '?',
            Atom::AnyMany => '*',
        };
        Ok(self.pattern(context)?.iter().map(literal).collect())
    }

    fn from_pieces(pieces: Vec<Piece>) -> Template {
        let fixed = |piece: &Piece| match piece {
            Piece::Atom(atom) => Some(*atom),
            Piece::Variable { .. } => None,
        };
        match pieces.iter().map(fixed).collect::<Option<Vec<Atom>>>() {
            Some(atoms) => Template::Fixed(atoms),
            None => Template::Open(pieces),
        }
    }
}

/// Reads what follows `${`; gives the piece and the text behind the closing brace.
fn variable(inside: &str) -> Result<(Piece, &str), BadVariable> {
    for (literal, c) in [("*}", '*'), ("?}", '?'), ("$}", '$')] {
        if let Some(after) = inside.strip_prefix(literal) {
            return Ok((Piece::Atom(Atom::Char(c)), after));
        }
    }
    let end = inside.find([',', '}']).ok_or(BadVariable)?;
    let (key, after) = inside.split_at_checked(end).ok_or(BadVariable)?;
    let key = key.trim();
    if key.is_empty() || key.contains("${") || !key.contains(':') {
        return Err(BadVariable);
    }
    let (default, after) = match after.strip_prefix('}') {
        Some(after) => (None, after),
        None => {
            let (default, after) = default_text(after)?;
            (Some(default), after)
        }
    };
    Ok((Piece::Variable { key: ConditionKey::new(key), default }, after))
}

/// Reads `, 'text'}`.
fn default_text(after_key: &str) -> Result<(String, &str), BadVariable> {
    let quoted = after_key.strip_prefix(',').map(str::trim_start).and_then(|t| t.strip_prefix('\''));
    let (text, after) = quoted.and_then(|t| t.split_once('\'')).ok_or(BadVariable)?;
    let after = after.trim_start().strip_prefix('}').ok_or(BadVariable)?;
    Ok((text.to_owned(), after))
}

fn value<'a>(
    key: &ConditionKey,
    default: Option<&'a str>,
    context: &'a dyn ConditionKeys,
) -> Result<&'a str, Unresolved> {
    match (context.lookup(key), default) {
        (ConditionValue::One(value), _) => Ok(value),
        (ConditionValue::Ambiguous, _) => Err(Unresolved::Ambiguous),
        (ConditionValue::Absent, Some(default)) => Ok(default),
        // A variable cannot stand for one of several values, so it has none.
        (ConditionValue::Absent | ConditionValue::Many(_), _) => Err(Unresolved::Missing),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::context::Context;
    use crate::glob;

    const FULL: Reading = Reading { wildcards: true, variables: true };

    fn fits(template: &str, text: &str) -> Option<bool> {
        let mut context = Context::new();
        context.set("aws:username", "ana");
        context.set("aws:PrincipalTag/star", "*");
        context.set("aws:PrincipalTag/nested", "${aws:username}");
        context.set_many("aws:TagKeys", vec!["a".into()]);
        let template = Template::compile(template, FULL).unwrap();
        template.pattern(&context).ok().map(|p| glob::matches(&p, text))
    }

    #[test]
    fn substitution() {
        let check = |template: &str, text: &str, expected: Option<bool>| {
            assert_eq!(fits(template, text), expected, "{template} on {text}");
        };
        check("home/${aws:username}", "home/ana", Some(true));
        check("home/${AWS:UserName}/*", "home/ana/x", Some(true));
        check("home/${aws:username}", "home/bea", Some(false));
        check("${aws:PrincipalTag/star}", "anything", Some(false));
        check("${aws:PrincipalTag/star}", "*", Some(true));
        check("${aws:PrincipalTag/nested}", "ana", Some(false));
        check("${aws:PrincipalTag/nested}", "${aws:username}", Some(true));
        check("${aws:PrincipalTag/none}", "", None);
        check("${aws:PrincipalTag/none, 'all'}", "all", Some(true));
        check("${aws:PrincipalTag/none,'*'}", "all", Some(false));
        check("${aws:PrincipalTag/none, ''}", "", Some(true));
        check("${aws:username, 'all'}", "ana", Some(true));
        check("${aws:TagKeys}", "a", None);
        check("${*}", "*", Some(true));
        check("${*}", "x", Some(false));
        check("${?}", "x", Some(false));
        check("${$}{x}", "${x}", Some(true));
    }

    #[test]
    fn refused() {
        for text in
            ["${", "${}", "${aws:username", "a${ }", "${user}", "${a:b, c}", "${a:b, 'c}", "${a:b, 'c'", "${${a:b}}"]
        {
            assert_eq!(Template::compile(text, FULL), Err(BadVariable), "{text}");
        }
    }

    #[test]
    fn the_old_version_has_no_variables() {
        let template = Template::compile("${aws:username}", Reading { wildcards: true, variables: false }).unwrap();
        assert!(glob::matches(&template.pattern(&Context::new()).unwrap(), "${aws:username}"));
    }
}
