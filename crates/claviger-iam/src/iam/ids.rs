//! Unique ids, access key ids and secret keys (reference: IAM User Guide, "IAM identifiers").

use claviger_types::{AccountId, Random, Sensitive};

/// Base32 of RFC 4648, which the digits of an access key id are of.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Newer access key ids have the highest of the account's forty bits set. It distinguishes them from older ids.
const NEWER: u64 = 1 << 39;

/// The beginning of a user's unique id.
pub(crate) const USER: &str = "AIDA";
/// The beginning of a group's unique id.
pub(crate) const GROUP: &str = "AGPA";
/// The beginning of a role's unique id.
pub(crate) const ROLE: &str = "AROA";
/// The beginning of an instance profile's unique id.
pub(crate) const INSTANCE_PROFILE: &str = "AIPA";
/// The beginning of a SAML provider's unique id, which has 22 characters.
pub(crate) const SAML_PROVIDER: &str = "SAMLP";
/// The beginning of a managed policy's unique id.
pub(crate) const POLICY: &str = "ANPA";
/// The beginning of a long-term access key's id.
pub(crate) const LONG_TERM: &str = "AKIA";
/// The beginning of a temporary access key's id.
pub(crate) const TEMPORARY: &str = "ASIA";

/// An id of 21 characters that is never used again.
pub(crate) fn unique_id(random: &dyn Random, prefix: &str) -> String {
    format!("{prefix}{}", random.text(17, BASE32))
}

/// An access key id of 20 characters. Characters 5 to 13 encode the account, as in AWS's own: SDKs and GetAccessKeyInfo read it
/// from there.
pub(crate) fn access_key_id(random: &dyn Random, prefix: &str, account: &AccountId) -> String {
    // Twelve digits always fit; an id that is not a number could not have been parsed.
    let number: u64 = account.as_str().parse().unwrap_or_default();
    let (half, odd) = (NEWER + number / 2, number % 2 == 1);
    let digits: String = (0..8).rev().map(|place| digit((half >> (5 * place)) & 31)).collect();
    let [low_bits] = random.bytes::<1>();
    let thirteenth = digit(u64::from(low_bits & 15) + if odd { 16 } else { 0 });
    format!("{prefix}{digits}{thirteenth}{}", random.text(7, BASE32))
}

/// The account that an access key id encodes; none for ids of older forms.
pub(crate) fn account_of(access_key_id: &str) -> Option<AccountId> {
    let mut values = access_key_id.get(4..13)?.bytes().map(|c| BASE32.iter().position(|b| *b == c));
    let mut half: u64 = 0;
    for value in values.by_ref().take(8) {
        half = half << 5 | value? as u64;
    }
    let odd = u64::from(values.next()?? >= 16);
    let number = half.checked_sub(NEWER)? * 2 + odd;
    AccountId::parse(&format!("{number:012}")).ok()
}

/// A secret access key: 40 characters, 240 random bits.
pub(crate) fn secret_key(random: &dyn Random) -> Sensitive<String> {
    Sensitive::new(random.text(40, BASE64))
}

fn digit(value: u64) -> char {
    usize::try_from(value).ok().and_then(|at| BASE32.get(at)).map_or('A', |b| char::from(*b))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use claviger_types::SeededRandom;

    proptest! {
        #[test]
        fn access_key_ids_tell_their_account(number in 0_u64..1_000_000_000_000, seed: u8) {
            let account = AccountId::parse(&format!("{number:012}")).unwrap();
            for prefix in [LONG_TERM, TEMPORARY] {
                let id = access_key_id(&SeededRandom::new(seed.into()), prefix, &account);
                prop_assert_eq!(id.len(), 20);
                prop_assert!(id.starts_with(prefix));
                prop_assert_eq!(account_of(&id), Some(account.clone()));
            }
        }

        #[test]
        fn any_text_is_read_without_harm(text: String) {
            let _account = account_of(&text);
        }
    }

    #[test]
    fn accounts_of_published_examples() {
        // From articles on the encoding, with the ids of real but revoked keys.
        assert_eq!(account_of("ASIAQNZGKIQY56JQ7WML").unwrap().as_str(), "029608264753");
        assert_eq!(account_of("AKIAIOSFODNN7EXAMPLE"), None, "older than the encoding");
        assert_eq!(account_of("AKIA"), None);
        assert_eq!(account_of("test"), None);
    }

    #[test]
    fn ids_have_aws_lengths() {
        let random = SeededRandom::new(7);
        for prefix in [USER, GROUP, ROLE, INSTANCE_PROFILE, POLICY] {
            let id = unique_id(&random, prefix);
            assert_eq!(id.len(), 21);
            assert!(id.starts_with(prefix) && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()));
        }
        assert_eq!(secret_key(&random).expose().len(), 40);
        assert_ne!(unique_id(&random, USER), unique_id(&random, USER));
    }
}
