//! The policies of a caller.

use std::borrow::Cow;
use std::sync::Arc;

use claviger_policy::{NamedPolicy, Policy, PolicyKind};
use claviger_store::tables::PolicyDocument;
use claviger_store::tables::iam_table::{self, Identity};
use claviger_store::{Key, Shared, Tx};
use claviger_types::{AccountId, CallerKind, IamArn, IamKind};

use crate::aws_managed_policies as managed;
use crate::context::Cx;
use crate::error::Error;
use crate::tags::same_key;

/// A caller's policies and tags.
#[derive(Default)]
pub(crate) struct CallerPolicies {
    pub(crate) identity: Vec<NamedPolicy>,
    pub(crate) boundary: Option<NamedPolicy>,
    pub(crate) session: Option<Vec<NamedPolicy>>,
    /// `aws:PrincipalTag/...`: the user's or role's tags, with the session's own over them.
    pub(crate) tags: Vec<(String, String)>,
}

/// Gathers the caller's present policies. A user or role that was deleted, or made again under the same name, has none. A user
/// that was renamed has its own.
pub(crate) fn of_caller(cx: &Cx<'_, '_>) -> Result<CallerPolicies, Error> {
    let caller = cx.caller;
    let gathered = match &caller.kind {
        CallerKind::Root => None,
        CallerKind::User { name, id, .. } => {
            let user = iam_table::user_with_id(cx.tx, &caller.account, id, name)?;
            user.map(|user| of_identity(cx, &user, |user| &user.identity)).transpose()?
        }
        CallerKind::RoleSession { role, role_id, .. } => {
            let role = iam_table::role_shared(cx.tx, &caller.account, role)?;
            let role = role.filter(|role| &role.identity.id == role_id);
            role.map(|role| of_identity(cx, &role, |role| &role.identity)).transpose()?
        }
    };
    let mut gathered = gathered.unwrap_or_default();
    if let Some(session) = &caller.session {
        overlay(&mut gathered.tags, &session.tags);
        if !session.policies.is_empty() {
            let read = |policy: &String| of_session(cx, policy);
            gathered.session = Some(session.policies.iter().map(read).collect::<Result<_, _>>()?);
        }
    }
    Ok(gathered)
}

/// A session's policy: an inline document, or the ARN of a managed policy of the session's account, as it is now.
fn of_session(cx: &Cx<'_, '_>, policy: &str) -> Result<NamedPolicy, Error> {
    if !is_arn(policy) {
        let inline = cx.policies.parse(policy, PolicyKind::Session)?;
        return Ok(NamedPolicy { id: "session policy".into(), policy: inline });
    }
    let document = managed_document(cx.tx, &cx.caller.account, policy)?;
    of_managed(cx, policy, document, PolicyKind::Session)
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

/// The policies of a user or role. Where each is found is kept with the record, so that a request only looks them up.
fn of_identity<T>(cx: &Cx<'_, '_>, record: &Shared<T>, identity: fn(&T) -> &Identity) -> Result<CallerPolicies, Error> {
    let sources = record.derived(|record| Ok::<_, Error>(PolicySources::of(cx.tx, identity(record))))?;
    let identity = identity(record);
    let tags = identity.tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect();
    let mut gathered = CallerPolicies { tags, ..CallerPolicies::default() };
    for (inline, name) in identity.inline.iter().zip(&sources.inline) {
        let policy = cx.policies.compile(&inline.document, PolicyKind::Identity)?;
        gathered.identity.push(NamedPolicy { id: Arc::clone(name), policy });
    }
    for (arn, source) in &sources.attached {
        if let Some(policy) = source.policy(cx)? {
            gathered.identity.push(NamedPolicy { id: Arc::clone(arn), policy });
        }
    }
    if let Some(arn) = &identity.boundary {
        let document = managed_document(cx.tx, &identity.account, arn)?;
        gathered.boundary = Some(of_managed(cx, arn, document, PolicyKind::Identity)?);
    }
    Ok(gathered)
}

/// Where the policies of a user or role are found.
struct PolicySources {
    /// The names of the inline policies, in the record's order.
    inline: Vec<Arc<str>>,
    /// The attached policies, by ARN.
    attached: Vec<(Arc<str>, PolicySource)>,
}

enum PolicySource {
    /// One of AWS's policies.
    Aws(&'static PolicyDocument),
    /// The row of a policy of the account. It may be deleted.
    Row(Key),
    /// Not an ARN of a policy that this user or role could have.
    None,
}

impl PolicySources {
    fn of(tx: &Tx<'_>, identity: &Identity) -> PolicySources {
        let source = |arn: &str| match (managed::document(arn), own_policy_name(&identity.account, arn)) {
            (Some(document), _) => PolicySource::Aws(document),
            (None, Some(name)) => PolicySource::Row(iam_table::policy_row(tx, &identity.account, &name)),
            (None, None) => PolicySource::None,
        };
        PolicySources {
            inline: identity.inline.iter().map(|policy| policy.name.as_str().into()).collect(),
            attached: identity.attached.iter().map(|arn| (arn.as_str().into(), source(arn))).collect(),
        }
    }
}

impl PolicySource {
    /// The compiled policy, as it is now.
    fn policy(&self, cx: &Cx<'_, '_>) -> Result<Option<Policy>, Error> {
        match self {
            PolicySource::Aws(document) => cx.policies.compile(document, PolicyKind::Identity).map(Some),
            PolicySource::Row(row) => {
                let record = iam_table::policy_at(cx.tx, row.clone())?;
                record.map(|record| cx.policies.compile(&record.document, PolicyKind::Identity)).transpose()
            }
            PolicySource::None => Ok(None),
        }
    }
}

const NOTHING: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;

fn named(cx: &Cx<'_, '_>, id: &str, document: &PolicyDocument, kind: PolicyKind) -> Result<NamedPolicy, Error> {
    Ok(NamedPolicy { id: id.into(), policy: cx.policies.compile(document, kind)? })
}

/// A managed policy that limits the permissions of other policies. If it was deleted, it allows nothing.
fn of_managed(
    cx: &Cx<'_, '_>,
    arn: &str,
    document: Option<Cow<'static, PolicyDocument>>,
    kind: PolicyKind,
) -> Result<NamedPolicy, Error> {
    match document {
        Some(document) => named(cx, arn, &document, kind),
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
