//! ListPoliciesGrantingServiceAccess: the policies by which a user, group or role can access services.

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_model::iam::{
    ListPoliciesGrantingServiceAccessEntry, ListPoliciesGrantingServiceAccessRequest,
    ListPoliciesGrantingServiceAccessResponse, PolicyGrantingServiceAccess,
};
use claviger_policy::{AccessWork, allows_action_of};

use super::resource::{self, OwnPolicy, Resource};
use super::services;
use crate::iam::access;
use crate::iam::pages::Window;

/// The most services of a page, which are all that a request can name. AWS shows them at once.
const NAMESPACES_MAX: i32 = 200;

/// The steps of comparing policies after which a page ends.
const PAGE_STEPS: u64 = 20_000_000;

pub(crate) struct ListPoliciesGrantingServiceAccess;

impl Operation for ListPoliciesGrantingServiceAccess {
    const ACTION: &'static str = "iam:ListPoliciesGrantingServiceAccess";
    const READ_ONLY: bool = true;
    type Input = ListPoliciesGrantingServiceAccessRequest;
    type Output = ListPoliciesGrantingServiceAccessResponse;
    type Target = Resource;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Resource>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        resource::find_with_policies(cx, &input.arn, Self::ACTION)
    }

    fn run(input: Self::Input, resource: Authorized<Resource>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let namespaces = distinct(input.service_namespaces);
        require_valid(&namespaces)?;
        let listed = namespaces.join(",");
        let scope = [Some(input.arn.as_str()), Some(listed.as_str())];
        let window = Window::open(cx, Self::ACTION, &scope, input.marker.as_deref(), Some(NAMESPACES_MAX))?;
        let policies = resource.policies(cx)?;
        let mut work = AccessWork::default();
        let page = window.fill(cx, &namespaces, |namespace| {
            let entry = ListPoliciesGrantingServiceAccessEntry {
                policies: Some(granting(&policies, namespace, &mut work)),
                service_namespace: Some(namespace.clone()),
            };
            (entry, work.steps() < PAGE_STEPS)
        })?;
        Ok(ListPoliciesGrantingServiceAccessResponse {
            policies_granting_service_access: page.items,
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}

/// Each namespace once, in the order of the request.
fn distinct(given: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(given.len());
    for namespace in given {
        if !kept.contains(&namespace) {
            kept.push(namespace);
        }
    }
    kept
}

fn require_valid(namespaces: &[String]) -> Result<(), Error> {
    let wrong: Vec<&str> = namespaces.iter().map(String::as_str).filter(|name| !services::is_namespace(name)).collect();
    if wrong.is_empty() {
        return Ok(());
    }
    Err(resource::invalid(format!("Invalid service namespace: [{}]", wrong.join(", "))))
}

fn granting(policies: &[OwnPolicy], namespace: &str, work: &mut AccessWork) -> Vec<PolicyGrantingServiceAccess> {
    let known = services::known_actions(namespace);
    policies.iter().filter(|own| allows_action_of(&own.policy, namespace, &known, work)).map(shown).collect()
}

fn shown(own: &OwnPolicy) -> PolicyGrantingServiceAccess {
    let (entity_type, entity_name) = own.owner.clone().map(|(kind, name)| (kind.to_owned(), name)).unzip();
    PolicyGrantingServiceAccess {
        policy_name: own.name.clone(),
        policy_type: if own.arn.is_some() { "MANAGED" } else { "INLINE" }.to_owned(),
        policy_arn: own.arn.clone(),
        entity_type,
        entity_name,
    }
}
