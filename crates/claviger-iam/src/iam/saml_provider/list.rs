//! ListSAMLProviders: the account's providers, without their metadata.

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};
use claviger_model::iam::{ListSAMLProvidersRequest, ListSAMLProvidersResponse, SAMLProviderListEntry};
use claviger_store::tables::identity_provider_table::{SamlProviderRecord, saml_providers};

use super::{PROVIDERS_MAX, arn_of};
use crate::iam::access;

pub(crate) struct ListSAMLProviders;

impl Operation for ListSAMLProviders {
    const ACTION: &'static str = "iam:ListSAMLProviders";
    const READ_ONLY: bool = true;
    type Input = ListSAMLProvidersRequest;
    type Output = ListSAMLProvidersResponse;
    type Target = ();

    fn resolve(_: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let permission = RequiredPermission::new(Self::ACTION, arn_of(cx, "*"), cx.account(), ResourcePolicy::Identity);
        Ok(Resolved::found(permission, ()))
    }

    fn run(_: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let providers = saml_providers(cx.tx, cx.account(), PROVIDERS_MAX)?;
        let entry = |provider: &SamlProviderRecord| SAMLProviderListEntry {
            arn: Some(arn_of(cx, &provider.name)),
            valid_until: Some(provider.valid_until),
            create_date: Some(provider.created),
        };
        Ok(ListSAMLProvidersResponse { saml_provider_list: Some(providers.iter().map(entry).collect()) })
    }
}
