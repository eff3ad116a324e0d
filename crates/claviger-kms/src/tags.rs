//! Rules for the tags of keys.

use claviger_model::kms::Tag as WireTag;
use claviger_store::tables::Tag;

use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

/// The most tags a key can have.
pub(crate) const TAGS_MAX: usize = 50;

/// Checks a request's tags against each other and the rules for characters and reserved names.
pub(crate) fn parse(tags: &[WireTag]) -> Result<Vec<Tag>, Error> {
    let mut parsed: Vec<Tag> = Vec::with_capacity(tags.len());
    for tag in tags {
        if tag.tag_key.get(..4).is_some_and(|p| p.eq_ignore_ascii_case("aws:")) {
            return Err(refused("Tags beginning with aws: are reserved"));
        }
        if !tag.tag_key.chars().chain(tag.tag_value.chars()).all(allowed) {
            return Err(refused("Invalid tag"));
        }
        if parsed.iter().any(|t| t.key == tag.tag_key) {
            return Err(refused("Duplicate tag keys"));
        }
        parsed.push(Tag { key: tag.tag_key.clone(), value: tag.tag_value.clone() });
    }
    if parsed.len() > TAGS_MAX { Err(refused("Too many tags")) } else { Ok(parsed) }
}

/// Adds tags to those that are there; equal keys get the new value.
pub(crate) fn merge(tags: &mut Vec<Tag>, added: Vec<Tag>) -> Result<(), Error> {
    for tag in added {
        match tags.iter_mut().find(|t| t.key == tag.key) {
            Some(present) => present.value = tag.value,
            None => tags.push(tag),
        }
    }
    if tags.len() > TAGS_MAX { Err(refused("Too many tags")) } else { Ok(()) }
}

/// A tag as the API shows it.
pub(crate) fn wire(tag: Tag) -> WireTag {
    WireTag { tag_key: tag.key, tag_value: tag.value }
}

/// Letters, digits, white space and `_ . / = + - : @` (reference: AWS KMS, "Tags in AWS KMS").
fn allowed(c: char) -> bool {
    c.is_alphanumeric() || c.is_whitespace() || "_./=+-:@".contains(c)
}

fn refused(text: &str) -> Error {
    Error::new("TagException", text)
}

/// Adds the condition keys of a tagging request.
pub(crate) fn with_request_tags(permission: RequiredPermission, tags: &[Tag]) -> RequiredPermission {
    if tags.is_empty() {
        return permission;
    }
    let permission = permission.with_many("aws:TagKeys", tags.iter().map(|t| t.key.clone()).collect());
    tags.iter()
        .fold(permission, |permission, tag| permission.with(&format!("aws:RequestTag/{}", tag.key), tag.value.as_str()))
}
