//! Amazon Resource Names, split into their six parts.

use crate::ParseError;

/// `arn:<partition>:<service>:<region>:<account>:<resource>`; the resource may itself hold colons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, ...
    pub partition: &'a str,
    /// `kms`, `iam`, ...
    pub service: &'a str,
    /// Empty for global services.
    pub region: &'a str,
    /// Empty where the resource has no owner.
    pub account: &'a str,
    /// All that follows the fifth colon.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Splits at the first five colons. The parts are not checked.
    pub fn parse(text: &'a str) -> Result<Arn<'a>, ParseError> {
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next();
        match (next(), next(), next(), next(), next(), next()) {
            (Some("arn"), Some(partition), Some(service), Some(region), Some(account), Some(resource)) => {
                Ok(Arn { partition, service, region, account, resource })
            }
            _ => Err(ParseError::new("ARN", text)),
        }
    }
}
