//! GetKeyPolicy: the key's policy as it was given, with unique ids in place of deleted principals.

use claviger_model::kms::{GetKeyPolicyRequest, GetKeyPolicyResponse, error};

use claviger_core::binding;
use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::key_lookup::FoundKey;
use super::on_key::KeyOperation;
use super::policy;
use super::state::KeyAction;

pub(crate) struct GetKeyPolicy;

impl KeyOperation for GetKeyPolicy {
    const ACTION: &'static str = "kms:GetKeyPolicy";
    const READ_ONLY: bool = true;
    const KEY_ACTION: KeyAction = KeyAction::Any;
    type Input = GetKeyPolicyRequest;
    type Output = GetKeyPolicyResponse;

    fn key_id(input: &Self::Input) -> &str {
        &input.key_id
    }

    fn run(input: Self::Input, key: FoundKey, cx: &mut RunCx<'_, '_>) -> Result<GetKeyPolicyResponse, Error> {
        if input.policy_name.is_some_and(|name| name != policy::NAME) {
            return Err(Error::new(error::NOT_FOUND_EXCEPTION, "No such policy exists"));
        }
        Ok(GetKeyPolicyResponse {
            policy: Some(binding::shown(cx, &key.record.policy, &key.record.bound)?),
            policy_name: Some(policy::NAME.to_owned()),
        })
    }
}
