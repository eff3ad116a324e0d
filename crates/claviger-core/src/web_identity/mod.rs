//! Identities that a token of an OpenID Connect provider proves, in place of a signature.
//!
//! The provider is registered in the account of the role that the caller asks for. Its keys are fetched from the issuer that it names, so a
//! token that names any other issuer makes this server call nobody.

mod limits;
mod token;

use std::sync::Arc;

use claviger_store::tables::identity_provider_table::{self, OidcProviderRecord};
use claviger_types::{AccountId, Caller, CallerKind, Timestamp, WebIdentity};

use crate::error::Error;
use crate::node::Node;

use crate::issuer_keys::FetchFailure;
use crate::presented_token::{PresentedToken, TokenRefusal};
use token::{Claims, Unverified};

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
        let (issuer_keys, outbound) = self.issuers();
        let clock = || self.clock().now();
        let keys = match issuer_keys.get(outbound, &provider.url, unverified.key_id.as_deref(), &clock).await {
            Ok(keys) => keys,
            Err(FetchFailure::Unreachable) => return Ok(Err(TokenRefusal::Unreachable)),
            Err(FetchFailure::NoKeys) => return Ok(Err(TokenRefusal::NoKey)),
        };
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
    let identity = claims.into_identity(&provider.url, provider_arn, audience);
    if limits::are_kept(&identity) { Ok(identity) } else { Err(TokenRefusal::Claims) }
}

#[cfg(test)]
mod tests;
