//! The resource that a request names by its ARN, and its policies.

use claviger_core::caller_policies;
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Resolved;
use claviger_model::iam::error;
use claviger_policy::{Policy, PolicyKind};
use claviger_store::tables::group_table::{self, GroupRecord};
use claviger_store::tables::iam_table::{Identity, RoleRecord, UserRecord};
use claviger_types::{Arn, IamArn, IamKind};

use crate::iam::entities::Entity;
use crate::iam::on_resource::{Found, IamResource};
use crate::iam::policies::{self, Managed};

/// A user, group, role or managed policy.
pub(crate) enum Resource {
    User(UserRecord),
    Group(GroupRecord),
    Role(RoleRecord),
    /// The ARN of the policy.
    Policy(String),
}

/// The part of an ARN of IAM that names the resource.
struct Named {
    kind: IamKind,
    name: String,
}

/// A policy of a resource.
pub(super) struct OwnPolicy {
    pub(super) name: String,
    /// The ARN of a managed policy.
    pub(super) arn: Option<String>,
    /// The kind and the name of the user, group or role that an inline policy belongs to.
    pub(super) owner: Option<(&'static str, String)>,
    pub(super) policy: Policy,
}

/// Finds the resource of an ARN, and the permission on it.
pub(super) fn find(cx: &Cx<'_, '_>, arn: &str, action: &'static str) -> Result<Resolved<Resource>, Error> {
    let Some(named) = read(cx, arn)? else { return Err(unsupported(arn)) };
    match named.kind {
        IamKind::Policy => {
            let found = policies::read(cx, arn)?.ok_or_else(|| missing(arn));
            let found: Found<Managed> = Found { arn: arn.to_owned(), resource: found };
            Ok(resolved(cx, found, arn, action, |_| Resource::Policy(arn.to_owned())))
        }
        _ => find_identity(cx, &named, arn, action),
    }
}

/// The same without managed policies.
pub(super) fn find_with_policies(
    cx: &Cx<'_, '_>,
    arn: &str,
    action: &'static str,
) -> Result<Resolved<Resource>, Error> {
    let named = read(cx, arn)?.ok_or_else(|| invalid(format!("Could not extract entity from ARN : {arn}")))?;
    find_identity(cx, &named, arn, action)
}

fn find_identity(cx: &Cx<'_, '_>, named: &Named, arn: &str, action: &'static str) -> Result<Resolved<Resource>, Error> {
    // AWS finds a resource by its name, whatever the path in the ARN.
    match named.kind {
        IamKind::User => Ok(resolved(cx, UserRecord::find(cx, &named.name)?, arn, action, Resource::User)),
        IamKind::Group => Ok(resolved(cx, GroupRecord::find(cx, &named.name)?, arn, action, Resource::Group)),
        IamKind::Role => Ok(resolved(cx, RoleRecord::find(cx, &named.name)?, arn, action, Resource::Role)),
        _ => Err(unsupported(arn)),
    }
}

fn resolved<R: IamResource>(
    cx: &Cx<'_, '_>,
    found: Found<R>,
    arn: &str,
    action: &'static str,
    resource: impl FnOnce(R) -> Resource,
) -> Resolved<Resource> {
    let permission = found.permission(action, cx);
    Resolved::new(vec![permission], found.resource.map(resource).map_err(|_| missing(arn).into()))
}

/// Reads an ARN of the caller's account. None if it names no resource with a type and a name, such as that of the root.
fn read(cx: &Cx<'_, '_>, text: &str) -> Result<Option<Named>, Error> {
    let invalid = |text: &str| Error::Validation(text.to_owned());
    // The two spaces are AWS's.
    let arn = Arn::parse(text).map_err(|_| invalid("Invalid ARN:  Could not be parsed!"))?;
    if arn.service != "iam" {
        return Err(invalid("Invalid service in ARN"));
    }
    if arn.partition != cx.partition().as_str() {
        return Err(invalid("Invalid ARN partition"));
    }
    let named = IamArn::parse(text).ok().map(|arn| Named { kind: arn.kind, name: arn.name });
    // AWS itself owns managed policies, and no users, groups or roles.
    let is_awss = arn.account == "aws" && named.as_ref().is_some_and(|named| named.kind == IamKind::Policy);
    if arn.account != cx.account().as_str() && !is_awss {
        let caller = cx.caller.arn(cx.partition());
        return Err(Error::Denied(format!("User: {caller} is not authorized to perform the operation on {text}")));
    }
    Ok(named)
}

fn missing(arn: &str) -> Error {
    Error::new(error::NO_SUCH_ENTITY_EXCEPTION, format!("ARN {arn} does not exist."))
}

fn unsupported(arn: &str) -> Error {
    invalid(format!("Invalid Entity Arn: {arn} is not supported."))
}

/// The error InvalidInput.
pub(super) fn invalid(text: String) -> Error {
    Error::new(error::INVALID_INPUT_EXCEPTION, text)
}

impl Resource {
    /// Its policies; those of its groups belong to a user too. Permissions boundaries do not count.
    pub(super) fn policies(&self, cx: &Cx<'_, '_>) -> Result<Vec<OwnPolicy>, Error> {
        let mut found = Vec::new();
        match self {
            Resource::User(user) => {
                add_all(cx, user, "USER", &mut found)?;
                for id in &user.groups {
                    if let Some(group) = group_table::group_with_id(cx.tx, cx.account(), id)? {
                        add_all(cx, &group, "GROUP", &mut found)?;
                    }
                }
            }
            Resource::Group(group) => add_all(cx, group, "GROUP", &mut found)?,
            Resource::Role(role) => add_all(cx, role, "ROLE", &mut found)?,
            Resource::Policy(arn) => found.extend(managed(cx, arn)?),
        }
        Ok(found)
    }
}

fn add_all<E: Entity>(
    cx: &Cx<'_, '_>,
    entity: &E,
    kind: &'static str,
    found: &mut Vec<OwnPolicy>,
) -> Result<(), Error> {
    let Identity { name, inline, attached, .. } = entity.identity();
    for one in inline {
        let policy = compile(one.document.text())?;
        found.push(OwnPolicy { name: one.name.clone(), arn: None, owner: Some((kind, name.clone())), policy });
    }
    for arn in attached {
        // One that the user and its group both have is one policy.
        if !found.iter().any(|known| known.arn.as_ref() == Some(arn)) {
            found.extend(managed(cx, arn)?);
        }
    }
    Ok(())
}

/// The policy in force of an ARN. One that was deleted allows nothing.
fn managed(cx: &Cx<'_, '_>, arn: &str) -> Result<Option<OwnPolicy>, Error> {
    let document = caller_policies::managed_document(cx.tx, cx.account(), arn)?;
    let name = IamArn::parse(arn).map_or_else(|_| arn.to_owned(), |arn| arn.name);
    let own = |policy| OwnPolicy { name, arn: Some(arn.to_owned()), owner: None, policy };
    document.map(|document| compile(document.text()).map(own)).transpose()
}

/// The document was checked when it was stored.
fn compile(document: &str) -> Result<Policy, Error> {
    Policy::parse(document, PolicyKind::Identity)
        .map_err(|malformed| Error::Internal(format!("a stored policy does not parse: {}", malformed.message)))
}
