//! Conversions between a [`Tree`] and the Rust types of members.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use claviger_types::{Sensitive, Timestamp};
use zeroize::{Zeroize, Zeroizing};

use crate::error::Serialization;
use crate::tree::{Number, Tree};

/// A Rust type that a member of a structure may have.
pub trait Value: Sized {
    /// From a body. Fails if the tree is of another type. [`validate()`](crate::validate()) checks the constraints.
    fn read(tree: &Tree) -> Result<Self, Serialization>;

    /// The value of an absent member. Fails unless the member is optional.
    fn absent() -> Result<Self, Serialization> {
        Err(Serialization(None))
    }

    /// Into a body; [`Tree::Null`] if there is no value.
    fn write(&self) -> Tree;
}

impl<T: Value> Value for Option<T> {
    fn read(tree: &Tree) -> Result<Self, Serialization> {
        match tree {
            Tree::Null => Ok(None),
            tree => T::read(tree).map(Some),
        }
    }

    fn absent() -> Result<Self, Serialization> {
        Ok(None)
    }

    fn write(&self) -> Tree {
        self.as_ref().map_or(Tree::Null, T::write)
    }
}

impl<T: Value + Zeroize> Value for Sensitive<T> {
    fn read(tree: &Tree) -> Result<Self, Serialization> {
        T::read(tree).map(Sensitive::new)
    }

    fn write(&self) -> Tree {
        self.expose().write()
    }
}

impl Value for String {
    fn read(tree: &Tree) -> Result<Self, Serialization> {
        match tree {
            Tree::Text(text) => Ok(String::clone(text)),
            _ => Err(Serialization(None)),
        }
    }

    fn write(&self) -> Tree {
        Tree::text(self)
    }
}

/// A blob: standard base64 with padding.
impl Value for Vec<u8> {
    fn read(tree: &Tree) -> Result<Self, Serialization> {
        match tree {
            Tree::Text(text) => decode_blob(text).map(|mut bytes| std::mem::take(&mut *bytes)),
            _ => Err(Serialization(None)),
        }
    }

    fn write(&self) -> Tree {
        Tree::Text(Zeroizing::new(STANDARD.encode(self)))
    }
}

impl Value for bool {
    fn read(tree: &Tree) -> Result<Self, Serialization> {
        match tree {
            Tree::Bool(value) => Ok(*value),
            _ => Err(Serialization(None)),
        }
    }

    fn write(&self) -> Tree {
        Tree::Bool(*self)
    }
}

impl Value for i64 {
    fn read(tree: &Tree) -> Result<Self, Serialization> {
        match tree {
            Tree::Number(number) => number.whole().ok_or(Serialization(None)),
            _ => Err(Serialization(None)),
        }
    }

    fn write(&self) -> Tree {
        Tree::Number(Number::Integer(*self))
    }
}

impl Value for i32 {
    fn read(tree: &Tree) -> Result<Self, Serialization> {
        i32::try_from(i64::read(tree)?).map_err(|_| Serialization(None))
    }

    fn write(&self) -> Tree {
        Tree::Number(Number::Integer(i64::from(*self)))
    }
}

impl Value for f64 {
    fn read(tree: &Tree) -> Result<Self, Serialization> {
        match tree {
            Tree::Number(number) => Ok(number.float()),
            _ => Err(Serialization(None)),
        }
    }

    fn write(&self) -> Tree {
        Tree::Number(Number::Float(*self))
    }
}

/// Seconds since 1970, with a fraction where there are milliseconds.
impl Value for Timestamp {
    fn read(tree: &Tree) -> Result<Self, Serialization> {
        match tree {
            Tree::Number(number) => timestamp(*number).ok_or(Serialization(None)),
            _ => Err(Serialization(None)),
        }
    }

    fn write(&self) -> Tree {
        Tree::Number(match self.0.rem_euclid(1000) {
            0 => Number::Integer(self.secs()),
            _ => Number::Float(self.0 as f64 / 1000.0),
        })
    }
}

impl<T: Value> Value for Vec<T> {
    fn read(tree: &Tree) -> Result<Self, Serialization> {
        match tree {
            Tree::List(items) => items.iter().map(T::read).collect(),
            _ => Err(Serialization(None)),
        }
    }

    fn write(&self) -> Tree {
        Tree::List(self.iter().map(T::write).collect())
    }
}

impl<T: Value> Value for BTreeMap<String, T> {
    fn read(tree: &Tree) -> Result<Self, Serialization> {
        tree.members()?.iter().map(|(name, value)| Ok((name.to_string(), T::read(value)?))).collect()
    }

    fn write(&self) -> Tree {
        Tree::Map(self.iter().map(|(name, value)| (name.clone().into(), value.write())).collect())
    }
}

/// The bytes of a blob.
pub(crate) fn decode_blob(text: &str) -> Result<Zeroizing<Vec<u8>>, Serialization> {
    STANDARD.decode(text).map(Zeroizing::new).map_err(|_| Serialization(None))
}

/// The length of a blob, or the error of [`decode_blob`], without decoding all of it.
pub(crate) fn blob_len(text: &str) -> Result<usize, Serialization> {
    let bytes = text.as_bytes();
    // The last four digits alone may have padding, and bits that must be zero.
    let Some((first, last)) = bytes.len().checked_sub(4).and_then(|at| bytes.split_at_checked(at)) else {
        return decode_blob(text).map(|bytes| bytes.len());
    };
    // There is no early exit, so that the compiler compares many bytes at a time.
    let digits = first.iter().fold(true, |all, b| all & (b.is_ascii_alphanumeric() | matches!(b, b'+' | b'/')));
    if !digits || !bytes.len().is_multiple_of(4) {
        return Err(Serialization(None));
    }
    let last = STANDARD.decode(last).map(Zeroizing::new).map_err(|_| Serialization(None))?;
    Ok(first.len() / 4 * 3 + last.len())
}

/// The moment this many seconds after 1970, to the nearest millisecond. None if the milliseconds do not fit into 53 bits.
pub(crate) fn timestamp(seconds: Number) -> Option<Timestamp> {
    Number::Float((seconds.float() * 1000.0).round()).whole().map(Timestamp)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_length_of_a_blob_is_that_of_its_bytes(
            bytes in prop::collection::vec(any::<u8>(), 0..20),
            altered in prop::option::of((any::<prop::sample::Index>(), prop::sample::select(b"=Az+/-_ \n".to_vec()))),
            cut in 0..4_usize,
        ) {
            let mut text = STANDARD.encode(&bytes).into_bytes();
            if let Some((at, byte)) = altered.filter(|_| !text.is_empty()) {
                let at = at.index(text.len());
                text[at] = byte;
            }
            text.truncate(text.len().saturating_sub(cut));
            let text = String::from_utf8(text).unwrap();
            let (length, decoded) = (blob_len(&text), decode_blob(&text));
            prop_assert_eq!(length.ok(), decoded.ok().map(|bytes| bytes.len()), "{}", text);
        }
    }
}
