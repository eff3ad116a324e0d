//! GetOpenIDConnectProvider.

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::iam::{GetOpenIDConnectProviderRequest, GetOpenIDConnectProviderResponse};
use claviger_store::tables::identity_provider_table::OidcProviderRecord;

use crate::iam::on_resource::ResourceOperation;
use crate::iam::tags;

pub(crate) struct GetOpenIDConnectProvider;

impl ResourceOperation for GetOpenIDConnectProvider {
    const ACTION: &'static str = "iam:GetOpenIDConnectProvider";
    const READ_ONLY: bool = true;
    type Resource = OidcProviderRecord;
    type Input = GetOpenIDConnectProviderRequest;
    type Output = GetOpenIDConnectProviderResponse;

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.open_id_connect_provider_arn)
    }

    fn run(_: Self::Input, provider: OidcProviderRecord, _cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        Ok(GetOpenIDConnectProviderResponse {
            tags: tags::shown(&provider.tags),
            url: Some(provider.url),
            client_id_list: Some(provider.client_ids),
            thumbprint_list: Some(provider.thumbprints),
            create_date: Some(provider.created),
        })
    }
}
