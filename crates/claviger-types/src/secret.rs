//! Secrets: their ARNs.

use std::fmt;

use crate::{AccountId, Arn, ParseError, Region};

/// `arn:<partition>:secretsmanager:<region>:<account>:secret:<name>-<six characters>`.
///
/// A replica has the same name and the same six characters as its primary; only the region differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
pub struct SecretArn {
    /// The region that holds the secret.
    #[n(0)]
    pub region: Region,
    /// The account that owns it.
    #[n(1)]
    pub account: AccountId,
    /// The name, exactly as the user gave it.
    #[n(2)]
    pub name: String,
    /// Six random characters of `[A-Za-z0-9]`, so that a secret that is created again under the same name has another ARN.
    #[n(3)]
    pub suffix: String,
}

impl SecretArn {
    /// Reads a full ARN. One without the six characters at its end is an error.
    pub fn parse(text: &str) -> Result<SecretArn, ParseError> {
        let bad = || ParseError::new("secret ARN", text);
        let arn = Arn::parse(text)?;
        let region = Region::parse(arn.region)?;
        let account = AccountId::parse(arn.account)?;
        let resource = arn.resource.strip_prefix("secret:").ok_or_else(bad)?;
        let (name, suffix) = resource.rsplit_once('-').ok_or_else(bad)?;
        let well_formed = suffix.len() == 6 && suffix.bytes().all(|b| b.is_ascii_alphanumeric()) && !name.is_empty();
        if arn.service != "secretsmanager" || arn.partition != region.partition().as_str() || !well_formed {
            return Err(bad());
        }
        Ok(SecretArn { region, account, name: name.to_owned(), suffix: suffix.to_owned() })
    }

    /// The ARN of the same secret in another region.
    pub fn in_region(&self, region: &Region) -> SecretArn {
        SecretArn { region: region.clone(), ..self.clone() }
    }
}

impl SecretArn {
    /// The ARN's text, as `to_string` gives it. This does not copy it through a formatter: each request needs some ARNs.
    pub fn text(&self) -> String {
        let SecretArn { region, account, name, suffix } = self;
        let (partition, region, account) = (region.partition().as_str(), region.as_str(), account.as_str());
        ["arn:", partition, ":secretsmanager:", region, ":", account, ":secret:", name, "-", suffix].concat()
    }
}

impl fmt::Display for SecretArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}
