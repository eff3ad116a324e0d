//! Rules for tags that all services share. The limits, the texts of refusals and the comparison of case differ by service.

use claviger_store::tables::Tag;

use crate::permission::RequiredPermission;

/// Whether two tag keys are one key.
pub type SameKey = fn(&str, &str) -> bool;

/// Keys of services that distinguish case (KMS, Secrets Manager).
pub fn exact_key(one: &str, other: &str) -> bool {
    one == other
}

/// Keys of services that do not distinguish case (IAM, STS).
pub fn same_key(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

/// Whether a key is reserved for AWS.
pub fn is_reserved(key: &str) -> bool {
    key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"))
}

/// Adds tags to those that are present. A tag of an equal key takes the place of the present one.
pub fn merge(present: &mut Vec<Tag>, added: Vec<Tag>, same: SameKey) {
    for tag in added {
        match present.iter_mut().find(|t| same(&t.key, &tag.key)) {
            Some(present) => *present = tag,
            None => present.push(tag),
        }
    }
}

/// Removes tags by their keys. Keys of no tag are ignored.
pub fn remove(present: &mut Vec<Tag>, keys: &[String], same: SameKey) {
    present.retain(|tag| !keys.iter().any(|key| same(key, &tag.key)));
}

/// Adds the condition keys of a request that sets tags: `aws:TagKeys` and `aws:RequestTag/...`.
pub fn with_request_tags<'a>(
    permission: RequiredPermission,
    tags: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> RequiredPermission {
    let tags: Vec<(&str, &str)> = tags.into_iter().collect();
    let permission = with_tag_keys(permission, tags.iter().map(|(key, _)| (*key).to_owned()).collect());
    tags.into_iter()
        .fold(permission, |permission, (key, value)| permission.with(format!("aws:RequestTag/{key}"), value))
}

/// Adds the condition key of a request that names the keys of tags. A request without any has no such condition key.
pub fn with_tag_keys(permission: RequiredPermission, keys: Vec<String>) -> RequiredPermission {
    if keys.is_empty() { permission } else { permission.with_many("aws:TagKeys", keys) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(key: &str, value: &str) -> Tag {
        Tag { key: key.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn keys_are_compared_as_the_service_compares_them() {
        let mut tags = vec![tag("Team", "a")];
        merge(&mut tags, vec![tag("team", "b")], same_key);
        assert_eq!(tags, [tag("team", "b")]);
        merge(&mut tags, vec![tag("Team", "c")], exact_key);
        assert_eq!(tags, [tag("team", "b"), tag("Team", "c")]);
        remove(&mut tags, &["TEAM".to_owned(), "other".to_owned()], exact_key);
        assert_eq!(tags.len(), 2);
        remove(&mut tags, &["TEAM".to_owned()], same_key);
        assert_eq!(tags, []);
    }

    #[test]
    fn reserved_keys_begin_with_aws_in_any_case() {
        assert!(is_reserved("aws:x") && is_reserved("AWS:x"));
        assert!(!is_reserved("aws") && !is_reserved("aw\u{e4}:") && !is_reserved("laws:x"));
    }
}
