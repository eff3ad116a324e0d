//! UpdateSAMLProvider: replaces a provider's metadata.

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::iam::{UpdateSAMLProviderRequest, UpdateSAMLProviderResponse};
use claviger_store::tables::identity_provider_table::SamlProviderRecord;

use super::{arn_of, metadata, no_encryption, save};
use crate::iam::on_resource::ResourceOperation;

pub(crate) struct UpdateSAMLProvider;

impl ResourceOperation for UpdateSAMLProvider {
    const ACTION: &'static str = "iam:UpdateSAMLProvider";
    const READ_ONLY: bool = false;
    type Resource = SamlProviderRecord;
    type Input = UpdateSAMLProviderRequest;
    type Output = UpdateSAMLProviderResponse;

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.saml_provider_arn)
    }

    fn run(input: Self::Input, mut provider: SamlProviderRecord, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        let names_key = input.add_private_key.is_some() || input.remove_private_key.is_some();
        if names_key || input.assertion_encryption_mode.is_some() {
            return Err(no_encryption());
        }
        if let Some(document) = input.saml_metadata_document {
            provider.valid_until = metadata::check(&document, cx.now)?;
            provider.metadata = document;
            save(cx, &provider)?;
        }
        Ok(UpdateSAMLProviderResponse { saml_provider_arn: Some(arn_of(cx, &provider.name)) })
    }
}
