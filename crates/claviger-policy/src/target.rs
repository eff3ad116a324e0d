//! The targets of a statement: patterns of actions and of resources.

use std::cell::OnceCell;
use std::cmp::Ordering;

use claviger_types::Arn;

use crate::context::ConditionKeys;
use crate::glob::{self, Atom};
use crate::literals::Literals;
use crate::malformed::{Fault, IAM_PATHS};
use crate::variables::{Reading, Template, Unresolved};

/// `kms:Decrypt`, `kms:*`, `*`. Without regard to case.
#[derive(Debug, Clone)]
pub(crate) struct ActionPattern {
    /// What stands before the first wildcard, in lower case.
    literal: Box<str>,
    /// The rest, in lower case.
    rest: Box<[Atom]>,
}

impl ActionPattern {
    pub(crate) fn compile(text: &str) -> Result<ActionPattern, Fault> {
        let mut parts = text.split(':');
        match (parts.next().unwrap_or_default(), parts.next(), parts.next()) {
            ("*", None, _) => {}
            (_, None, _) => return Err(Fault::VendorMissing),
            (_, Some(_), Some(_)) => return Err(Fault::ActionColons),
            (vendor, Some(_), None) if vendor != "*" && !is_vendor(vendor) => {
                return Err(Fault::VendorInvalid(vendor.to_owned()));
            }
            _ => {}
        }
        let text = text.to_ascii_lowercase();
        let (literal, rest) = text.split_at_checked(text.find(['*', '?']).unwrap_or(text.len())).unwrap_or((&text, ""));
        Ok(ActionPattern { literal: literal.into(), rest: glob::compile(rest).into() })
    }

    /// The service whose actions alone it can match, in lower case. `None` for those of any service.
    pub(crate) fn service(&self) -> Option<&str> {
        // A service is spelled out, or is `*`.
        self.literal.split_once(':').map(|(service, _)| service)
    }

    /// The one action that it matches, in lower case. `None` if it has wildcards.
    pub(crate) fn spelled_out(&self) -> Option<&str> {
        self.rest.is_empty().then_some(&self.literal)
    }

    /// An action of a service that it matches, in lower case, with a filler for each `*` and a character for each `?`. `None` if it
    /// matches no action of the service.
    pub(crate) fn instance(&self, service: &str, filler: &str, one: char) -> Option<String> {
        let (mut action, rest) = match self.literal.split_once(':') {
            Some((own, _)) if own != service => return None,
            Some(_) => (self.literal.to_string(), &self.rest[..]),
            // `*` or `*:...`.
            None => {
                let colon = self.rest.iter().position(|atom| *atom == Atom::Char(':')).map_or(0, |colon| colon + 1);
                (format!("{service}:"), self.rest.get(colon..).unwrap_or_default())
            }
        };
        for atom in rest {
            match atom {
                Atom::Char(c) => action.push(*c),
                Atom::AnyOne => action.push(one),
                Atom::AnyMany => action.push_str(filler),
            }
        }
        Some(action)
    }

    /// How many characters it asks for exactly by `?`.
    pub(crate) fn single_wildcards(&self) -> usize {
        self.rest.iter().filter(|atom| **atom == Atom::AnyOne).count()
    }

    pub(crate) fn matches(&self, action: &str) -> bool {
        self.behind_literal(action)
            .is_some_and(|rest| glob::matches_folded(&self.rest, rest, |c| c.to_ascii_lowercase()))
    }

    /// The most steps that a comparison with an action takes.
    pub(crate) fn steps(&self, action: &str) -> u64 {
        let steps = self.behind_literal(action).map_or(0, |rest| rest.len().saturating_mul(self.rest.len()));
        u64::try_from(steps).unwrap_or(u64::MAX).saturating_add(1)
    }

    /// What stands in an action behind the text before the first wildcard. `None` if the action does not begin with that text.
    fn behind_literal<'t>(&self, action: &'t str) -> Option<&'t str> {
        let (begin, rest) = action.split_at_checked(self.literal.len())?;
        begin.eq_ignore_ascii_case(&self.literal).then_some(rest)
    }
}

fn is_vendor(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

/// The resource of a request. It is split at the first pattern that is an ARN, once for all patterns: many policies have none.
pub(crate) struct Resource<'a> {
    text: &'a str,
    /// `None` for `*` and for a text that is not an ARN.
    arn: OnceCell<Option<ResourceArn<'a>>>,
}

struct ResourceArn<'a> {
    partition: &'a str,
    service: &'a str,
    after_service: &'a str,
    /// How many colons are in `after_service`.
    colons: usize,
    /// What stands behind the last of them.
    last_part: &'a str,
}

impl<'a> Resource<'a> {
    pub(crate) fn new(text: &'a str) -> Resource<'a> {
        Resource { text, arn: OnceCell::new() }
    }

    fn arn(&self) -> Option<&ResourceArn<'a>> {
        let split = |arn: Arn<'a>| {
            let after_service = self.text.splitn(4, ':').nth(3).unwrap_or_default();
            let last_part = after_service.rsplit(':').next().unwrap_or_default();
            let colons = after_service.matches(':').count();
            ResourceArn { partition: arn.partition, service: arn.service, after_service, colons, last_part }
        };
        self.arn.get_or_init(|| Arn::parse(self.text).ok().map(split)).as_ref()
    }
}

/// The partitions of AWS.
const PARTITIONS: [&str; 8] =
    ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];

/// `*`, or an ARN with wildcards. With regard to case.
#[derive(Debug, Clone)]
pub(crate) enum ResourcePattern {
    /// Every resource, and calls that have none.
    Any,
    /// Resources of one service.
    Arn {
        /// None for any.
        partition: Option<&'static str>,
        /// Always spelled out.
        service: String,
        /// Everything behind the third colon. A wildcard in it also matches colons.
        rest: Template,
        /// The same, where it has neither variables nor a `?`.
        literals: Option<Literals>,
        /// The beginning of its last part, where it has no variables.
        last_part: Option<LastPart>,
    },
}

/// What a pattern spells out behind its last colon. Policies name many resources of one kind, which differ only there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LastPart {
    /// How many colons the pattern spells out.
    colons: usize,
    /// What stands behind the last of them, up to a wildcard.
    begin: Box<str>,
}

impl LastPart {
    fn of(pattern: &[Atom]) -> LastPart {
        let is_colon = |atom: &&Atom| **atom == Atom::Char(':');
        let last = pattern.rsplit(|atom| *atom == Atom::Char(':')).next().unwrap_or_default();
        let spelled_out = last.iter().map_while(|atom| match atom {
            Atom::Char(c) => Some(*c),
            Atom::AnyOne | Atom::AnyMany => None,
        });
        LastPart { colons: pattern.iter().filter(is_colon).count(), begin: spelled_out.collect::<String>().into() }
    }

    /// Whether the whole pattern could match. Each of its colons takes one of the text, in order. If the text has no others, the last ones
    /// are at the same place, and so are the last parts.
    fn could_match(&self, arn: &ResourceArn<'_>) -> bool {
        match self.colons.cmp(&arn.colons) {
            Ordering::Less => true,
            Ordering::Equal => arn.last_part.starts_with(&*self.begin),
            Ordering::Greater => false,
        }
    }
}

impl ResourcePattern {
    /// `variables` is whether the document's version has them.
    pub(crate) fn compile(text: &str, variables: bool) -> Result<ResourcePattern, Fault> {
        if text == "*" {
            return Ok(ResourcePattern::Any);
        }
        let format = || Fault::ResourceFormat(text.to_owned());
        let (prefix, named) = text.split_once(':').ok_or_else(format)?;
        let (partition, after) =
            named.split_once(':').map_or((named, None), |(partition, after)| (partition, Some(after)));
        let known = PARTITIONS.into_iter().find(|known| *known == partition);
        if partition != "*" && known.is_none() {
            return Err(Fault::Partition {
                partition: partition.to_owned(),
                after: after.unwrap_or_default().to_owned(),
            });
        }
        if prefix != "arn" {
            return Err(format());
        }
        let after = after.ok_or(Fault::ResourceVendor)?;
        let (service, rest) = after.split_once(':').unwrap_or((after, ""));
        if !is_vendor(service) {
            return Err(Fault::ResourceVendor);
        }
        let (region, path) =
            (rest.split(':').next().unwrap_or_default(), rest.splitn(3, ':').nth(2).unwrap_or_default());
        match service {
            "iam" if !region.is_empty() => return Err(Fault::IamRegion(text.to_owned())),
            "iam" if path != "*" && !IAM_PATHS.iter().any(|begin| path.starts_with(begin)) => {
                return Err(Fault::IamPath);
            }
            "s3" if !region.is_empty() && !path.starts_with("accesspoint/") => {
                return Err(Fault::S3Region(text.to_owned()));
            }
            _ => {}
        }
        if service.is_empty() || text.contains("::") && text.matches(':').count() < 5 {
            return Err(Fault::LegacyParsing);
        }
        let rest = rest_template(rest, variables)?;
        let literals = rest.fixed().and_then(Literals::of);
        let last_part = rest.fixed().map(LastPart::of);
        Ok(ResourcePattern::Arn { partition: known, service: service.to_owned(), rest, literals, last_part })
    }

    /// Whether what it matches depends on the request.
    pub(crate) fn has_variables(&self) -> bool {
        matches!(self, ResourcePattern::Arn { rest, .. } if rest.variables().next().is_some())
    }

    /// Whether the resource matches; `Err` if a variable of the pattern has no value for this request.
    pub(crate) fn matches(&self, resource: &Resource<'_>, context: &dyn ConditionKeys) -> Result<bool, Unresolved> {
        let ResourcePattern::Arn { partition, service, rest, literals, last_part } = self else { return Ok(true) };
        let Some(arn) = resource.arn() else { return Ok(false) };
        if arn.service != service || partition.is_some_and(|partition| partition != arn.partition) {
            return Ok(false);
        }
        if last_part.as_ref().is_some_and(|last_part| !last_part.could_match(arn)) {
            return Ok(false);
        }
        match literals {
            Some(literals) => Ok(literals.matches(arn.after_service)),
            None => Ok(glob::matches(&rest.pattern(context)?, arn.after_service)),
        }
    }
}

/// Variables are allowed only behind the fifth colon: the parts before it name the owner of the resource.
fn rest_template(rest: &str, variables: bool) -> Result<Template, Fault> {
    if let Some((before, _)) = rest.split_once("${").filter(|_| variables)
        && before.matches(':').count() < 2
    {
        return Err(Fault::syntax("a policy variable stands before the fifth colon of a resource"));
    }
    Template::compile(rest, Reading { wildcards: true, variables })
        .map_err(|_| Fault::syntax(format!("`{rest}` has a policy variable that cannot be read")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::context::Context;

    #[test]
    fn actions() {
        let check = |pattern: &str, action: &str, expected: bool| {
            let pattern = ActionPattern::compile(pattern).unwrap();
            assert_eq!(pattern.matches(action), expected, "{pattern:?} {action}");
        };
        check("*", "kms:Decrypt", true);
        check("*:*", "kms:Decrypt", true);
        check("kms:*", "kms:Decrypt", true);
        check("KMS:dECRYPT", "kms:Decrypt", true);
        check("kms:De*", "kms:DescribeKey", true);
        check("kms:De*", "kms:Encrypt", false);
        check("kms:?ecrypt", "kms:Decrypt", true);
        check("kms:?ecrypt", "kms:Reecrypt", false);
        check("kms:*Key*", "kms:GenerateDataKeyPair", true);
        check("km:*", "kms:Decrypt", false);
        check("kms:", "kms:Decrypt", false);
        check("secretsmanager:*", "kms:Decrypt", false);
        check("kms:Decrypt", "kms:DecryptX", false);
        check("kms:Decrypt*", "kms:Decrypt", true);
        check("kms:É*", "kms:É", true);
        check("kms:É*", "kms:", false);
        check("kms:a", "kms:É", false);
    }

    #[test]
    fn services_of_actions() {
        let check = |pattern: &str, service: Option<&str>| {
            assert_eq!(ActionPattern::compile(pattern).unwrap().service(), service, "{pattern}");
        };
        check("*", None);
        check("*:Get*", None);
        check("KMS:*", Some("kms"));
        check("kms:Decrypt", Some("kms"));
        check(":x", Some(""));
    }

    #[test]
    fn actions_refused() {
        let check = |text: &str, fault: Fault| assert_eq!(ActionPattern::compile(text).unwrap_err(), fault, "{text}");
        check("Decrypt", Fault::VendorMissing);
        check("", Fault::VendorMissing);
        check("**", Fault::VendorMissing);
        check("kms:a:b", Fault::ActionColons);
        check("k*:Decrypt", Fault::VendorInvalid("k*".into()));
        check("k ms:Decrypt", Fault::VendorInvalid("k ms".into()));
    }

    #[test]
    fn resources() {
        let mut context = Context::new();
        context.set("aws:username", "ana");
        let check = |pattern: &str, resource: &str, expected: bool| {
            let matched = ResourcePattern::compile(pattern, true).unwrap().matches(&Resource::new(resource), &context);
            assert_eq!(matched, Ok(expected), "{pattern} {resource}");
        };
        let key = "arn:aws:kms:eu-west-1:111122223333:key/ab-12";
        let secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:home/ana/db-AbCdEf";
        check("*", key, true);
        check("*", "*", true);
        check(key, key, true);
        check(key, "*", false);
        check("arn:aws:kms:*", key, true);
        check("arn:*:kms:*", key, true);
        check("arn:aws-cn:kms:*", key, false);
        check("arn:aws:kms:*:*:key/*", key, true);
        check("arn:aws:kms:*:*:Key/*", key, false);
        check("arn:aws:kms:eu-*-1:111122223333:key/ab-??", key, true);
        check("arn:aws:kms:eu-west-1:111122223333:key/ab-?", key, false);
        check("arn:aws:kms:eu-west-1:444455556666:key/*", key, false);
        check("arn:aws:kms:eu-west-1", key, false);
        check("arn:aws:secretsmanager:*", key, false);
        check("arn:aws:secretsmanager:eu-west-1:*", secret, true);
        check("arn:aws:secretsmanager:*:*:secret:home/ana/db-??????", secret, true);
        check("arn:aws:secretsmanager:*:*:secret:home/${aws:username}/*", secret, true);
        check("arn:aws:secretsmanager:*:*:secret:home/${aws:username}", secret, false);
        check("arn:aws:KMS:*", key, false);
        let missing = ResourcePattern::compile("arn:aws:kms:*:*:key/${aws:none}", true).unwrap();
        assert_eq!(missing.matches(&Resource::new(key), &context), Err(Unresolved::Missing));
        // Another service's resource does not fit, whatever the variable would say.
        assert_eq!(missing.matches(&Resource::new(secret), &context), Ok(false));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        /// Looking at the last part first changes nothing.
        #[test]
        fn resources_match_as_the_glob_of_the_whole(pattern in "[a:*?/]{0,9}", text in "a{0,2}:a{0,2}:[a:/]{1,6}") {
            let (pattern, text) = (format!("arn:aws:kms:{pattern}"), format!("arn:aws:kms:{text}"));
            let Ok(compiled) = ResourcePattern::compile(&pattern, true) else { return Ok(()) };
            let resource = Resource::new(&text);
            prop_assume!(resource.arn().is_some());
            let expected = glob::matches(&glob::compile(&pattern), &text);
            prop_assert_eq!(compiled.matches(&resource, &Context::new()), Ok(expected), "{} on {}", pattern, text);
        }
    }

    #[test]
    fn resources_refused() {
        let check = |text: &str, fault: Fault| {
            assert_eq!(ResourcePattern::compile(text, true).unwrap_err(), fault, "{text}");
        };
        check("key", Fault::ResourceFormat("key".into()));
        check("**", Fault::ResourceFormat("**".into()));
        check("a:b:c:d:e:f", Fault::Partition { partition: "b".into(), after: "c:d:e:f".into() });
        check("a:aws:c:d:e:f", Fault::ResourceFormat("a:aws:c:d:e:f".into()));
        check("arn:aws", Fault::ResourceVendor);
        check("arn:*", Fault::ResourceVendor);
        check("arn:aws:*", Fault::ResourceVendor);
        check("arn:aws:k*:*", Fault::ResourceVendor);
        check("arn:aws::x:y:z", Fault::LegacyParsing);
        check("arn:aws:s3::b", Fault::LegacyParsing);
        check("arn:azure:kms:*", Fault::Partition { partition: "azure".into(), after: "kms:*".into() });
        let with_region = "arn:aws:iam:eu-west-1:1:user/a";
        check(with_region, Fault::IamRegion(with_region.into()));
        assert!(ResourcePattern::compile("arn:aws:kms:*:${aws:PrincipalAccount}:key/*", true).is_err());
        assert!(ResourcePattern::compile("arn:aws:kms:*:${aws:PrincipalAccount}:key/*", false).is_ok());
        assert!(ResourcePattern::compile("arn:aws:kms:*:*:key/${", true).is_err());
    }
}
