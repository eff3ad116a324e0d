//! The policies that are simulated: those of a user, group or role, and those that a request brings.

use claviger_core::caller_policies;
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::iam::error;
use claviger_policy::{Policy, PolicyKind};
use claviger_store::tables::group_table;
use claviger_store::tables::iam_table::{Identity, UserRecord};
use claviger_types::IamArn;

/// A policy as the simulator shows where a decision comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    /// `PolicyInputList.1`, the name of a managed policy, or `user_ana_inline`.
    pub(super) id: String,
    pub(super) document: String,
}

/// The documents of a request, which are numbered from 1.
pub(super) fn given(list: &str, documents: &[String]) -> Vec<Source> {
    let source = |(at, document): (usize, &String)| Source {
        id: format!("{list}.{}", at.saturating_add(1)),
        document: document.clone(),
    };
    documents.iter().enumerate().map(source).collect()
}

/// Those of a user: its own, and those of its groups.
pub(super) fn of_user(cx: &Cx<'_, '_>, user: &UserRecord) -> Result<Vec<Source>, Error> {
    let mut sources = of_identity(cx, "user", &user.identity)?;
    for id in &user.groups {
        if let Some(group) = group_table::group_with_id(cx.tx, &user.identity.account, id)? {
            sources.extend(of_identity(cx, "group", &group.identity)?);
        }
    }
    Ok(sources)
}

/// The inline and the attached policies of a user, group or role.
pub(super) fn of_identity(cx: &Cx<'_, '_>, kind: &str, identity: &Identity) -> Result<Vec<Source>, Error> {
    let inline = identity.inline.iter().map(|policy| Source {
        id: format!("{kind}_{}_{}", identity.name, policy.name),
        document: policy.document.text().to_owned(),
    });
    let mut sources: Vec<Source> = inline.collect();
    for arn in &identity.attached {
        sources.extend(managed(cx, identity, arn)?);
    }
    Ok(sources)
}

/// The permissions boundary of a user or role.
pub(super) fn boundary_of(cx: &Cx<'_, '_>, identity: &Identity) -> Result<Option<Vec<Source>>, Error> {
    let bounded = identity.boundary.as_ref().map(|arn| managed(cx, identity, arn)).transpose()?;
    // A boundary that was deleted allows nothing.
    Ok(bounded.map(|source| source.into_iter().collect()))
}

fn managed(cx: &Cx<'_, '_>, identity: &Identity, arn: &str) -> Result<Option<Source>, Error> {
    let document = caller_policies::managed_document(cx.tx, &identity.account, arn)?;
    let name = IamArn::parse(arn).map_or_else(|_| arn.to_owned(), |arn| arn.name);
    Ok(document.map(|document| Source { id: name, document: document.text().to_owned() }))
}

/// Reads a policy. One of a request may be malformed.
pub(super) fn parse(document: &str, kind: PolicyKind) -> Result<Policy, Error> {
    Policy::parse(document, kind).map_err(|malformed| Error::new(error::INVALID_INPUT_EXCEPTION, malformed.message))
}
