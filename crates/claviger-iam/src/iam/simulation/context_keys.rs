//! GetContextKeysForCustomPolicy and GetContextKeysForPrincipalPolicy: the condition keys that documents name.

use std::collections::BTreeSet;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};
use claviger_model::iam::{
    GetContextKeysForCustomPolicyRequest, GetContextKeysForPolicyResponse, GetContextKeysForPrincipalPolicyRequest,
};
use claviger_policy::PolicyKind;

use super::principal::{self, Subject};
use super::{names, sources};
use crate::iam::access;

pub(crate) struct OfCustomPolicy;

impl Operation for OfCustomPolicy {
    const ACTION: &'static str = "iam:GetContextKeysForCustomPolicy";
    const READ_ONLY: bool = true;
    type Input = GetContextKeysForCustomPolicyRequest;
    type Output = GetContextKeysForPolicyResponse;
    type Target = ();

    fn resolve(_: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let permission = RequiredPermission::new(Self::ACTION, "*", cx.account(), ResourcePolicy::Identity);
        Ok(Resolved::found(permission, ()))
    }

    fn run(input: Self::Input, _target: Authorized<()>, _cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        answer(&input.policy_input_list, &[])
    }
}

pub(crate) struct OfPrincipalPolicy;

impl Operation for OfPrincipalPolicy {
    const ACTION: &'static str = "iam:GetContextKeysForPrincipalPolicy";
    const READ_ONLY: bool = true;
    type Input = GetContextKeysForPrincipalPolicyRequest;
    type Output = GetContextKeysForPolicyResponse;
    type Target = Subject;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Subject>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        principal::find(cx, &input.policy_source_arn, Self::ACTION)
    }

    fn run(input: Self::Input, target: Authorized<Subject>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let own: Vec<String> = target.policies(cx)?.into_iter().map(|source| source.document).collect();
        answer(input.policy_input_list.as_deref().unwrap_or_default(), &own)
    }
}

fn answer(given: &[String], own: &[String]) -> Result<GetContextKeysForPolicyResponse, Error> {
    given.iter().try_for_each(|document| sources::parse(document, PolicyKind::Identity).map(drop))?;
    let names: BTreeSet<String> =
        given.iter().chain(own).flat_map(|document| names::condition_keys(document)).collect();
    Ok(GetContextKeysForPolicyResponse { context_key_names: Some(names.into_iter().collect()) })
}
