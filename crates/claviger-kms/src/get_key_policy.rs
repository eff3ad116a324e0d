//! GetKeyPolicy: the key's policy, as it was given but for principals that are gone.

use claviger_model::kms::{GetKeyPolicyRequest, GetKeyPolicyResponse};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::binding;
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::keys::{self, FoundKey};
use super::policy;

pub(crate) struct GetKeyPolicy;

impl Operation for GetKeyPolicy {
    const NAME: &'static str = "GetKeyPolicy";
    type Input = GetKeyPolicyRequest;
    type Output = GetKeyPolicyResponse;
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<FoundKey, Error> {
        keys::find_own(cx, &input.key_id)
    }

    fn permissions(_input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![keys::permission("kms:GetKeyPolicy", key, cx)?])
    }

    fn run(input: Self::Input, key: Authorized<FoundKey>, cx: &mut Cx<'_, '_>) -> Result<GetKeyPolicyResponse, Error> {
        if input.policy_name.is_some_and(|name| name != policy::NAME) {
            return Err(Error::new("NotFoundException", "No such policy exists"));
        }
        Ok(GetKeyPolicyResponse {
            policy: Some(binding::shown(cx, &key.record.policy, &key.record.bound)?),
            policy_name: Some(policy::NAME.to_owned()),
        })
    }
}
