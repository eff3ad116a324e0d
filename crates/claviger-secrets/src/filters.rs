//! ListSecrets' filters (reference: Secrets Manager API, `Filter`; how words are split, as recorded from AWS).
//!
//! Filters are ANDed, the values of one filter ORed, and a value that begins with `!` is negated.

use claviger_model::secretsmanager::Filter as WireFilter;
use claviger_store::secret_orders::{Prefixes, Restriction, SecretAttribute};
use claviger_store::tables::secret_table::SecretRecord;

use claviger_core::error::Error;
use claviger_model::secretsmanager::error;

/// One filter, checked.
#[derive(Debug)]
pub(crate) struct Filter {
    field: Field,
    values: Vec<Wanted>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Name,
    Description,
    Attribute(SecretAttribute),
    OwningService,
    All,
}

#[derive(Debug)]
struct Wanted {
    negated: bool,
    text: String,
}

/// Reads a request's filters.
pub(crate) fn parse(filters: &[WireFilter]) -> Result<Vec<Filter>, Error> {
    filters.iter().map(Filter::parse).collect()
}

/// Whether a secret passes all filters.
pub(crate) fn pass(filters: &[Filter], record: &SecretRecord) -> bool {
    filters
        .iter()
        .all(|filter| filter.values.iter().any(|wanted| wanted.negated != filter.field.matches(record, &wanted.text)))
}

/// What the filters that the store's orders can tell leave. Such a filter asks for beginnings only: a negated value may leave
/// almost every secret.
pub(crate) fn restriction(filters: &[Filter]) -> Restriction {
    let mut restriction = Restriction::default();
    for filter in filters.iter().filter(|filter| filter.values.iter().all(|wanted| !wanted.negated)) {
        let prefixes = || Prefixes::new(filter.values.iter().map(|wanted| wanted.text.as_str()));
        match filter.field {
            Field::Name if restriction.names.is_none() => restriction.names = Some(prefixes()),
            Field::Attribute(attribute) => restriction.attributes.push((attribute, prefixes())),
            _ => {}
        }
    }
    restriction
}

/// Whether no secret at all can pass: no secret here is owned by a service.
pub(crate) fn pass_none(filters: &[Filter]) -> bool {
    let of_service = |filter: &Filter| filter.field == Field::OwningService;
    filters.iter().any(|filter| of_service(filter) && filter.values.iter().all(|wanted| !wanted.negated))
}

impl Filter {
    fn parse(filter: &WireFilter) -> Result<Filter, Error> {
        let invalid = |text: String| Error::new(error::INVALID_PARAMETER_EXCEPTION, text);
        let name = filter.key.as_deref().ok_or_else(|| invalid("Invalid filter key".to_owned()))?;
        let field = match name {
            "name" => Field::Name,
            "description" => Field::Description,
            "tag-key" => Field::Attribute(SecretAttribute::TagKey),
            "tag-value" => Field::Attribute(SecretAttribute::TagValue),
            "primary-region" => Field::Attribute(SecretAttribute::PrimaryRegion),
            "owning-service" => Field::OwningService,
            "all" => Field::All,
            _ => return Err(invalid("Invalid filter key".to_owned())),
        };
        let values = filter.values.as_deref().unwrap_or_default();
        if values.is_empty() {
            return Err(invalid(format!("Invalid filter values for key: {name}")));
        }
        let wanted = |value: &String| match value.strip_prefix('!') {
            Some(text) => Wanted { negated: true, text: text.to_owned() },
            None => Wanted { negated: false, text: value.clone() },
        };
        Ok(Filter { field, values: values.iter().map(wanted).collect() })
    }
}

impl Field {
    fn matches(self, record: &SecretRecord, text: &str) -> bool {
        let tags = || record.tags.iter().flatten();
        match self {
            Field::Name => record.arn.name.starts_with(text),
            Field::Attribute(attribute) => attribute.values(record).iter().any(|value| value.starts_with(text)),
            // No secret here is owned by a service.
            Field::OwningService => false,
            Field::Description => words_match(text, record.description.iter().map(String::as_str)),
            Field::All => {
                let tags = tags().flat_map(|tag| [tag.key.as_str(), tag.value.as_str()]);
                let texts = record.description.iter().map(String::as_str).chain(tags);
                words_match(text, texts.chain([record.arn.name.as_str()]))
            }
        }
    }
}

/// Whether each word of `wanted` is the beginning of some word of the texts, in any case.
fn words_match<'a>(wanted: &str, texts: impl Iterator<Item = &'a str>) -> bool {
    let wanted = words(wanted);
    let found: Vec<String> = texts.flat_map(words).collect();
    !wanted.is_empty() && wanted.iter().all(|word| found.iter().any(|f| f.starts_with(word.as_str())))
}

/// The characters between which names are split.
const SEPARATORS: [char; 7] = ['/', '-', '_', '+', '=', '.', '@'];

/// Splits at white space, then at separators (unless two kinds are mixed), then where the case changes; in lower case.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in text.split_whitespace() {
        let mut separators = SEPARATORS.iter().filter(|s| part.contains(**s));
        match (separators.next(), separators.next()) {
            (Some(_), Some(_)) => words.push(part.to_lowercase()),
            (Some(separator), None) => part.split(*separator).for_each(|piece| split_by_case(piece, &mut words)),
            (None, _) => split_by_case(part, &mut words),
        }
    }
    words
}

/// `someWord` is `some` and `Word`; of a run of capitals before small letters, the last one begins the next word.
fn split_by_case(text: &str, words: &mut Vec<String>) {
    let chars: Vec<char> = text.chars().collect();
    let mut word = String::new();
    let mut before: Option<char> = None;
    for (at, c) in chars.iter().enumerate() {
        let small_follows = chars.get(at + 1).is_some_and(|next| next.is_lowercase());
        let begins =
            c.is_uppercase() && before.is_some_and(|b| b.is_lowercase() || (b.is_uppercase() && small_follows));
        if begins {
            words.push(std::mem::take(&mut word));
        }
        word.extend(c.to_lowercase());
        before = Some(*c);
    }
    if !word.is_empty() {
        words.push(word);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_store::tables::Tag;

    use super::*;
    use crate::testing::{replication, secret};

    fn wire(key: &str, values: &[&str]) -> WireFilter {
        WireFilter { key: Some(key.to_owned()), values: Some(values.iter().map(|v| (*v).to_owned()).collect()) }
    }

    fn check(record: &SecretRecord, key: &str, values: &[&str], expected: bool) {
        let filters = parse(&[wire(key, values)]).unwrap();
        assert_eq!(pass(&filters, record), expected, "{key} {values:?}");
    }

    fn described(text: &str) -> SecretRecord {
        SecretRecord { description: Some(text.to_owned()), ..secret("x") }
    }

    #[test]
    fn names_match_by_prefix_and_case() {
        let record = secret("Prod/db");
        check(&record, "name", &["Prod"], true);
        check(&record, "name", &["prod"], false);
        check(&record, "name", &["db"], false);
        check(&record, "name", &["zzz", "Prod/"], true);
        check(&record, "name", &["!Prod"], false);
        check(&record, "name", &["!Dev"], true);
    }

    #[test]
    fn tags_match_by_prefix_and_case() {
        let tag = |key: &str, value: &str| Tag { key: key.to_owned(), value: value.to_owned() };
        let record = SecretRecord { tags: Some(vec![tag("Team", "blue"), tag("env", "Prod")]), ..secret("x") };
        check(&record, "tag-key", &["Te"], true);
        check(&record, "tag-key", &["te"], false);
        check(&record, "tag-value", &["Pr"], true);
        check(&record, "tag-value", &["rod"], false);
        check(&record, "all", &["team prod"], true);
        check(&record, "all", &["team x blue"], true);
        check(&record, "all", &["team y"], false);
    }

    #[test]
    fn descriptions_match_by_words() {
        check(&described("an secret"), "description", &["a secret"], true);
        check(&described("one and two"), "description", &["one two"], true);
        check(&described("ONE and two"), "description", &["two one"], true);
        check(&described("one and two"), "description", &["one three"], false);
        check(&described("one and two"), "description", &["ne"], false);
        check(&secret("one"), "description", &["one"], false);
        check(&secret("one"), "description", &["!one"], true);
    }

    #[test]
    fn words_are_split_at_one_kind_of_separator_and_at_case() {
        assert_eq!(words("my/secret"), ["my", "secret"]);
        assert_eq!(words("my/secret+value"), ["my/secret+value"]);
        assert_eq!(words("COMPANYthings"), ["compan", "ythings"]);
        assert_eq!(words("someWord other"), ["some", "word", "other"]);
        assert_eq!(words("ALL"), ["all"]);
        assert_eq!(words("/"), Vec::<String>::new());
        check(&secret("my/secret"), "all", &["/"], false);
        check(&secret("my/secret"), "all", &["sec"], true);
    }

    #[test]
    fn primary_regions() {
        let record = SecretRecord { replication: Some(replication("eu-west-1", &[])), ..secret("x") };
        check(&record, "primary-region", &["eu-"], true);
        check(&record, "primary-region", &["us-east-1"], false);
        check(&secret("x"), "primary-region", &["us-east-1"], false);
        check(&secret("x"), "owning-service", &["rds"], false);
    }

    #[test]
    fn filters_are_anded_also_for_one_key() {
        let record = secret("prod/db");
        assert!(pass(&parse(&[wire("name", &["prod"]), wire("all", &["db"])]).unwrap(), &record));
        assert!(!pass(&parse(&[wire("name", &["prod"]), wire("name", &["dev"])]).unwrap(), &record));
    }

    #[test]
    fn filters_of_beginnings_restrict_a_list() {
        let of = |filters: &[WireFilter]| restriction(&parse(filters).unwrap());
        let prefixes = |texts: &[&str]| Prefixes::new(texts.iter().copied());
        let names = |texts: &[&str]| Restriction { names: Some(prefixes(texts)), attributes: Vec::new() };
        assert_eq!(of(&[wire("all", &["x"]), wire("name", &["b", "a"])]), names(&["a", "b"]));
        assert_eq!(of(&[wire("name", &["!a"]), wire("name", &["a", "!b"]), wire("name", &["c"])]), names(&["c"]));
        let none = [wire("name", &["a", "!b"]), wire("description", &["c"]), wire("tag-key", &["!c"])];
        assert!(of(&none).is_none());
        let three = [wire("tag-key", &["a", "b"]), wire("primary-region", &["eu-"]), wire("tag-value", &["c"])];
        let attributes = vec![
            (SecretAttribute::TagKey, prefixes(&["a", "b"])),
            (SecretAttribute::PrimaryRegion, prefixes(&["eu-"])),
            (SecretAttribute::TagValue, prefixes(&["c"])),
        ];
        assert_eq!(of(&three), Restriction { names: None, attributes });
    }

    #[test]
    fn no_secret_is_owned_by_a_service() {
        let none = |filters: &[WireFilter]| pass_none(&parse(filters).unwrap());
        assert!(none(&[wire("name", &["a"]), wire("owning-service", &["rds", "redshift"])]));
        assert!(!none(&[wire("owning-service", &["rds", "!redshift"])]));
        assert!(!none(&[wire("name", &["a"])]));
    }

    #[test]
    fn refusals() {
        let text = |filter: WireFilter| parse(&[filter]).unwrap_err().to_string();
        assert_eq!(text(WireFilter::default()), "InvalidParameterException: Invalid filter key");
        assert_eq!(text(wire("name", &[])), "InvalidParameterException: Invalid filter values for key: name");
    }
}
