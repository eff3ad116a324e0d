//! ListKeyPolicies: every key has one policy, named `default`.

use claviger_model::kms::{ListKeyPoliciesRequest, ListKeyPoliciesResponse};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::keys::{self, FoundKey};
use super::{pages, policy};

pub(crate) struct ListKeyPolicies;

impl Operation for ListKeyPolicies {
    const NAME: &'static str = "ListKeyPolicies";
    type Input = ListKeyPoliciesRequest;
    type Output = ListKeyPoliciesResponse;
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<FoundKey, Error> {
        keys::find_own(cx, &input.key_id)
    }

    fn permissions(_input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![keys::permission("kms:ListKeyPolicies", key, cx)?])
    }

    fn run(
        input: Self::Input,
        _key: Authorized<FoundKey>,
        _cx: &mut Cx<'_, '_>,
    ) -> Result<ListKeyPoliciesResponse, Error> {
        if input.marker.is_some() {
            // One name never makes a second page, so no marker was ever issued.
            return Err(pages::invalid_marker());
        }
        Ok(ListKeyPoliciesResponse {
            policy_names: Some(vec![policy::NAME.to_owned()]),
            truncated: Some(false),
            ..ListKeyPoliciesResponse::default()
        })
    }
}
