//! OpenID Connect providers: the issuers whose tokens `AssumeRoleWithWebIdentity` takes.

pub(crate) mod client_ids;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod list;
mod tagging;
pub(crate) mod thumbprints;

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::iam::error;
use claviger_store::tables::Tag;
use claviger_store::tables::identity_provider_table::{self, OidcProviderRecord};
use claviger_types::IamKind;

use crate::iam::on_resource::{Found, IamResource};
use crate::iam::tagging::Tagged;
use crate::iam::{announce, provider_arn};

/// OpenID Connect providers of one account.
const PROVIDERS_MAX: usize = 100;

/// Audiences of one provider.
const CLIENT_IDS_MAX: usize = 100;

/// Thumbprints of one provider.
const THUMBPRINTS_MAX: usize = 5;

/// Requests name a provider by its ARN.
impl IamResource for OidcProviderRecord {
    fn find(cx: &Cx<'_, '_>, named: &str) -> Result<Found<OidcProviderRecord>, Error> {
        let arn = provider_arn::parse(cx, IamKind::OidcProvider, named)?;
        let found = match provider_arn::is_own(cx, &arn) {
            true => identity_provider_table::oidc_provider(cx.tx, cx.account(), &arn.name)?,
            false => None,
        };
        let found = found.filter(|provider| provider.url == arn.name);
        let missing = || {
            let text = format!("OpenIDConnect Provider not found for arn {named}");
            Error::new(error::NO_SUCH_ENTITY_EXCEPTION, text)
        };
        Ok(Found { arn: named.to_owned(), resource: found.ok_or_else(missing) })
    }

    /// Its URL: it has no other id.
    fn unique_id(&self) -> &str {
        &self.url
    }

    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}

impl Tagged for OidcProviderRecord {
    const TITLE: &'static str = "OpenIdConnectProvider";

    fn tags_mut(&mut self) -> &mut Vec<Tag> {
        &mut self.tags
    }

    fn store(&self, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        save(cx, self)
    }
}

/// Stores a provider and announces it to the other regions.
fn save(cx: &mut Cx<'_, '_>, provider: &OidcProviderRecord) -> Result<(), Error> {
    identity_provider_table::save_oidc_provider(cx.tx, provider)?;
    announce::row(cx, provider)
}

/// The ARN of the provider of a URL without its scheme.
fn arn_of(cx: &Cx<'_, '_>, url: &str) -> String {
    provider_arn::of(cx, IamKind::OidcProvider, url)
}
