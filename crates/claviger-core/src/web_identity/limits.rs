//! The bounds of what a token says about its subject: those that the model has for the same values in a request of AssumeRole, and AWS's for
//! subjects.

use claviger_types::WebIdentity;

const SUBJECT_MAX: usize = 255;
const AUDIENCE_MAX: usize = 255;
const TAGS_MAX: usize = 50;
const TAG_KEY_MAX: usize = 128;
const TAG_VALUE_MAX: usize = 256;
/// Methods of authentication (`amr`), and the characters of each.
const METHODS_MAX: usize = 10;
const METHOD_MAX: usize = 128;

/// Whether all of it is within the bounds.
pub(super) fn are_kept(identity: &WebIdentity) -> bool {
    let WebIdentity { subject, audience, keys, tags, transitive_tags, source_identity, .. } = identity;
    is_text(subject, 1, SUBJECT_MAX)
        && is_text(audience, 1, AUDIENCE_MAX)
        && keys.iter().all(|(_, values)| {
            values.len() <= METHODS_MAX && values.iter().all(|value| is_text(value, 1, METHOD_MAX.max(SUBJECT_MAX)))
        })
        && tags.len() <= TAGS_MAX
        && tags.iter().all(|(key, value)| is_tag(key, 1, TAG_KEY_MAX) && is_tag(value, 0, TAG_VALUE_MAX))
        && transitive_tags.len() <= TAGS_MAX
        && transitive_tags.iter().all(|key| is_tag(key, 1, TAG_KEY_MAX))
        && source_identity.as_deref().is_none_or(is_source_identity)
}

/// Text without control characters.
fn is_text(text: &str, min: usize, max: usize) -> bool {
    (min..=max).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// `[\p{L}\p{Z}\p{N}_.:/=+\-@]*`
fn is_tag(text: &str, min: usize, max: usize) -> bool {
    let fits = |c: char| c.is_alphanumeric() || (c.is_whitespace() && !c.is_control()) || "_.:/=+-@".contains(c);
    (min..=max).contains(&text.chars().count()) && text.chars().all(fits)
}

/// `[\w+=,.@-]*`, of 2 to 64 characters, and none of AWS's own.
fn is_source_identity(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    (2..=64).contains(&text.len()) && text.chars().all(fits) && !text.to_ascii_lowercase().starts_with("aws:")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> WebIdentity {
        WebIdentity {
            provider: "arn:aws:iam::111122223333:oidc-provider/issuer.example".to_owned(),
            subject: "system:serviceaccount:shop:cart".to_owned(),
            audience: "sts.amazonaws.com".to_owned(),
            keys: vec![("issuer.example:amr".to_owned(), vec!["pwd".to_owned()])],
            tags: vec![("team".to_owned(), "blue 7".to_owned())],
            transitive_tags: vec!["team".to_owned()],
            source_identity: Some("ana@example.com".to_owned()),
        }
    }

    #[test]
    fn values_are_bounded_as_in_a_request() {
        assert!(are_kept(&identity()));
        let refused = |change: fn(&mut WebIdentity)| {
            let mut changed = identity();
            change(&mut changed);
            !are_kept(&changed)
        };
        assert!(refused(|i| i.subject = String::new()));
        assert!(refused(|i| i.subject = "s".repeat(256)));
        assert!(refused(|i| i.subject = "a\u{1b}b".to_owned()));
        assert!(refused(|i| i.source_identity = Some("a".to_owned())));
        assert!(refused(|i| i.source_identity = Some("aws:root".to_owned())));
        assert!(refused(|i| i.source_identity = Some("a b".to_owned())));
        assert!(refused(|i| i.source_identity = Some("a".repeat(65))));
        assert!(refused(|i| i.tags = vec![(String::new(), "v".to_owned())]));
        assert!(refused(|i| i.tags = vec![("k".repeat(129), String::new())]));
        assert!(refused(|i| i.tags = vec![("k".to_owned(), "<bad>\n".to_owned())]));
        assert!(refused(|i| i.tags = (0..51).map(|n| (n.to_string(), String::new())).collect()));
        assert!(refused(|i| i.transitive_tags = vec!["k\n".to_owned()]));
        assert!(refused(|i| i.keys = vec![("issuer.example:amr".to_owned(), vec!["x".repeat(256)])]));
        assert!(refused(|i| i.keys = vec![("issuer.example:amr".to_owned(), vec!["x".to_owned(); 11])]));
    }
}
