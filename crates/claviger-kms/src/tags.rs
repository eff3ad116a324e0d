//! Rules for the tags of keys.

use claviger_model::kms::Tag as WireTag;
use claviger_store::tables::Tag;

use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;
use claviger_core::tags;
use claviger_model::kms::error;

/// The most tags a key can have.
pub(crate) const TAGS_MAX: usize = 50;

/// Checks a request's tags against each other and the rules for characters and reserved names.
pub(crate) fn parse(given: &[WireTag]) -> Result<Vec<Tag>, Error> {
    let mut parsed: Vec<Tag> = Vec::with_capacity(given.len());
    for tag in given {
        if tags::is_reserved(&tag.tag_key) {
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

/// Adds tags to those that are present.
pub(crate) fn merge(present: &mut Vec<Tag>, added: Vec<Tag>) -> Result<(), Error> {
    tags::merge(present, added, tags::exact_key);
    if present.len() > TAGS_MAX { Err(refused("Too many tags")) } else { Ok(()) }
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
    Error::new(error::TAG_EXCEPTION, text)
}

/// Adds the condition keys of a request that sets tags.
pub(crate) fn with_request_tags(permission: RequiredPermission, set: &[Tag]) -> RequiredPermission {
    tags::with_request_tags(permission, set.iter().map(|tag| (tag.key.as_str(), tag.value.as_str())))
}
