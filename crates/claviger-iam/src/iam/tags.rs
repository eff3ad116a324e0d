//! Rules for the tags of users, roles and policies. Keys keep their case and are compared without it.

use claviger_model::iam::Tag as WireTag;
use claviger_store::tables::Tag;

use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;
use claviger_core::tags::same_key;

use super::documents;

/// The most tags that something can have.
const TAGS_MAX: usize = 50;

/// What STS and IAM say of a key that is given twice.
pub(crate) const DUPLICATE: &str = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";

/// Checks a request's tags against each other and the rule for reserved names.
pub(crate) fn parse(tags: &[WireTag]) -> Result<Vec<Tag>, Error> {
    if has_duplicates(tags.iter().map(|t| t.key.as_str())) {
        return Err(Error::new("InvalidInput", DUPLICATE));
    }
    if tags.iter().any(|t| is_reserved(&t.key)) {
        return Err(Error::new("InvalidInput", "Tag keys that begin with aws: are reserved."));
    }
    Ok(tags.iter().map(|t| Tag { key: t.key.clone(), value: t.value.clone() }).collect())
}

/// Adds tags to those that are there; one of an equal key takes the old one's place. `noun` names the quota: `User`.
pub(crate) fn merge(tags: &mut Vec<Tag>, added: &[WireTag], noun: &str) -> Result<(), Error> {
    for tag in parse(added)? {
        match tags.iter_mut().find(|t| same_key(&t.key, &tag.key)) {
            Some(present) => *present = tag,
            None => tags.push(tag),
        }
    }
    if tags.len() > TAGS_MAX { Err(documents::quota(&format!("TagsPer{noun}"), TAGS_MAX)) } else { Ok(()) }
}

/// Takes tags away; keys that are not there do not matter.
pub(crate) fn remove(tags: &mut Vec<Tag>, keys: &[String]) {
    tags.retain(|tag| !keys.iter().any(|key| same_key(key, &tag.key)));
}

/// A tag as the API shows it.
pub(crate) fn wire(tag: Tag) -> WireTag {
    WireTag { key: tag.key, value: tag.value }
}

/// All tags as an entity shows them: left out when there are none.
pub(crate) fn shown(tags: &[Tag]) -> Option<Vec<WireTag>> {
    (!tags.is_empty()).then(|| tags.iter().cloned().map(wire).collect())
}

/// Adds the condition keys of a request that sets tags.
pub(crate) fn with_request_tags(permission: RequiredPermission, tags: &[WireTag]) -> RequiredPermission {
    tags.iter().fold(with_keys(permission, tags.iter().map(|t| t.key.clone()).collect()), |permission, tag| {
        permission.with(&format!("aws:RequestTag/{}", tag.key), tag.value.as_str())
    })
}

/// Adds the condition key of a request that names tags' keys.
pub(crate) fn with_keys(permission: RequiredPermission, keys: Vec<String>) -> RequiredPermission {
    permission.with_many("aws:TagKeys", keys)
}

/// Whether a key occurs twice.
pub(crate) fn has_duplicates<'a>(keys: impl Iterator<Item = &'a str>) -> bool {
    let mut seen = std::collections::HashSet::new();
    !keys.map(str::to_lowercase).all(|key| seen.insert(key))
}

/// Whether a key is AWS's own.
pub(crate) fn is_reserved(key: &str) -> bool {
    key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn tag(key: &str, value: &str) -> WireTag {
        WireTag { key: key.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn keys_are_one_whatever_their_case() {
        let mut tags = parse(&[tag("Team", "a")]).unwrap();
        merge(&mut tags, &[tag("team", "b")], "User").unwrap();
        assert_eq!(tags, [Tag { key: "team".into(), value: "b".into() }]);
        assert!(parse(&[tag("Team", "a"), tag("TEAM", "b")]).is_err());
        remove(&mut tags, &["TEAM".into(), "other".into()]);
        assert_eq!(shown(&tags), None);
    }

    #[test]
    fn reserved_keys_and_too_many_are_refused() {
        assert!(parse(&[tag("AWS:x", "")]).is_err());
        let many: Vec<WireTag> = (0..50).map(|n| tag(&format!("k{n}"), "")).collect();
        let mut tags = Vec::new();
        merge(&mut tags, &many, "Role").unwrap();
        match merge(&mut tags, &[tag("one more", "")], "Role") {
            Err(Error::Service { code: "LimitExceeded", message }) => {
                assert_eq!(message.as_deref(), Some("Cannot exceed quota for TagsPerRole: 50"));
            }
            other => panic!("{other:?}"),
        }
    }
}
