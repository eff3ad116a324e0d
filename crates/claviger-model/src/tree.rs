//! The protocol-neutral form of a body.

use std::borrow::Cow;
use std::fmt;

use zeroize::Zeroizing;

use crate::error::Serialization;

/// A body, or a part of one. Texts are wiped on drop, for any of them may be a secret.
#[derive(Clone, PartialEq)]
pub enum Tree {
    /// No value; the same as an absent member.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text; a blob is one too, in base64.
    Text(Zeroizing<String>),
    /// A list.
    List(Vec<Tree>),
    /// A structure or map, in the order of the body; no name occurs twice in a body that was read.
    Map(Vec<(Name, Tree)>),
}

/// The name of a member or of an entry of a map. Those of a service's model are not copied.
pub type Name = Cow<'static, str>;

/// A number as JSON has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// Written without fraction and exponent, and within 64 bits.
    Integer(i64),
    /// Any other number, rounded to 64 bits.
    Float(f64),
}

impl Number {
    /// The number as a whole number, also if it was written with a fraction of zero or an exponent (`1e3`).
    pub fn whole(self) -> Option<i64> {
        match self {
            Number::Integer(integer) => Some(integer),
            // Up to 2^53 every whole number has a float of its own. Beyond it, several whole numbers have the same float.
            Number::Float(float) if float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0 => {
                Some(float as i64)
            }
            Number::Float(_) => None,
        }
    }

    /// The nearest float.
    pub fn float(self) -> f64 {
        match self {
            Number::Integer(integer) => integer as f64,
            Number::Float(float) => float,
        }
    }
}

impl Tree {
    /// A text.
    pub fn text(text: &str) -> Tree {
        Tree::Text(Zeroizing::new(text.to_owned()))
    }

    /// The member of this name, unless it is absent or null, or this is no structure.
    pub fn member(&self, name: &str) -> Option<&Tree> {
        let Tree::Map(members) = self else { return None };
        members.iter().find(|(key, _)| key == name).map(|(_, value)| value).filter(|value| **value != Tree::Null)
    }

    pub(crate) fn members(&self) -> Result<&[(Name, Tree)], Serialization> {
        match self {
            Tree::Map(members) => Ok(members),
            _ => Err(Serialization(None)),
        }
    }
}

/// Shows the form and the names, never a text.
impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tree::Null => f.write_str("null"),
            Tree::Bool(value) => write!(f, "{value}"),
            Tree::Number(Number::Integer(value)) => write!(f, "{value}"),
            Tree::Number(Number::Float(value)) => write!(f, "{value}"),
            Tree::Text(_) => f.write_str("<text>"),
            Tree::List(items) => f.debug_list().entries(items).finish(),
            Tree::Map(members) => f.debug_map().entries(members.iter().map(|(name, value)| (name, value))).finish(),
        }
    }
}
