//! ListOpenIDConnectProviders: the ARNs of the account's providers.

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};
use claviger_model::iam::{
    ListOpenIDConnectProvidersRequest, ListOpenIDConnectProvidersResponse, OpenIDConnectProviderListEntry,
};
use claviger_store::tables::identity_provider_table::oidc_providers;

use super::{PROVIDERS_MAX, arn_of};
use crate::iam::access;

pub(crate) struct ListOpenIDConnectProviders;

impl Operation for ListOpenIDConnectProviders {
    const ACTION: &'static str = "iam:ListOpenIDConnectProviders";
    const READ_ONLY: bool = true;
    type Input = ListOpenIDConnectProvidersRequest;
    type Output = ListOpenIDConnectProvidersResponse;
    type Target = ();

    fn resolve(_: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let permission = RequiredPermission::new(Self::ACTION, arn_of(cx, "*"), cx.account(), ResourcePolicy::Identity);
        Ok(Resolved::found(permission, ()))
    }

    fn run(_: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let providers = oidc_providers(cx.tx, cx.account(), PROVIDERS_MAX)?;
        let entry = |url: &str| OpenIDConnectProviderListEntry { arn: Some(arn_of(cx, url)) };
        Ok(ListOpenIDConnectProvidersResponse {
            open_id_connect_provider_list: Some(providers.iter().map(|provider| entry(&provider.url)).collect()),
        })
    }
}
