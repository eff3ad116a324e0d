//! SimulatePrincipalPolicy: what the policies of a user, group or role would decide.

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::RequiredPermission;
use claviger_model::iam::{SimulatePolicyResponse, SimulatePrincipalPolicyRequest};
use claviger_policy::{Context, Principal};
use claviger_store::tables::group_table::GroupRecord;
use claviger_store::tables::iam_table::{Identity, RoleRecord, UserRecord};
use claviger_types::{IamArn, IamKind};

use super::evaluate::{self, Asked, Policies, Simulation};
use super::{caller, sources};
use crate::iam::on_resource::{Found, IamResource};
use crate::iam::pages::Window;
use crate::iam::{access, entities};

pub(crate) struct SimulatePrincipalPolicy;

/// Whose policies are simulated.
pub(crate) enum Subject {
    User(UserRecord),
    Group(GroupRecord),
    Role(RoleRecord),
}

impl Operation for SimulatePrincipalPolicy {
    const ACTION: &'static str = "iam:SimulatePrincipalPolicy";
    const READ_ONLY: bool = true;
    type Input = SimulatePrincipalPolicyRequest;
    type Output = SimulatePolicyResponse;
    type Target = Subject;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Subject>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        find(cx, &input.policy_source_arn, Self::ACTION)
    }

    fn run(input: Self::Input, target: Authorized<Subject>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let (subject, source) = (target.into_inner(), input.policy_source_arn.as_str());
        let scope = input.action_names.join(",") + " " + &input.resource_arns.as_deref().unwrap_or_default().join(",");
        let scope = [Some(source), Some(scope.as_str())];
        let window = Window::open(cx, Self::ACTION, &scope, input.marker.as_deref(), input.max_items)?;
        let mut identity = subject.policies(cx)?;
        identity.extend(sources::given("PolicyInputList", input.policy_input_list.as_deref().unwrap_or_default()));
        let boundary = match input.permissions_boundary_policy_input_list.as_deref() {
            Some(documents) => Some(sources::given("PermissionsBoundaryPolicyInputList", documents)),
            None => sources::boundary_of(cx, subject.identity())?,
        };
        let asked = Asked {
            actions: &input.action_names,
            resources: input.resource_arns.as_deref().unwrap_or_default(),
            resource_policy: input.resource_policy.as_deref(),
            resource_owner: input.resource_owner.as_deref(),
            context: input.context_entries.as_deref().unwrap_or_default(),
        };
        let (caller, keys) = match (input.caller_arn.as_deref(), &subject) {
            (Some(named), _) => caller::named(cx, named)?,
            (None, Subject::User(_)) => (subject.principal(source), subject.keys(source)),
            // With a resource's policy AWS asks for the user that calls: a group makes no requests, and a role's session has another name.
            (None, Subject::Role(_)) if asked.resource_policy.is_none() => {
                (subject.principal(source), subject.keys(source))
            }
            (None, Subject::Role(_) | Subject::Group(_)) => caller::unnamed(cx, asked.resource_policy)?,
        };
        let simulation = Simulation::new(caller, keys, Policies { identity, boundary }, asked)?;
        let page = window.make(cx, simulation.count(), |at| simulation.result(at))?;
        Ok(SimulatePolicyResponse {
            evaluation_results: Some(page.items),
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}

/// Finds the user, group or role of an ARN, and the permission on it.
pub(super) fn find(cx: &Cx<'_, '_>, arn: &str, action: &'static str) -> Result<Resolved<Subject>, Error> {
    let named = IamArn::parse(arn).ok().filter(|named| named.account() == Some(cx.account()));
    let named = named.filter(|named| named.partition == cx.partition());
    let Some(named) = named else { return Err(evaluate::invalid("ARN", arn)) };
    match named.kind {
        IamKind::User => of::<UserRecord>(cx, arn, &named.name, action, Subject::User),
        IamKind::Group => of::<GroupRecord>(cx, arn, &named.name, action, Subject::Group),
        IamKind::Role => of::<RoleRecord>(cx, arn, &named.name, action, Subject::Role),
        _ => Err(evaluate::invalid("ARN", arn)),
    }
}

fn of<E: entities::Entity>(
    cx: &Cx<'_, '_>,
    arn: &str,
    name: &str,
    action: &'static str,
    subject: impl FnOnce(E) -> Subject,
) -> Result<Resolved<Subject>, Error> {
    let mut found: Found<E> = E::find(cx, name)?;
    if found.arn != arn {
        // Another path, or another spelling of the name.
        found = Found { arn: arn.to_owned(), resource: Err(entities::missing::<E>(name)) };
    }
    let permission: RequiredPermission = found.permission(action, cx);
    Ok(Resolved::new(vec![permission], found.resource.map(subject).map_err(Into::into)))
}

impl Subject {
    pub(super) fn policies(&self, cx: &Cx<'_, '_>) -> Result<Vec<sources::Source>, Error> {
        match self {
            Subject::User(user) => sources::of_user(cx, user),
            Subject::Group(group) => sources::of_identity(cx, "group", &group.identity),
            Subject::Role(role) => sources::of_identity(cx, "role", &role.identity),
        }
    }

    fn identity(&self) -> &Identity {
        match self {
            Subject::User(user) => &user.identity,
            Subject::Group(group) => &group.identity,
            Subject::Role(role) => &role.identity,
        }
    }

    fn principal(&self, arn: &str) -> Principal {
        let Identity { account, id, .. } = self.identity();
        let role_arn = matches!(self, Subject::Role(_)).then(|| arn.to_owned());
        let (account, unique_id) = (account.to_string(), id.clone());
        Principal { account, arn: arn.to_owned(), role_arn, is_root: false, unique_id }
    }

    /// The keys that every request of the user or role would have.
    fn keys(&self, arn: &str) -> Context {
        let identity = self.identity();
        let kind = if let Subject::User(_) = self { "User" } else { "AssumedRole" };
        let mut context = caller::keys(arn, &identity.account, kind);
        if let Subject::User(_) = self {
            context.set("aws:username", identity.name.as_str());
            context.set("aws:userid", identity.id.as_str());
        }
        for tag in &identity.tags {
            context.set(format!("aws:principaltag/{}", tag.key.to_lowercase()), tag.value.as_str());
        }
        context
    }
}
