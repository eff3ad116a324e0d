//! UpdateOpenIDConnectProviderThumbprint: replaces the thumbprints of a provider.

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::iam::{UpdateOpenIDConnectProviderThumbprintRequest, error};
use claviger_store::tables::identity_provider_table::OidcProviderRecord;

use super::{THUMBPRINTS_MAX, save};
use crate::iam::on_resource::ResourceOperation;

pub(crate) struct UpdateThumbprints;

impl ResourceOperation for UpdateThumbprints {
    const ACTION: &'static str = "iam:UpdateOpenIDConnectProviderThumbprint";
    const READ_ONLY: bool = false;
    type Resource = OidcProviderRecord;
    type Input = UpdateOpenIDConnectProviderThumbprintRequest;
    type Output = ();

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.open_id_connect_provider_arn)
    }

    fn run(input: Self::Input, mut provider: OidcProviderRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        check(&input.thumbprint_list)?;
        provider.thumbprints = input.thumbprint_list;
        save(cx, &provider)
    }
}

/// Checks the thumbprints of a request.
pub(crate) fn check(thumbprints: &[String]) -> Result<(), Error> {
    if thumbprints.len() > THUMBPRINTS_MAX {
        let text = "Thumbprint list must contain fewer than 5 entries.";
        return Err(Error::new(error::INVALID_INPUT_EXCEPTION, text));
    }
    Ok(())
}
