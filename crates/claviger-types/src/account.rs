//! AWS account ids.

use std::fmt;

use crate::ParseError;

/// An account id: exactly twelve decimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct AccountId(#[n(0)] String);

impl AccountId {
    /// Reads twelve digits.
    pub fn parse(text: &str) -> Result<AccountId, ParseError> {
        if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(AccountId(text.to_owned()))
        } else {
            Err(ParseError::new("account id", text))
        }
    }

    /// The account that a developer's `test`/`test` credentials belong to.
    pub fn dev() -> AccountId {
        AccountId("000000000000".to_owned())
    }

    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `arn:<partition>:iam::<account>:root`.
    pub fn root_arn(&self, partition: crate::Partition) -> String {
        format!("arn:{partition}:iam::{self}:root")
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
