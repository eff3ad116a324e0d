//! SAML providers. They are stored and shown for the clients that manage them. `AssumeRoleWithSAML` is not part of this release.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod list;
mod metadata;
mod tagging;
pub(crate) mod update;

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::iam::error;
use claviger_store::tables::Tag;
use claviger_store::tables::identity_provider_table::{self, SamlProviderRecord};
use claviger_types::IamKind;

use crate::iam::on_resource::{Found, IamResource};
use crate::iam::tagging::Tagged;
use crate::iam::{announce, provider_arn};

/// SAML providers of one account.
const PROVIDERS_MAX: usize = 100;

/// Requests name a provider by its ARN.
impl IamResource for SamlProviderRecord {
    fn find(cx: &Cx<'_, '_>, named: &str) -> Result<Found<SamlProviderRecord>, Error> {
        let arn = provider_arn::parse(cx, IamKind::SamlProvider, named)?;
        let found = match provider_arn::is_own(cx, &arn) {
            true => identity_provider_table::saml_provider(cx.tx, cx.account(), &arn.name)?,
            false => None,
        };
        let found = found.filter(|provider| provider.name == arn.name);
        let missing = || Error::new(error::NO_SUCH_ENTITY_EXCEPTION, format!("Manifest not found for arn {named}"));
        Ok(Found { arn: named.to_owned(), resource: found.ok_or_else(missing) })
    }

    fn unique_id(&self) -> &str {
        &self.id
    }

    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}

impl Tagged for SamlProviderRecord {
    const TITLE: &'static str = "SAMLProvider";

    fn tags_mut(&mut self) -> &mut Vec<Tag> {
        &mut self.tags
    }

    fn store(&self, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        save(cx, self)
    }
}

/// Stores a provider and announces it to the other regions.
fn save(cx: &mut Cx<'_, '_>, provider: &SamlProviderRecord) -> Result<(), Error> {
    identity_provider_table::save_saml_provider(cx.tx, provider)?;
    announce::row(cx, provider)
}

fn arn_of(cx: &Cx<'_, '_>, name: &str) -> String {
    provider_arn::of(cx, IamKind::SamlProvider, name)
}

/// The error for encrypted assertions, whose private keys a provider would keep.
fn no_encryption() -> Error {
    let text = "This service does not take encrypted SAML assertions.";
    Error::new(error::INVALID_INPUT_EXCEPTION, text)
}
