//! The principals of accounts, as callers of requests that nobody has made.

use claviger_core::error::Error;
use claviger_store::Tx;
use claviger_store::tables::iam_table::{self, Identity};
use claviger_types::{AccountId, Caller, CallerKind, IamArn, IamKind, SessionContext};

use crate::Node;

/// How many users or roles are read at a time.
const PAGE: usize = 500;

/// How long the session lasts that stands for a role, in seconds.
const SESSION_SECS: i64 = 3600;

/// The name of that session.
pub(super) const SESSION: &str = "simulation";

/// The principal of an ARN; none if it does not exist.
pub(super) fn caller(tx: &Tx<'_>, node: &Node, arn: &str) -> Result<Option<Caller>, Error> {
    if let Some(account) = root_account(node, arn) {
        return Ok(Some(Caller::root_of(&account)));
    }
    let Some(named) = IamArn::parse(arn).ok().filter(|named| named.partition == node.region().partition()) else {
        return Ok(None);
    };
    let Some(account) = named.account() else { return Ok(None) };
    let is_it = |identity: &Identity| identity.path == named.path && identity.name == named.name;
    Ok(match named.kind {
        IamKind::User => {
            let user = iam_table::user_shared(tx, account, &named.name)?.filter(|user| is_it(&user.identity));
            user.map(|user| of_user(&user.identity))
        }
        IamKind::Role => {
            let role = iam_table::role_shared(tx, account, &named.name)?.filter(|role| is_it(&role.identity));
            role.map(|role| of_role(node, &role.identity))
        }
        _ => None,
    })
}

fn root_account(node: &Node, arn: &str) -> Option<AccountId> {
    let account = arn.strip_suffix(":root")?.rsplit(':').next()?;
    let account = AccountId::parse(account).ok()?;
    (account.root_arn(node.region().partition()) == arn).then_some(account)
}

fn of_user(identity: &Identity) -> Caller {
    let Identity { account, path, name, id, .. } = identity;
    let kind = CallerKind::User { path: path.clone(), name: name.clone(), id: id.clone() };
    Caller { account: account.clone(), kind, access_key_id: String::new(), session: None }
}

fn of_role(node: &Node, identity: &Identity) -> Caller {
    let Identity { account, path, name, id, .. } = identity;
    let (path, role, role_id) = (path.clone(), name.clone(), id.clone());
    let kind = CallerKind::RoleSession { path, role, role_id, session: SESSION.to_owned() };
    let now = node.clock().now();
    let session = Some(SessionContext::plain(now, now.plus_secs(SESSION_SECS)));
    Caller { account: account.clone(), kind, access_key_id: String::new(), session }
}

/// The root, the users and the roles of an account, in this order, at most `limit`. The second value is whether there are more.
pub(super) fn all(tx: &Tx<'_>, node: &Node, account: &AccountId, limit: usize) -> Result<(Vec<Caller>, bool), Error> {
    let mut callers = vec![Caller::root_of(account)];
    let mut after: Option<Vec<u8>> = None;
    loop {
        let page = iam_table::users(tx, account, after.as_deref(), PAGE)?;
        callers.extend(page.iter().map(|(_, user)| of_user(&user.identity)));
        match page.last() {
            Some((key, _)) if page.len() == PAGE && callers.len() <= limit => after = Some(key.to_vec()),
            _ => break,
        }
    }
    after = None;
    loop {
        let page = iam_table::roles(tx, account, after.as_deref(), PAGE)?;
        callers.extend(page.iter().map(|(_, role)| of_role(node, &role.identity)));
        match page.last() {
            Some((key, _)) if page.len() == PAGE && callers.len() <= limit => after = Some(key.to_vec()),
            _ => break,
        }
    }
    let is_cut = callers.len() > limit;
    callers.truncate(limit);
    Ok((callers, is_cut))
}
