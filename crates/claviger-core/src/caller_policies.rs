//! The policies of a caller.

use std::borrow::Cow;
use std::sync::Arc;

use claviger_policy::{NamedPolicy, PolicyKind, PolicySet};
use claviger_store::Tx;
use claviger_store::tables::PolicyDocument;
use claviger_store::tables::group_table;
use claviger_store::tables::iam_table::{self, Identity, UserRecord};
use claviger_types::{AccountId, CallerKind, FederatingUser, IamArn, IamKind};

use crate::aws_managed_policies as managed;
use crate::context::Cx;
use crate::error::Error;
use crate::tags::same_key;

/// A caller's policies and tags.
pub(crate) struct CallerPolicies {
    /// Those of the user and its groups, or of the role.
    pub(crate) own: Arc<OwnPolicies>,
    pub(crate) session: Option<PolicySet>,
    /// The tags of the user or role with the session's own over them, if the session has any.
    tags: Option<Vec<(String, String)>>,
}

/// The policies and tags of a user with its groups, or of a role.
#[derive(Default)]
pub(crate) struct OwnPolicies {
    pub(crate) identity: PolicySet,
    pub(crate) boundary: Option<PolicySet>,
    tags: Vec<(String, String)>,
}

impl CallerPolicies {
    /// `aws:PrincipalTag/...`
    pub(crate) fn tags(&self) -> &[(String, String)] {
        self.tags.as_ref().unwrap_or(&self.own.tags)
    }
}

/// Gathers the caller's present policies. A user or role that was deleted, or made again under the same name, has none. A user
/// that was renamed has its own.
pub(crate) fn of_caller(cx: &Cx<'_, '_>) -> Result<CallerPolicies, Error> {
    let caller = cx.caller;
    let own = match &caller.kind {
        CallerKind::Root | CallerKind::WebIdentity(_) => Arc::default(),
        CallerKind::User { name, id, .. }
        | CallerKind::FederatedUser { user: Some(FederatingUser { name, id, .. }), .. } => {
            of_identity(cx, [b"user", name.as_bytes(), id.as_bytes()], || {
                let user = iam_table::user_with_id(cx.tx, &caller.account, id, name)?;
                user.map(|user| Gathered::of_user(cx, &user)).transpose()
            })?
        }
        CallerKind::FederatedUser { user: None, .. } => of_root(cx)?,
        CallerKind::RoleSession { role, role_id, .. } => {
            of_identity(cx, [b"role", role.as_bytes(), role_id.as_bytes()], || {
                let role = iam_table::role_shared(cx.tx, &caller.account, role)?;
                let role = role.filter(|role| &role.identity.id == role_id);
                role.map(|role| Gathered::of(cx, &role.identity)).transpose()
            })?
        }
    };
    // A federated session has what its policies and those of its user both allow, so without a policy it has nothing.
    let is_federated = matches!(caller.kind, CallerKind::FederatedUser { .. });
    let mut gathered = CallerPolicies { own, session: None, tags: None };
    if let Some(session) = &caller.session {
        if !session.tags.is_empty() {
            let mut tags = gathered.own.tags.clone();
            overlay(&mut tags, &session.tags);
            gathered.tags = Some(tags);
        }
        if is_federated || !session.policies.is_empty() {
            let read = |policy: &String| of_session(cx, policy);
            let policies = session.policies.iter().map(read).collect::<Result<_, _>>()?;
            gathered.session = Some(PolicySet::new(policies));
        }
    }
    Ok(gathered)
}

/// The policies that bound a session which the root has made: everything is allowed.
fn of_root(cx: &Cx<'_, '_>) -> Result<Arc<OwnPolicies>, Error> {
    let all = NamedPolicy { id: "root".into(), policy: cx.policies.parse(EVERYTHING, PolicyKind::Identity)? };
    Ok(Arc::new(OwnPolicies { identity: PolicySet::new(vec![all]), ..OwnPolicies::default() }))
}

/// A session's policy: an inline document, or the ARN of a managed policy of the session's account, as it is now.
fn of_session(cx: &Cx<'_, '_>, policy: &str) -> Result<NamedPolicy, Error> {
    if !is_arn(policy) {
        let inline = cx.policies.parse(policy, PolicyKind::Session)?;
        return Ok(NamedPolicy { id: "session policy".into(), policy: inline });
    }
    let document = managed_document(cx.tx, &cx.caller.account, policy)?;
    of_managed(cx, policy, document.as_deref(), PolicyKind::Session)
}

/// Whether a session's policy is named by its ARN rather than given as a document, which begins with a brace.
pub fn is_arn(policy: &str) -> bool {
    policy.starts_with("arn:")
}

/// Puts tags over others. Keys are compared without regard to case.
fn overlay(tags: &mut Vec<(String, String)>, over: &[(String, String)]) {
    tags.retain(|(key, _)| !over.iter().any(|(k, _)| same_key(k, key)));
    tags.extend_from_slice(over);
}

/// The policies of a user with its groups, or of a role, shared by all its requests until one of the rows that `gather` reads is
/// written.
fn of_identity(
    cx: &Cx<'_, '_>,
    [kind, name, id]: [&[u8]; 3],
    gather: impl FnOnce() -> Result<Option<Gathered>, Error>,
) -> Result<Arc<OwnPolicies>, Error> {
    // No row's key begins with a zero, and no name has one.
    let kept_as = [&[0], kind, &[0], cx.account().as_str().as_bytes(), &[0], name, &[0], id].concat();
    cx.tx.derived(&kept_as, || {
        let Gathered { policies, boundary, tags, bytes } = gather()?.unwrap_or_default();
        let boundary = boundary.map(|policy| PolicySet::new(vec![policy]));
        Ok((OwnPolicies { identity: PolicySet::new(policies), boundary, tags }, bytes))
    })
}

/// The policies of a user with its groups, or of a role, while they are gathered.
#[derive(Default)]
struct Gathered {
    policies: Vec<NamedPolicy>,
    boundary: Option<NamedPolicy>,
    tags: Vec<(String, String)>,
    /// Of all texts.
    bytes: usize,
}

impl Gathered {
    /// Those of a user. The policies of its groups are identity-based policies of the user, as its own are.
    fn of_user(cx: &Cx<'_, '_>, user: &UserRecord) -> Result<Gathered, Error> {
        let mut gathered = Gathered::of(cx, &user.identity)?;
        for id in &user.groups {
            // A region can have received the user and not yet the group.
            if let Some(group) = group_table::group_shared(cx.tx, &user.identity.account, id)? {
                gathered.add_all(cx, &group.identity)?;
            }
        }
        Ok(gathered)
    }

    fn of(cx: &Cx<'_, '_>, identity: &Identity) -> Result<Gathered, Error> {
        let mut gathered = Gathered::default();
        gathered.add_all(cx, identity)?;
        if let Some(arn) = &identity.boundary {
            let document = managed_document(cx.tx, &identity.account, arn)?;
            gathered.boundary = Some(of_managed(cx, arn, document.as_deref(), PolicyKind::Identity)?);
            gathered.bytes += document.map_or(0, |document| document.text().len());
        }
        gathered.tags = identity.tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect();
        gathered.bytes += gathered.tags.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>();
        Ok(gathered)
    }

    /// Adds the inline and the attached policies of a user, group or role.
    fn add_all(&mut self, cx: &Cx<'_, '_>, identity: &Identity) -> Result<(), Error> {
        for inline in &identity.inline {
            self.add(cx, &inline.name, &inline.document)?;
        }
        for arn in &identity.attached {
            // A policy that was deleted allows nothing.
            if let Some(document) = managed_document(cx.tx, &identity.account, arn)? {
                self.add(cx, arn, &document)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, cx: &Cx<'_, '_>, id: &str, document: &PolicyDocument) -> Result<(), Error> {
        self.bytes += id.len() + document.text().len();
        self.policies.push(named(cx, id, document, PolicyKind::Identity)?);
        Ok(())
    }
}

const EVERYTHING: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

const NOTHING: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;

fn named(cx: &Cx<'_, '_>, id: &str, document: &PolicyDocument, kind: PolicyKind) -> Result<NamedPolicy, Error> {
    Ok(NamedPolicy { id: id.into(), policy: cx.policies.compile(document, kind)? })
}

/// A managed policy that limits the permissions of other policies. If it was deleted, it allows nothing.
fn of_managed(
    cx: &Cx<'_, '_>,
    arn: &str,
    document: Option<&PolicyDocument>,
    kind: PolicyKind,
) -> Result<NamedPolicy, Error> {
    match document {
        Some(document) => named(cx, arn, document, kind),
        None => Ok(NamedPolicy { id: arn.into(), policy: cx.policies.parse(NOTHING, kind)? }),
    }
}

/// The document in force of a managed policy: AWS's own, or one of the account.
pub fn managed_document(
    tx: &Tx<'_>,
    account: &AccountId,
    arn: &str,
) -> Result<Option<Cow<'static, PolicyDocument>>, Error> {
    if let Some(document) = managed::document(arn) {
        return Ok(Some(Cow::Borrowed(document)));
    }
    let Some(name) = own_policy_name(account, arn) else { return Ok(None) };
    Ok(iam_table::policy_shared(tx, account, &name)?.map(|record| Cow::Owned(record.document.clone())))
}

fn own_policy_name(account: &AccountId, arn: &str) -> Option<String> {
    let arn = IamArn::parse(arn).ok()?;
    (arn.kind == IamKind::Policy && arn.account() == Some(account)).then_some(arn.name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn session_tags_lie_over_those_of_the_role() {
        let tag = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let mut tags = vec![tag("Team", "a"), tag("stage", "x")];
        overlay(&mut tags, &[tag("TEAM", "b")]);
        assert_eq!(tags, [tag("stage", "x"), tag("TEAM", "b")]);
    }
}
