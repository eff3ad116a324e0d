//! Attaching managed policies to users and roles.

use claviger_model::iam::AttachedPolicy;
use claviger_types::IamArn;

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::paging::Page;

use super::entities::Entity;
use super::pages::Window;
use super::{documents, policies};

/// Managed policies that a user or role can have.
const ATTACHED_MAX: usize = 10;

/// Attaches a policy; one that is attached already stays so.
pub(crate) fn attach<E: Entity>(cx: &mut Cx<'_, '_>, mut entity: E, arn: &str) -> Result<(), Error> {
    policies::require_attachable(cx, arn, |arn| format!("Policy {arn} does not exist or is not attachable."))?;
    let attached = &mut entity.identity_mut().attached;
    if attached.iter().any(|a| a == arn) {
        return Ok(());
    }
    if attached.len() >= ATTACHED_MAX {
        return Err(documents::quota(&format!("PoliciesPer{}", E::TITLE), ATTACHED_MAX));
    }
    attached.push(arn.to_owned());
    entity.save(cx)
}

/// Detaches a policy.
pub(crate) fn detach<E: Entity>(cx: &mut Cx<'_, '_>, mut entity: E, arn: &str) -> Result<(), Error> {
    policies::check_arn(cx, arn)?;
    let attached = &mut entity.identity_mut().attached;
    let before = attached.len();
    attached.retain(|a| a != arn);
    if attached.len() == before {
        return Err(policies::not_found(arn));
    }
    entity.save(cx)
}

/// A page of the attached policies whose path begins with `prefix`.
pub(crate) fn page<E: Entity>(
    cx: &Cx<'_, '_>,
    window: &Window,
    entity: &E,
    prefix: Option<&str>,
) -> Result<Page<AttachedPolicy>, Error> {
    let shown = entity.identity().attached.iter().filter_map(|arn| {
        let IamArn { path, name, .. } = IamArn::parse(arn).ok()?;
        path.starts_with(prefix.unwrap_or("/"))
            .then(|| AttachedPolicy { policy_name: Some(name), policy_arn: Some(arn.clone()) })
    });
    window.cut(cx, shown.collect())
}
