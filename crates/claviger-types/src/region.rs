//! Regions and partitions.

use std::borrow::Borrow;
use std::fmt;

use crate::ParseError;

/// A region's name, such as `eu-central-1`. A region is a fault domain: it has its own store, root key and endpoint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct Region(#[n(0)] String);

impl Region {
    /// Reads a region name: 3 to 32 characters of `[a-z0-9-]`, beginning with a letter and ending with a digit,
    /// with at least two hyphens (`eu-west-1`, `us-gov-east-1`, `ap-southeast-12`).
    pub fn parse(text: &str) -> Result<Region, ParseError> {
        let parts: Vec<&str> = text.split('-').collect();
        let well_formed = text.len() <= 32
            && parts.len() >= 3
            && parts.iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && parts.last().is_some_and(|p| p.bytes().all(|b| b.is_ascii_digit()));
        if well_formed { Ok(Region(text.to_owned())) } else { Err(ParseError::new("Region", text)) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition, which the name's prefix determines.
    pub fn partition(&self) -> Partition {
        if self.0.starts_with("cn-") {
            Partition::AwsCn
        } else if self.0.starts_with("us-gov-") {
            Partition::AwsUsGov
        } else {
            Partition::Aws
        }
    }
}

/// Maps by region can be searched by a name that was not checked. They hold no region of a malformed name.
impl Borrow<str> for Region {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The first part of every ARN after `arn:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Partition {
    /// `aws`
    Aws,
    /// `aws-cn`
    AwsCn,
    /// `aws-us-gov`
    AwsUsGov,
}

impl Partition {
    /// All partitions.
    const ALL: [Partition; 3] = [Partition::Aws, Partition::AwsCn, Partition::AwsUsGov];

    /// Reads the name as it stands in an ARN.
    pub fn parse(text: &str) -> Result<Partition, ParseError> {
        let known = Partition::ALL.into_iter().find(|partition| partition.as_str() == text);
        known.ok_or_else(|| ParseError::new("partition", text))
    }

    /// The name as it stands in an ARN.
    pub fn as_str(self) -> &'static str {
        match self {
            Partition::Aws => "aws",
            Partition::AwsCn => "aws-cn",
            Partition::AwsUsGov => "aws-us-gov",
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_names() {
        for good in ["us-east-1", "eu-central-1", "us-gov-west-1", "ap-southeast-12", "me-central-1"] {
            assert!(Region::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "us", "us-east", "US-EAST-1", "us-east-1a", "-us-east-1", "us--east-1", "us_east_1", "1-us-1"] {
            assert!(Region::parse(bad).is_err(), "{bad}");
        }
    }
}
