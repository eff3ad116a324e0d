//! GetSAMLProvider.

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::iam::{GetSAMLProviderRequest, GetSAMLProviderResponse};
use claviger_store::tables::identity_provider_table::SamlProviderRecord;

use crate::iam::on_resource::ResourceOperation;
use crate::iam::tags;

pub(crate) struct GetSAMLProvider;

impl ResourceOperation for GetSAMLProvider {
    const ACTION: &'static str = "iam:GetSAMLProvider";
    const READ_ONLY: bool = true;
    type Resource = SamlProviderRecord;
    type Input = GetSAMLProviderRequest;
    type Output = GetSAMLProviderResponse;

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.saml_provider_arn)
    }

    fn run(_: Self::Input, provider: SamlProviderRecord, _cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        Ok(GetSAMLProviderResponse {
            tags: tags::shown(&provider.tags),
            saml_provider_uuid: Some(provider.id),
            saml_metadata_document: Some(provider.metadata),
            create_date: Some(provider.created),
            valid_until: Some(provider.valid_until),
            ..GetSAMLProviderResponse::default()
        })
    }
}
