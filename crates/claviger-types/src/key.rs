//! KMS keys: ids, ARNs and the ids of their material.

use std::fmt;

use crate::{AccountId, Arn, Hex, ParseError, Region};

/// A key id: a lower-case UUID, or `mrk-` and 32 lower-case hexadecimal digits for a multi-Region key.
///
/// Related multi-Region keys share their id; the prefix is the only sign of such a key that the id gives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode)]
#[cbor(transparent)]
pub struct KeyId(#[n(0)] String);

// An id in a record or message is checked like one in a request, so that every `KeyId` is well formed.
impl<'b, C> minicbor::Decode<'b, C> for KeyId {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<KeyId, minicbor::decode::Error> {
        KeyId::parse(d.str()?).map_err(minicbor::decode::Error::custom)
    }
}

impl KeyId {
    /// Reads an id of either form.
    pub fn parse(text: &str) -> Result<KeyId, ParseError> {
        let hex = |s: &str| s.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let multi_region = text.strip_prefix("mrk-").is_some_and(|rest| rest.len() == 32 && hex(rest));
        let uuid = || {
            let lens: Vec<usize> = text.split('-').map(str::len).collect();
            lens == [8, 4, 4, 4, 12] && text.split('-').all(hex)
        };
        if multi_region || uuid() { Ok(KeyId(text.to_owned())) } else { Err(ParseError::new("key id", text)) }
    }

    /// A new id from 16 random bytes.
    pub fn generate(random: &dyn crate::Random, multi_region: bool) -> KeyId {
        let uuid = random.uuid();
        KeyId(if multi_region { format!("mrk-{}", uuid.replace('-', "")) } else { uuid })
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the id is of a multi-Region key.
    pub fn is_multi_region(&self) -> bool {
        self.0.starts_with("mrk-")
    }

    /// The value of the id's 32 hexadecimal digits.
    pub fn to_bytes(&self) -> [u8; 16] {
        let digits = self.0.trim_start_matches("mrk-").chars().filter_map(|c| c.to_digit(16));
        digits.fold(0_u128, |value, digit| (value << 4) | u128::from(digit)).to_be_bytes()
    }

    /// The inverse of [`KeyId::to_bytes`].
    pub fn from_bytes(bytes: [u8; 16], multi_region: bool) -> KeyId {
        KeyId(if multi_region {
            format!("mrk-{:032x}", u128::from_be_bytes(bytes))
        } else {
            crate::random::uuid_text(u128::from_be_bytes(bytes))
        })
    }

    /// The ARN of the key with this id in a region and account.
    pub fn arn(&self, region: &Region, account: &AccountId) -> KeyArn {
        KeyArn { region: region.clone(), account: account.clone(), id: self.clone() }
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `arn:<partition>:kms:<region>:<account>:key/<id>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
pub struct KeyArn {
    /// The region that holds the key.
    #[n(0)]
    pub region: Region,
    /// The account that owns it.
    #[n(1)]
    pub account: AccountId,
    /// Its id.
    #[n(2)]
    pub id: KeyId,
}

impl KeyArn {
    /// Reads a key ARN. The partition is taken from the region and must agree with it.
    pub fn parse(text: &str) -> Result<KeyArn, ParseError> {
        let bad = || ParseError::new("key ARN", text);
        let arn = Arn::parse(text)?;
        let region = Region::parse(arn.region)?;
        let account = AccountId::parse(arn.account)?;
        let id = KeyId::parse(arn.resource.strip_prefix("key/").ok_or_else(bad)?)?;
        if arn.service != "kms" || arn.partition != region.partition().as_str() {
            return Err(bad());
        }
        Ok(KeyArn { region, account, id })
    }
}

impl KeyArn {
    /// The ARN's text, as `to_string` gives it. This does not copy it through a formatter: each request needs some ARNs.
    pub fn text(&self) -> String {
        let KeyArn { region, account, id } = self;
        let (partition, region) = (region.partition().as_str(), region.as_str());
        ["arn:", partition, ":kms:", region, ":", account.as_str(), ":key/", id.as_str()].concat()
    }
}

impl fmt::Display for KeyArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

/// The id of one version of a key's material: 32 bytes derived from the key id, the kind of the material and its bytes, displayed as
/// 64 hexadecimal digits.
///
/// Related multi-Region keys have equal ids of the same material. Importing the same bytes again gives the same id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct MaterialId(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

impl fmt::Display for MaterialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Hex::of(&self.0).as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_ids() {
        for good in ["1234abcd-12ab-34cd-56ef-1234567890ab", "mrk-1234abcd12ab34cd56ef1234567890ab"] {
            assert!(KeyId::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "fake-key-id",
            "mrk-fake-key-id",
            "1234abcd12ab34cd56ef1234567890ab",
            "1234ABCD-12ab-34cd-56ef-1234567890ab",
            "mrk-",
        ] {
            assert!(KeyId::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn key_ids_as_bytes() {
        for (text, multi_region) in
            [("0234abcd-12ab-34cd-56ef-1234567890ab", false), ("mrk-0234abcd12ab34cd56ef1234567890ab", true)]
        {
            let id = KeyId::parse(text).ok();
            assert_eq!(id.clone().map(|id| KeyId::from_bytes(id.to_bytes(), multi_region)), id, "{text}");
            assert_eq!(id.and_then(|id| id.to_bytes().first().copied()), Some(0x02));
        }
    }

    #[test]
    fn decoded_key_ids_are_checked() {
        let decoded = |text: &str| minicbor::to_vec(text).ok().and_then(|b| minicbor::decode::<KeyId>(&b).ok());
        assert!(decoded("1234abcd-12ab-34cd-56ef-1234567890ab").is_some());
        assert!(decoded("../../etc/passwd").is_none());
    }

    #[test]
    fn key_arns() {
        let text = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        assert_eq!(KeyArn::parse(text).map(|a| a.to_string()), Ok(text.to_owned()));
        assert!(KeyArn::parse(&text.replace("arn:aws:", "arn:aws-cn:")).is_err());
        assert!(KeyArn::parse(&text.replace("kms", "iam")).is_err());
        assert!(KeyArn::parse(&text.replace("key/", "alias/")).is_err());
    }
}
