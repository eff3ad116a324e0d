//! A secret's value as the API has it: text or bytes.

use claviger_types::Sensitive;
use zeroize::Zeroize;

use claviger_core::error::Error;
use claviger_model::secretsmanager::error;

/// The longest value in bytes (Secrets Manager quota); a text's length counts in UTF-8.
const VALUE_BYTES_MAX: usize = 65_536;

/// A value in the clear.
#[derive(Debug)]
pub(crate) struct Value {
    /// Whether it was given as `SecretBinary`.
    pub(crate) binary: bool,
    /// The value; a text as UTF-8.
    pub(crate) bytes: Sensitive<Vec<u8>>,
}

/// `SecretString` and `SecretBinary`, one of which is there.
pub(crate) type Members = (Option<Sensitive<String>>, Option<Sensitive<Vec<u8>>>);

impl Value {
    /// Takes the value out of a request that was checked.
    pub(crate) fn take(text: Option<Sensitive<String>>, binary: Option<Sensitive<Vec<u8>>>) -> Option<Value> {
        match (text, binary) {
            (Some(text), _) => Some(Value { binary: false, bytes: Sensitive::new(text.into_exposed().into_bytes()) }),
            (None, Some(bytes)) => Some(Value { binary: true, bytes }),
            (None, None) => None,
        }
    }

    /// `SecretString` or `SecretBinary`, as it was given.
    pub(crate) fn into_members(self) -> Result<Members, Error> {
        if self.binary {
            return Ok((None, Some(self.bytes)));
        }
        match String::from_utf8(self.bytes.into_exposed()) {
            Ok(text) => Ok((Some(Sensitive::new(text)), None)),
            Err(error) => {
                error.into_bytes().zeroize();
                Err(Error::Internal("a stored text is not UTF-8".to_owned()))
            }
        }
    }

    /// Whether another value is the same, and of the same kind. The time does not depend on the position of a difference.
    pub(crate) fn is(&self, other: &Value) -> bool {
        self.binary == other.binary && claviger_crypto::equal(self.bytes.expose(), other.bytes.expose())
    }
}

/// Whether a request gives a value. A request with both kinds, or with a value that is too long, is refused.
pub(crate) fn given(text: Option<&Sensitive<String>>, binary: Option<&Sensitive<Vec<u8>>>) -> Result<bool, Error> {
    if text.is_some() && binary.is_some() {
        let text = "You can't specify both a binary secret value and a string secret value in the same secret.";
        return Err(Error::new(error::INVALID_PARAMETER_EXCEPTION, text));
    }
    // The model limits characters; the quota and the store count bytes.
    if text.is_some_and(|t| t.expose().len() > VALUE_BYTES_MAX) {
        let text = format!(
            "1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less \
             than or equal to {VALUE_BYTES_MAX}"
        );
        return Err(Error::Validation(text));
    }
    Ok(text.is_some() || binary.is_some())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn text(text: &str) -> Option<Sensitive<String>> {
        Some(Sensitive::new(text.to_owned()))
    }

    fn bytes(bytes: &[u8]) -> Option<Sensitive<Vec<u8>>> {
        Some(Sensitive::new(bytes.to_vec()))
    }

    #[test]
    fn one_kind_and_not_too_long() {
        assert!(!given(None, None).unwrap());
        assert!(given(text("a").as_ref(), None).unwrap());
        assert!(given(None, bytes(&[0]).as_ref()).unwrap());
        assert!(given(text("a").as_ref(), bytes(&[0]).as_ref()).is_err());
        let two_bytes_each = "ä".repeat(VALUE_BYTES_MAX / 2);
        assert!(given(text(&two_bytes_each).as_ref(), None).unwrap());
        assert!(given(text(&format!("{two_bytes_each}a")).as_ref(), None).is_err());
    }

    #[test]
    fn values_come_back_as_they_were_given() {
        let (back, none) = Value::take(text("grün"), None).unwrap().into_members().unwrap();
        assert_eq!((back.unwrap().expose().as_str(), none.is_none()), ("grün", true));
        let (none, back) = Value::take(None, bytes(&[0, 255])).unwrap().into_members().unwrap();
        assert_eq!((none.is_none(), back.unwrap().expose().as_slice()), (true, [0, 255].as_slice()));
        assert!(Value::take(None, None).is_none());
        let damaged = Value { binary: false, bytes: Sensitive::new(vec![255]) };
        assert!(damaged.into_members().is_err());
    }

    #[test]
    fn a_text_is_not_its_bytes() {
        let value = |t, b| Value::take(t, b).unwrap();
        assert!(value(text("a"), None).is(&value(text("a"), None)));
        assert!(!value(text("a"), None).is(&value(text("b"), None)));
        assert!(!value(text("a"), None).is(&value(None, bytes(b"a"))));
    }
}
