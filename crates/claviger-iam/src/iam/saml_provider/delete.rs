//! DeleteSAMLProvider.

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::iam::DeleteSAMLProviderRequest;
use claviger_store::tables::identity_provider_table::{SamlProviderRecord, delete_saml_provider};

use crate::iam::announce;
use crate::iam::on_resource::ResourceOperation;

pub(crate) struct DeleteSAMLProvider;

impl ResourceOperation for DeleteSAMLProvider {
    const ACTION: &'static str = "iam:DeleteSAMLProvider";
    const READ_ONLY: bool = false;
    type Resource = SamlProviderRecord;
    type Input = DeleteSAMLProviderRequest;
    type Output = ();

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.saml_provider_arn)
    }

    fn run(_: Self::Input, provider: SamlProviderRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        delete_saml_provider(cx.tx, &provider)?;
        announce::row(cx, &provider)
    }
}
