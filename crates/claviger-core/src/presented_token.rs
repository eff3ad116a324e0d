//! Tokens that callers present in place of a signature, and why they are refused.

use claviger_types::{AccountId, Sensitive, Timestamp};

/// A token that a caller presents, and the account whose provider must vouch for it.
#[derive(Debug)]
pub struct PresentedToken {
    /// The account of the role that the caller asks for.
    pub account: AccountId,
    /// The ARN of an OpenID Connect provider of that account is this text with the issuer's URL, without its scheme, behind it.
    pub provider_arn_prefix: String,
    /// The token.
    pub token: Sensitive<String>,
}

/// Why a token proves no identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenRefusal {
    /// It is no JSON Web Token, or lacks a claim, or is signed by an algorithm that is not admitted.
    NotAToken,
    /// The account has no provider of this issuer.
    NoProvider {
        /// The token's `iss`.
        issuer: String,
    },
    /// The provider does not admit the token's audience.
    Audience,
    /// The issuer cannot be reached.
    Unreachable,
    /// The issuer has no key of this id, or none that can be used, or answers something else than its keys.
    NoKey,
    /// A claim is longer than it may be, or has characters that it may not have.
    Claims,
    /// The signature does not belong to the token.
    Signature,
    /// It has expired.
    Expired {
        /// The present.
        now: Timestamp,
        /// The token's `exp`.
        expired: Timestamp,
    },
    /// Its time has not come.
    NotYetValid,
}
