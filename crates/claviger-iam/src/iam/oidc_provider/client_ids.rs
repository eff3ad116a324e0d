//! AddClientIDToOpenIDConnectProvider and RemoveClientIDFromOpenIDConnectProvider. Neither fails if there is nothing to do.

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::iam::{AddClientIDToOpenIDConnectProviderRequest, RemoveClientIDFromOpenIDConnectProviderRequest};
use claviger_store::tables::identity_provider_table::OidcProviderRecord;

use super::{CLIENT_IDS_MAX, save};
use crate::iam::documents;
use crate::iam::on_resource::ResourceOperation;

pub(crate) struct AddClientId;

impl ResourceOperation for AddClientId {
    const ACTION: &'static str = "iam:AddClientIDToOpenIDConnectProvider";
    const READ_ONLY: bool = false;
    type Resource = OidcProviderRecord;
    type Input = AddClientIDToOpenIDConnectProviderRequest;
    type Output = ();

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.open_id_connect_provider_arn)
    }

    fn run(input: Self::Input, mut provider: OidcProviderRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        if provider.client_ids.contains(&input.client_id) {
            return Ok(());
        }
        if provider.client_ids.len() >= CLIENT_IDS_MAX {
            return Err(documents::quota("ClientIdsPerOpenIdConnectProvider", CLIENT_IDS_MAX));
        }
        provider.client_ids.push(input.client_id);
        save(cx, &provider)
    }
}

pub(crate) struct RemoveClientId;

impl ResourceOperation for RemoveClientId {
    const ACTION: &'static str = "iam:RemoveClientIDFromOpenIDConnectProvider";
    const READ_ONLY: bool = false;
    type Resource = OidcProviderRecord;
    type Input = RemoveClientIDFromOpenIDConnectProviderRequest;
    type Output = ();

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.open_id_connect_provider_arn)
    }

    fn run(input: Self::Input, mut provider: OidcProviderRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        provider.client_ids.retain(|id| *id != input.client_id);
        save(cx, &provider)
    }
}
