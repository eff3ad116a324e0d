//! Grants on KMS keys as reasons to allow a request.
//!
//! Authorization asks for them only when the policies neither allow nor explicitly deny: a request that a policy allows reads no
//! row of a grant.

use std::fmt;
use std::rc::Rc;

use claviger_crypto::EncryptionContext;
use claviger_policy::AllowedAs;
use claviger_store::Shared;
use claviger_store::tables::grant_table::{self, GrantConstraint, GrantSetId};
use claviger_store::tables::grantee_table::GrantQuery;
use claviger_store::tables::key_table::KeyRecord;
use claviger_types::{Caller, CallerKind, GrantOperation, GrantOperations, Partition};

use crate::context::Cx;
use crate::error::Error;

/// The key whose grants can allow a permission, and the parts of the request that constraints are compared with.
pub(crate) struct Grantable {
    key: Shared<KeyRecord>,
    context: Option<MakeContext>,
    child: Option<GrantTerms>,
}

/// Makes the encryption context of a request. Only a constraint needs it.
pub type MakeContext = Rc<dyn Fn() -> EncryptionContext>;

/// The permissions that a grant gives.
#[derive(Debug, Clone)]
pub struct GrantTerms {
    /// The operations.
    pub operations: GrantOperations,
    /// The constraint on the encryption context.
    pub constraint: Option<GrantConstraint>,
}

impl Grantable {
    pub(crate) fn by_grants_on(key: Shared<KeyRecord>) -> Grantable {
        Grantable { key, context: None, child: None }
    }

    pub(crate) fn set_context(&mut self, context: MakeContext) {
        self.context = Some(context);
    }

    pub(crate) fn set_child(&mut self, terms: GrantTerms) {
        self.child = Some(terms);
    }

    /// The form in which a grant names the caller and allows it this action, if one does.
    pub(crate) fn allowed_as(&self, cx: &Cx<'_, '_>, action: &str) -> Result<Option<AllowedAs>, Error> {
        let operation = action.strip_prefix("kms:").and_then(|name| GrantOperation::parse(name).ok());
        let Some(operation) = operation else { return Ok(None) };
        let Some(set) = grant_table::grant_set(cx.tx, &self.key.account, &self.key.id)? else { return Ok(None) };
        let asked = GrantOperations::default().with(operation);
        match operation {
            // A caller may retire a grant that it holds, which is another question.
            GrantOperation::RetireGrant => Ok(None),
            GrantOperation::CreateGrant => {
                let Some(child) = &self.child else { return Ok(None) };
                let asked = asked.with_all(child.operations);
                first_allowed(cx, &set, &GrantQuery::for_child(asked, child.constraint.as_ref()))
            }
            operation if operation.has_encryption_context() => {
                // Without a context the request has an empty one.
                let context = self.context.as_ref().map(|make| make()).unwrap_or_default();
                first_allowed(cx, &set, &GrantQuery::with_context(asked, &context))
            }
            _ => first_allowed(cx, &set, &GrantQuery::without_context(asked)),
        }
    }
}

/// The first form of the caller that has a grant. A grant to the principal itself needs no identity policy, so it comes first.
fn first_allowed(cx: &Cx<'_, '_>, set: &GrantSetId, query: &GrantQuery<'_>) -> Result<Option<AllowedAs>, Error> {
    for (id, form) in identities(cx.caller, cx.partition()) {
        if query.is_allowed(cx.tx, set, &id)? {
            return Ok(Some(form));
        }
    }
    Ok(None)
}

/// The form in which a principal of a grant, as its record identifies it, names a caller.
pub fn names_caller(principal: &str, caller: &Caller, partition: Partition) -> Option<AllowedAs> {
    identities(caller, partition).into_iter().find(|(id, _)| id == principal).map(|(_, form)| form)
}

/// The identities under which a grant can name a caller. A federated user has no record, so its ARN is its identity.
fn identities(caller: &Caller, partition: Partition) -> Vec<(String, AllowedAs)> {
    let account = caller.account.to_string();
    match &caller.kind {
        CallerKind::Root => vec![(account, AllowedAs::Exact)],
        CallerKind::User { id, .. } => vec![(id.clone(), AllowedAs::Exact), (account, AllowedAs::Account)],
        CallerKind::RoleSession { role_id, .. } => vec![
            (caller.user_id(), AllowedAs::Exact),
            (role_id.clone(), AllowedAs::Role),
            (account, AllowedAs::Account),
        ],
        CallerKind::FederatedUser { .. } => {
            vec![(caller.arn(partition), AllowedAs::Exact), (account, AllowedAs::Account)]
        }
        CallerKind::WebIdentity(_) => Vec::new(),
    }
}

impl fmt::Debug for Grantable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grantable").field("key", &self.key.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_types::{AccountId, Region};

    use super::*;

    fn caller(kind: CallerKind) -> Caller {
        Caller {
            account: AccountId::parse("111122223333").unwrap(),
            kind,
            access_key_id: "AKIAEXAMPLE".to_owned(),
            session: None,
        }
    }

    fn names_caller(principal: &str, caller: &Caller) -> Option<AllowedAs> {
        super::names_caller(principal, caller, Region::parse("eu-west-1").unwrap().partition())
    }

    #[test]
    fn principals_that_name_a_caller() {
        let user = caller(CallerKind::User { path: "/".into(), name: "ana".into(), id: "AIDA1".into() });
        assert_eq!(names_caller("AIDA1", &user), Some(AllowedAs::Exact));
        assert_eq!(names_caller("111122223333", &user), Some(AllowedAs::Account));
        assert_eq!(names_caller("AIDA2", &user), None);
        let (path, role, role_id, session) = ("/".into(), "ops".into(), "AROA1".into(), "s".into());
        let session = caller(CallerKind::RoleSession { path, role, role_id, session });
        assert_eq!(names_caller("AROA1:s", &session), Some(AllowedAs::Exact));
        assert_eq!(names_caller("AROA1", &session), Some(AllowedAs::Role));
        assert_eq!(names_caller("AROA1:t", &session), None);
        assert_eq!(names_caller("111122223333", &session), Some(AllowedAs::Account));
        assert_eq!(names_caller("111122223333", &caller(CallerKind::Root)), Some(AllowedAs::Exact));
        assert_eq!(names_caller("444455556666", &caller(CallerKind::Root)), None);
        let guest = caller(CallerKind::FederatedUser { name: "guest".into(), user: None });
        let arn = "arn:aws:sts::111122223333:federated-user/guest";
        assert_eq!(names_caller(arn, &guest), Some(AllowedAs::Exact));
        assert_eq!(names_caller("arn:aws:sts::111122223333:federated-user/other", &guest), None);
    }
}
