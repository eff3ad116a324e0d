//! ListKeyPolicies: every key has one policy, named `default`.

use claviger_model::kms::{ListKeyPoliciesRequest, ListKeyPoliciesResponse};

use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::key_lookup::FoundKey;
use super::on_key::KeyOperation;
use super::state::KeyAction;
use super::{pages, policy};

pub(crate) struct ListKeyPolicies;

impl KeyOperation for ListKeyPolicies {
    const ACTION: &'static str = "kms:ListKeyPolicies";
    const READ_ONLY: bool = true;
    const KEY_ACTION: KeyAction = KeyAction::Any;
    type Input = ListKeyPoliciesRequest;
    type Output = ListKeyPoliciesResponse;

    fn key_id(input: &Self::Input) -> &str {
        &input.key_id
    }

    fn run(input: Self::Input, _key: FoundKey, _cx: &mut RunCx<'_, '_>) -> Result<ListKeyPoliciesResponse, Error> {
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
