//! Rules for the tags of users, roles and policies. Keys keep their case and are compared without it.

use claviger_model::iam::Tag as WireTag;
use claviger_store::tables::Tag;

use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;
use claviger_core::tags;
use claviger_model::iam::error;

use super::documents;

/// The most tags of one resource.
const TAGS_MAX: usize = 50;

/// The text of STS and IAM for a key that is given twice.
pub(crate) const DUPLICATE: &str = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";

/// Checks a request's tags against each other and the rule for reserved names.
pub(crate) fn parse(given: &[WireTag]) -> Result<Vec<Tag>, Error> {
    if has_duplicates(given.iter().map(|t| t.key.as_str())) {
        return Err(Error::new(error::INVALID_INPUT_EXCEPTION, DUPLICATE));
    }
    if given.iter().any(|t| tags::is_reserved(&t.key)) {
        return Err(Error::new(error::INVALID_INPUT_EXCEPTION, "Tag keys that begin with aws: are reserved."));
    }
    Ok(given.iter().map(|t| Tag { key: t.key.clone(), value: t.value.clone() }).collect())
}

/// Adds tags to those that are present. `noun` names the quota: `User`.
pub(crate) fn merge(present: &mut Vec<Tag>, added: &[WireTag], noun: &str) -> Result<(), Error> {
    tags::merge(present, parse(added)?, tags::same_key);
    if present.len() > TAGS_MAX { Err(documents::quota(&format!("TagsPer{noun}"), TAGS_MAX)) } else { Ok(()) }
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
pub(crate) fn with_request_tags(permission: RequiredPermission, set: &[WireTag]) -> RequiredPermission {
    tags::with_request_tags(permission, set.iter().map(|tag| (tag.key.as_str(), tag.value.as_str())))
}

/// Whether a key occurs twice.
pub(crate) fn has_duplicates<'a>(keys: impl Iterator<Item = &'a str>) -> bool {
    let mut seen = std::collections::HashSet::new();
    !keys.map(str::to_lowercase).all(|key| seen.insert(key))
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
        let mut present = parse(&[tag("Team", "a")]).unwrap();
        merge(&mut present, &[tag("team", "b")], "User").unwrap();
        assert_eq!(present, [Tag { key: "team".into(), value: "b".into() }]);
        assert!(parse(&[tag("Team", "a"), tag("TEAM", "b")]).is_err());
    }

    #[test]
    fn reserved_keys_and_too_many_are_refused() {
        assert!(parse(&[tag("AWS:x", "")]).is_err());
        let many: Vec<WireTag> = (0..50).map(|n| tag(&format!("k{n}"), "")).collect();
        let mut present = Vec::new();
        merge(&mut present, &many, "Role").unwrap();
        match merge(&mut present, &[tag("one more", "")], "Role") {
            Err(Error::Service { info: error::LIMIT_EXCEEDED_EXCEPTION, message }) => {
                assert_eq!(message.as_deref(), Some("Cannot exceed quota for TagsPerRole: 50"));
            }
            other => panic!("{other:?}"),
        }
    }
}
