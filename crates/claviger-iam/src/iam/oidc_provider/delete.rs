//! DeleteOpenIDConnectProvider: roles that name the provider can be assumed with its tokens no more. A provider that the account does not have is no error
//! (reference: API reference of the operation).

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_model::iam::DeleteOpenIDConnectProviderRequest;
use claviger_store::tables::identity_provider_table::{OidcProviderRecord, delete_oidc_provider};
use claviger_types::IamKind;

use crate::iam::on_resource::IamResource;
use crate::iam::{access, announce, provider_arn};

pub(crate) struct DeleteOpenIDConnectProvider;

impl Operation for DeleteOpenIDConnectProvider {
    const ACTION: &'static str = "iam:DeleteOpenIDConnectProvider";
    const READ_ONLY: bool = false;
    type Input = DeleteOpenIDConnectProviderRequest;
    type Output = ();
    type Target = Option<OidcProviderRecord>;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Self::Target>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let named = input.open_id_connect_provider_arn.as_str();
        let is_own = provider_arn::is_own(cx, &provider_arn::parse(cx, IamKind::OidcProvider, named)?);
        let found = OidcProviderRecord::find(cx, named)?;
        let permission = found.permission(Self::ACTION, cx);
        let provider = match found.resource {
            Err(_) if is_own => Ok(None),
            found => found.map(Some),
        };
        Ok(Resolved::new(vec![permission], provider.map_err(Into::into)))
    }

    fn run(_: Self::Input, target: Authorized<Self::Target>, cx: &mut RunCx<'_, '_>) -> Result<(), Error> {
        let Some(provider) = target.into_inner() else { return Ok(()) };
        delete_oidc_provider(cx.tx, &provider)?;
        announce::row(cx, &provider)
    }
}
