//! Inline policies of users and roles.

use claviger_store::tables::PolicyDocument;
use claviger_store::tables::iam::InlinePolicy;

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::paging::Page;

use super::documents;
use super::entities::Entity;
use super::pages::Window;

/// Writes an inline policy, in the place of one of the same name.
pub(crate) fn put<E: Entity>(cx: &mut Cx<'_, '_>, mut entity: E, name: String, document: String) -> Result<(), Error> {
    documents::check_identity(&document)?;
    let document = PolicyDocument::new(document);
    let inline = &mut entity.identity_mut().inline;
    match inline.iter_mut().find(|p| p.name == name) {
        Some(present) => present.document = document,
        None => inline.push(InlinePolicy { name, document }),
    }
    require_within_quota::<E>(&entity)?;
    entity.save(cx)
}

fn require_within_quota<E: Entity>(entity: &E) -> Result<(), Error> {
    let identity = entity.identity();
    let total: usize = identity.inline.iter().map(|p| documents::size(p.document.text())).sum();
    if total <= E::INLINE_MAX {
        return Ok(());
    }
    let text = format!("Maximum policy size of {} bytes exceeded for {} {}", E::INLINE_MAX, E::NOUN, identity.name);
    Err(Error::new("LimitExceeded", text))
}

/// The document of an inline policy, encoded as it is shown.
pub(crate) fn document<E: Entity>(entity: &E, name: &str) -> Result<String, Error> {
    let policy = entity.identity().inline.iter().find(|p| p.name == name);
    policy.map(|p| documents::encode(p.document.text())).ok_or_else(|| missing::<E>(name))
}

/// Deletes an inline policy.
pub(crate) fn delete<E: Entity>(cx: &mut Cx<'_, '_>, mut entity: E, name: &str) -> Result<(), Error> {
    let inline = &mut entity.identity_mut().inline;
    let before = inline.len();
    inline.retain(|p| p.name != name);
    if inline.len() == before {
        return Err(missing::<E>(name));
    }
    entity.save(cx)
}

/// A page of the names of inline policies.
pub(crate) fn page<E: Entity>(cx: &Cx<'_, '_>, window: &Window, entity: &E) -> Result<Page<String>, Error> {
    window.cut(cx, entity.identity().inline.iter().map(|p| p.name.clone()).collect())
}

fn missing<E: Entity>(name: &str) -> Error {
    Error::new("NoSuchEntity", format!("The {} policy with name {name} cannot be found.", E::NOUN))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_store::tables::iam::{Identity, RoleRecord, UserRecord};
    use claviger_types::{AccountId, Timestamp};

    use super::*;

    fn identity(characters: usize) -> Identity {
        Identity {
            account: AccountId::dev(),
            name: "ana".into(),
            path: "/".into(),
            id: "AIDA".into(),
            created: Timestamp(0),
            tags: vec![],
            attached: vec![],
            inline: vec![InlinePolicy { name: "p".into(), document: PolicyDocument::new(" x".repeat(characters)) }],
            boundary: None,
        }
    }

    #[test]
    fn inline_policies_have_a_quota_together() {
        let user = |characters| UserRecord { identity: identity(characters) };
        assert!(require_within_quota(&user(2048)).is_ok());
        match require_within_quota(&user(2049)) {
            Err(Error::Service { code: "LimitExceeded", message }) => {
                assert_eq!(message.as_deref(), Some("Maximum policy size of 2048 bytes exceeded for user ana"));
            }
            other => panic!("{other:?}"),
        }
        let role = |characters| RoleRecord {
            identity: identity(characters),
            trust: String::new(),
            description: None,
            max_session_secs: 3600,
            bound: Vec::new(),
        };
        assert!(require_within_quota(&role(10_240)).is_ok());
        assert!(require_within_quota(&role(10_241)).is_err());
    }

    #[test]
    fn what_is_not_there_is_named() {
        let user = UserRecord { identity: identity(1) };
        assert_eq!(document(&user, "p").unwrap(), "%20x");
        match document(&user, "q") {
            Err(Error::Service { code: "NoSuchEntity", message }) => {
                assert_eq!(message.as_deref(), Some("The user policy with name q cannot be found."));
            }
            other => panic!("{other:?}"),
        }
    }
}
