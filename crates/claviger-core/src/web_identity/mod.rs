//! Identities that a token of an OpenID Connect provider proves, in place of a signature.
//!
//! The provider is registered in the account of the role that the caller asks for. Its keys are fetched from the issuer that it names, so a
//! token that names any other issuer makes this server call nobody.

mod issuer_keys;
mod signing_key;
mod token;

use std::sync::Arc;

use claviger_store::tables::identity_provider_table::{self, OidcProviderRecord};
use claviger_types::{AccountId, Caller, CallerKind, Sensitive, Timestamp, WebIdentity};

use crate::error::Error;
use crate::node::Node;

pub(crate) use issuer_keys::IssuerKeys;
use token::{Claims, Unverified};

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
    /// The issuer cannot be reached, or answers something else than its keys.
    Unreachable,
    /// The issuer has no key of this id, or none that can be used.
    NoKey,
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

/// How far an issuer's clock may be ahead, in seconds.
const SKEW_SECS: i64 = 300;

impl Node {
    /// The caller that a token proves.
    pub(crate) async fn web_identity(
        self: &Arc<Node>,
        presented: PresentedToken,
        now: Timestamp,
    ) -> Result<Result<Caller, TokenRefusal>, Error> {
        let PresentedToken { account, provider_arn_prefix, token } = presented;
        let Some(unverified) = Unverified::read(token.expose()) else { return Ok(Err(TokenRefusal::NotAToken)) };
        let Some(provider) = self.provider(&account, &unverified).await? else {
            return Ok(Err(TokenRefusal::NoProvider { issuer: unverified.issuer }));
        };
        let keys = self.issuer_keys().get(self.issuers(), &provider.url, unverified.key_id.as_deref(), now).await;
        let Some(keys) = keys else { return Ok(Err(TokenRefusal::Unreachable)) };
        let outcome = unverified
            .verify(token.expose(), &keys)
            .and_then(|claims| admit(claims, &provider, format!("{provider_arn_prefix}{}", provider.url), now));
        Ok(outcome.map(|identity| Caller {
            account,
            kind: CallerKind::WebIdentity(Box::new(identity)),
            access_key_id: String::new(),
            session: None,
        }))
    }

    /// The provider of the account that the token's issuer belongs to.
    async fn provider(
        self: &Arc<Node>,
        account: &AccountId,
        token: &Unverified,
    ) -> Result<Option<OidcProviderRecord>, Error> {
        let Some(url) = token.issuer.strip_prefix("https://").map(str::to_owned) else { return Ok(None) };
        let account = account.clone();
        let work = move |_: &Node, tx: &mut claviger_store::Tx<'_>| {
            let found = identity_provider_table::oidc_provider(tx, &account, &url)?;
            Ok::<_, Error>(found.filter(|provider| provider.url == url))
        };
        let (found, _) = self.on_snapshot(work).await?;
        found
    }
}

/// Checks the claims of a token whose signature is its issuer's.
fn admit(
    claims: Claims,
    provider: &OidcProviderRecord,
    provider_arn: String,
    now: Timestamp,
) -> Result<WebIdentity, TokenRefusal> {
    let audience = claims.audience(&provider.client_ids).ok_or(TokenRefusal::Audience)?;
    let expires = Timestamp::from_secs(claims.expires);
    if expires <= now {
        return Err(TokenRefusal::Expired { now, expired: expires });
    }
    let begins = claims.issued.max(claims.not_before.unwrap_or(i64::MIN));
    if begins > now.secs().saturating_add(SKEW_SECS) {
        return Err(TokenRefusal::NotYetValid);
    }
    Ok(claims.into_identity(&provider.url, provider_arn, audience))
}

#[cfg(test)]
mod tests;
