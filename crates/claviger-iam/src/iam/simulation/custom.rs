//! SimulateCustomPolicy: what policies that a request brings would decide.

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};
use claviger_model::iam::{SimulateCustomPolicyRequest, SimulatePolicyResponse};

use super::evaluate::{Asked, Policies, Simulation};
use super::{caller, sources};
use crate::iam::access;
use crate::iam::pages::Window;

pub(crate) struct SimulateCustomPolicy;

impl Operation for SimulateCustomPolicy {
    const ACTION: &'static str = "iam:SimulateCustomPolicy";
    const READ_ONLY: bool = true;
    type Input = SimulateCustomPolicyRequest;
    type Output = SimulatePolicyResponse;
    type Target = ();

    fn resolve(_: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let permission = RequiredPermission::new(Self::ACTION, "*", cx.account(), ResourcePolicy::Identity);
        Ok(Resolved::found(permission, ()))
    }

    fn run(input: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let scope = input.action_names.join(",") + " " + &input.resource_arns.as_deref().unwrap_or_default().join(",");
        let window = Window::open(cx, Self::ACTION, &[Some(&scope)], input.marker.as_deref(), input.max_items)?;
        let bounds = input.permissions_boundary_policy_input_list.as_deref();
        let policies = Policies {
            identity: sources::given("PolicyInputList", &input.policy_input_list),
            boundary: bounds.map(|documents| sources::given("PermissionsBoundaryPolicyInputList", documents)),
        };
        let asked = Asked {
            actions: &input.action_names,
            resources: input.resource_arns.as_deref().unwrap_or_default(),
            resource_policy: input.resource_policy.as_deref(),
            resource_owner: input.resource_owner.as_deref(),
            context: input.context_entries.as_deref().unwrap_or_default(),
        };
        let (caller, keys) = match input.caller_arn.as_deref() {
            Some(named) => caller::named(cx, named)?,
            None => caller::unnamed(cx, asked.resource_policy)?,
        };
        let simulation = Simulation::new(caller, keys, policies, asked)?;
        let page = window.make(cx, simulation.count(), |at| simulation.result(at))?;
        Ok(SimulatePolicyResponse {
            evaluation_results: Some(page.items),
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}
