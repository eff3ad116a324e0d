//! What is read of a SAML metadata document.

use claviger_core::error::Error;
use claviger_model::iam::error;
use claviger_types::Timestamp;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// How long a provider is valid, in days: a hundred years. The metadata's own `validUntil` is not read.
const VALID_DAYS: i64 = 36_500;

/// Elements within one another. The deepest element of the SAML metadata schema is far above this.
const DEPTH_MAX: usize = 64;

/// Checks that a document is XML whose root is an `EntityDescriptor` and has an `IDPSSODescriptor`, whatever the namespace. Returns until when the
/// provider is valid.
pub(super) fn check(document: &str, now: Timestamp) -> Result<Timestamp, Error> {
    let is_valid = is_metadata(document).unwrap_or(false);
    if !is_valid {
        return Err(Error::new(error::INVALID_INPUT_EXCEPTION, "Could not parse metadata"));
    }
    Ok(now.plus_days(VALID_DAYS))
}

fn is_metadata(document: &str) -> Option<bool> {
    let mut reader = Reader::from_str(document);
    let (mut path, mut is_provider, mut has_root) = (Vec::<String>::new(), false, false);
    loop {
        let (name, is_empty) = match reader.read_event().ok()? {
            Event::Start(element) => (name_of(&element)?, false),
            Event::Empty(element) => (name_of(&element)?, true),
            // Beside the root there are comments and blanks alone.
            Event::Text(text) if path.is_empty() && !text.trim().is_empty() => return Some(false),
            Event::CData(_) | Event::GeneralRef(_) if path.is_empty() => return Some(false),
            Event::End(_) => {
                path.pop()?;
                continue;
            }
            // A document type could define entities. No provider needs one.
            Event::DocType(_) => return Some(false),
            Event::Eof => return Some(has_root && path.is_empty() && is_provider),
            _ => continue,
        };
        match path.len() {
            0 if has_root || name != "EntityDescriptor" => return Some(false),
            0 => has_root = true,
            1 if name == "IDPSSODescriptor" => is_provider = true,
            DEPTH_MAX => return Some(false),
            _ => {}
        }
        if !is_empty {
            path.push(name);
        }
    }
}

/// The name of an element without its prefix. None if an attribute is malformed or given twice.
fn name_of(element: &BytesStart<'_>) -> Option<String> {
    element.attributes().all(|attribute| attribute.is_ok()).then(|| element.local_name().into_inner().to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn the_root_describes_an_entity_that_provides_identities() {
        for document in [
            "<EntityDescriptor><IDPSSODescriptor/></EntityDescriptor>",
            r#"<?xml version="1.0"?><md:EntityDescriptor xmlns:md="urn:x"><md:IDPSSODescriptor><a/></md:IDPSSODescriptor></md:EntityDescriptor>"#,
        ] {
            assert!(check(document, Timestamp(0)).is_ok(), "{document}");
        }
        for document in [
            "",
            "text",
            "<EntityDescriptor/>",
            "<EntityDescriptor><IDPSSODescriptor/>",
            "<EntityDescriptor><a><IDPSSODescriptor/></a></EntityDescriptor>",
            "<EntityDescriptor><IDPSSODescriptor/></EntityDescriptor><EntityDescriptor/>",
            "<!DOCTYPE x [<!ENTITY y 'z'>]><EntityDescriptor><IDPSSODescriptor/></EntityDescriptor>",
            "<EntityDescriptor><IDPSSODescriptor></EntityDescriptor></IDPSSODescriptor>",
            "x<EntityDescriptor><IDPSSODescriptor/></EntityDescriptor>",
            "<EntityDescriptor><IDPSSODescriptor/></EntityDescriptor>x",
            "<EntityDescriptor a='1' a='2'><IDPSSODescriptor/></EntityDescriptor>",
            "<EntityDescriptor a><IDPSSODescriptor/></EntityDescriptor>",
        ] {
            assert!(check(document, Timestamp(0)).is_err(), "{document}");
        }
        let deep = format!("<EntityDescriptor><IDPSSODescriptor/>{}", "<a>".repeat(100_000));
        assert!(check(&deep, Timestamp(0)).is_err());
    }
}
