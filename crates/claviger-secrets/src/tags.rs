//! Rules for the tags of secrets.

use claviger_model::secretsmanager::Tag as WireTag;
use claviger_store::tables::Tag;

use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;
use claviger_core::tags;
use claviger_model::secretsmanager::error;

/// The most tags a secret can have (Secrets Manager quota).
const TAGS_MAX: usize = 50;

/// Checks a request's tags against each other and the reserved names.
pub(crate) fn parse(given: &[WireTag]) -> Result<Vec<Tag>, Error> {
    let mut parsed: Vec<Tag> = Vec::with_capacity(given.len());
    for tag in given {
        let key = tag.key.clone().ok_or_else(|| invalid("You must provide a key for each tag."))?;
        if tags::is_reserved(&key) {
            return Err(invalid("You can't use a tag key that begins with aws:, which is reserved."));
        }
        if parsed.iter().any(|t| t.key == key) {
            return Err(invalid("You can't use the same tag key more than once in a request."));
        }
        parsed.push(Tag { key, value: tag.value.clone().unwrap_or_default() });
    }
    require_few(parsed.len())?;
    Ok(parsed)
}

/// Adds tags to those that are present.
pub(crate) fn add(present: &mut Option<Vec<Tag>>, added: Vec<Tag>) -> Result<(), Error> {
    let present = present.get_or_insert_default();
    tags::merge(present, added, tags::exact_key);
    require_few(present.len())
}

/// Removes tags by their keys.
pub(crate) fn remove(present: &mut Option<Vec<Tag>>, keys: &[String]) {
    if let Some(present) = present {
        tags::remove(present, keys, tags::exact_key);
    }
}

fn require_few(count: usize) -> Result<(), Error> {
    if count > TAGS_MAX {
        return Err(invalid(&format!("A secret can't have more than {TAGS_MAX} tags.")));
    }
    Ok(())
}

fn invalid(text: &str) -> Error {
    Error::new(error::INVALID_PARAMETER_EXCEPTION, text)
}

/// Tags as the API shows them.
pub(crate) fn shown(tags: &[Tag]) -> Vec<WireTag> {
    tags.iter().map(|t| WireTag { key: Some(t.key.clone()), value: Some(t.value.clone()) }).collect()
}

/// Adds the condition keys of a request that sets tags.
pub(crate) fn with_request_tags(permission: RequiredPermission, set: &[Tag]) -> RequiredPermission {
    tags::with_request_tags(permission, set.iter().map(|tag| (tag.key.as_str(), tag.value.as_str())))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn wire(key: &str, value: &str) -> WireTag {
        WireTag { key: Some(key.to_owned()), value: Some(value.to_owned()) }
    }

    #[test]
    fn reserved_repeated_and_missing_keys_are_refused() {
        assert_eq!(parse(&[wire("a", "1"), wire("A", "2")]).unwrap().len(), 2);
        assert!(parse(&[wire("aws:x", "1")]).is_err());
        assert!(parse(&[wire("AWS:x", "1")]).is_err());
        assert!(parse(&[wire("a", "1"), wire("a", "2")]).is_err());
        assert!(parse(&[WireTag { key: None, value: None }]).is_err());
    }

    #[test]
    fn tags_are_absent_then_possibly_empty() {
        let mut tags = None;
        remove(&mut tags, &["a".to_owned()]);
        assert_eq!(tags, None);
        add(&mut tags, parse(&[wire("a", "1"), wire("b", "2")]).unwrap()).unwrap();
        add(&mut tags, parse(&[wire("a", "3")]).unwrap()).unwrap();
        assert_eq!(shown(tags.as_deref().unwrap()), [wire("a", "3"), wire("b", "2")]);
        remove(&mut tags, &["a".to_owned(), "b".to_owned(), "c".to_owned()]);
        assert_eq!(tags, Some(Vec::new()));
    }

    #[test]
    fn fifty_at_most() {
        let many: Vec<WireTag> = (0..TAGS_MAX).map(|n| wire(&format!("k{n}"), "")).collect();
        let mut tags = None;
        add(&mut tags, parse(&many).unwrap()).unwrap();
        assert!(add(&mut tags.clone(), parse(&[wire("k0", "new")]).unwrap()).is_ok());
        assert!(add(&mut tags, parse(&[wire("other", "")]).unwrap()).is_err());
    }
}
