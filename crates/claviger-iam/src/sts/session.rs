//! The parameters that a caller gives a new session: policies, tags, a source identity, a duration (reference: AWS STS,
//! AssumeRole; IAM User Guide, "Pass session tags").

use claviger_model::common_error;
use claviger_model::sts::{PolicyDescriptorType, Tag, error};
use claviger_policy::{Policy, PolicyKind};
use claviger_types::{Caller, CallerKind};

use crate::iam::documents;
use crate::iam::tags::{self, DUPLICATE};
use claviger_core::error::Error;
use claviger_core::tags::{is_reserved, same_key};

/// Characters of an inline session policy, white space apart.
const POLICY_MAX: usize = 2048;

/// Managed session policies.
const POLICY_ARNS_MAX: usize = 10;

/// Bytes that policies and tags have together in a token. With the rest of it and in base64 that stays below the 8 KiB that
/// one header line may have here and at most proxies.
const PACKED_BYTES_MAX: usize = 4096;

/// How long a session lasts when the caller does not say, in seconds.
const SECS_DEFAULT: i64 = 3600;

/// How long a session can last whose caller is itself a role's session, in seconds.
const SECS_MAX_CHAINED: i64 = 3600;

/// What a request says about the session that it asks for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asked<'a> {
    /// `DurationSeconds`
    pub(crate) duration_seconds: Option<i32>,
    /// `Policy`
    pub(crate) policy: Option<&'a str>,
    /// `PolicyArns`
    pub(crate) policy_arns: Option<&'a [PolicyDescriptorType]>,
    /// `Tags`
    pub(crate) tags: &'a [Tag],
    /// `TransitiveTagKeys`
    pub(crate) transitive_tag_keys: &'a [String],
    /// `SourceIdentity`
    pub(crate) source_identity: Option<&'a str>,
    /// Bytes that the session's token holds besides.
    pub(crate) further_bytes: usize,
}

/// The session of a request, after every check that needs no role.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// How long it shall last, in seconds.
    pub(crate) secs: i64,
    /// The inline policy's text, if there is one, and then the ARNs of managed ones.
    pub(crate) policies: Vec<String>,
    /// Tags: those that the calling session hands on, then the request's own.
    pub(crate) tags: Vec<(String, String)>,
    /// The keys of those that this session hands on in turn.
    pub(crate) transitive_tags: Vec<String>,
    /// The source identity, given now or at the beginning of the chain.
    pub(crate) source_identity: Option<String>,
    /// How much of the room for policies and tags is taken, in percent; none if the request brought neither.
    pub(crate) packed_percent: Option<i32>,
}

impl Plan {
    /// Checks a request.
    pub(crate) fn of(input: &Asked<'_>, caller: &Caller) -> Result<Plan, Error> {
        let policies = policies(input)?;
        let (tags, transitive_tags) = session_tags(input, caller)?;
        let brings = !policies.is_empty() || !input.tags.is_empty();
        let percent = packed_percent(&policies, &tags, input.further_bytes)?;
        Ok(Plan {
            secs: duration(input.duration_seconds, caller)?,
            policies,
            tags,
            transitive_tags,
            source_identity: source_identity(input, caller)?,
            packed_percent: brings.then_some(percent),
        })
    }
}

fn duration(asked: Option<i32>, caller: &Caller) -> Result<i64, Error> {
    let secs = asked.map_or(SECS_DEFAULT, i64::from);
    let chained = matches!(caller.kind, CallerKind::RoleSession { .. });
    if chained && secs > SECS_MAX_CHAINED {
        let text = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";
        return Err(Error::Validation(text.to_owned()));
    }
    Ok(secs)
}

fn policies(input: &Asked<'_>) -> Result<Vec<String>, Error> {
    let mut policies = Vec::new();
    if let Some(text) = input.policy {
        Policy::parse(text, PolicyKind::Session).map_err(documents::malformed)?;
        let size = documents::size(text);
        if size > POLICY_MAX {
            return Err(too_large(percent(size, POLICY_MAX)));
        }
        policies.push(text.to_owned());
    }
    let arns = input.policy_arns.unwrap_or_default();
    if arns.len() > POLICY_ARNS_MAX {
        let text = "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have \
                    length less than or equal to 10";
        return Err(Error::Validation(text.to_owned()));
    }
    policies.extend(arns.iter().filter_map(|PolicyDescriptorType { arn }| arn.clone()));
    Ok(policies)
}

type Tags = Vec<(String, String)>;

fn session_tags(input: &Asked<'_>, caller: &Caller) -> Result<(Tags, Vec<String>), Error> {
    let (asked, asked_transitive) = (input.tags, input.transitive_tag_keys);
    let (mut tags, mut transitive) = inherited(caller);
    let refuse = |text: &str| Err(Error::new(common_error::INVALID_PARAMETER_VALUE, text));
    if tags::has_duplicates(asked.iter().map(|t| t.key.as_str()))
        || tags::has_duplicates(asked_transitive.iter().map(String::as_str))
    {
        return refuse(DUPLICATE);
    }
    if asked.iter().any(|t| is_reserved(&t.key)) {
        return refuse("Tag keys that begin with aws: are reserved.");
    }
    let is_asked = |key: &str| asked.iter().any(|t| same_key(&t.key, key));
    if !asked_transitive.iter().all(|key| is_asked(key)) {
        return refuse("The specified transitive tag key must be included in the requested tags.");
    }
    if tags.iter().any(|(key, _)| is_asked(key)) {
        return refuse(
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from \
             the calling session.",
        );
    }
    tags.extend(asked.iter().map(|t| (t.key.clone(), t.value.clone())));
    transitive.extend_from_slice(asked_transitive);
    Ok((tags, transitive))
}

/// The tags that the calling session hands on, and their keys.
fn inherited(caller: &Caller) -> (Tags, Vec<String>) {
    let Some(session) = &caller.session else { return (Vec::new(), Vec::new()) };
    let keys = session.transitive_tags.clone();
    let handed_on = session.tags.iter().filter(|(key, _)| keys.iter().any(|k| same_key(k, key)));
    (handed_on.cloned().collect(), keys)
}

fn source_identity(input: &Asked<'_>, caller: &Caller) -> Result<Option<String>, Error> {
    let present = caller.session.as_ref().and_then(|s| s.source_identity.as_deref());
    match (present, input.source_identity) {
        (Some(present), Some(asked)) if present != asked => Err(Error::Denied(
            "The source identity of a session cannot be changed by assuming another role.".to_owned(),
        )),
        (present, asked) => Ok(present.or(asked).map(str::to_owned)),
    }
}

fn packed_percent(policies: &[String], tags: &Tags, further: usize) -> Result<i32, Error> {
    let of_policies = policies.iter().map(String::len).sum::<usize>();
    let bytes = of_policies + tags.iter().map(|(k, v)| k.len() + v.len()).sum::<usize>() + further;
    let taken = percent(bytes, PACKED_BYTES_MAX);
    if bytes > PACKED_BYTES_MAX { Err(too_large(taken)) } else { Ok(taken) }
}

fn percent(part: usize, whole: usize) -> i32 {
    i32::try_from(part.saturating_mul(100).div_ceil(whole)).unwrap_or(i32::MAX)
}

fn too_large(percent: i32) -> Error {
    let text = format!("Packed policy consumes {percent}% of allotted space, please use smaller policy.");
    Error::new(error::PACKED_POLICY_TOO_LARGE_EXCEPTION, text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_model::sts::AssumeRoleRequest;
    use claviger_types::{AccountId, SessionContext, Timestamp};

    use super::*;

    fn user() -> Caller {
        let kind = CallerKind::User { path: "/".into(), name: "ana".into(), id: "AIDA".into() };
        Caller { account: AccountId::dev(), kind, access_key_id: "AKIA".into(), session: None }
    }

    fn chained() -> Caller {
        let kind =
            CallerKind::RoleSession { path: "/".into(), role: "r".into(), role_id: "AROA".into(), session: "s".into() };
        let session = SessionContext {
            issued: Timestamp(0),
            expires: Timestamp(1),
            policies: vec![],
            tags: vec![("Team".into(), "a".into()), ("own".into(), "b".into())],
            transitive_tags: vec!["team".into()],
            source_identity: Some("ana".into()),
            federation: None,
        };
        Caller { kind, session: Some(session), ..user() }
    }

    fn tag(key: &str) -> Tag {
        Tag { key: key.into(), value: "v".into() }
    }

    fn tagged(keys: &[&str], transitive: &[&str]) -> AssumeRoleRequest {
        AssumeRoleRequest {
            tags: Some(keys.iter().map(|k| tag(k)).collect()),
            transitive_tag_keys: Some(transitive.iter().map(|k| (*k).to_owned()).collect()),
            ..AssumeRoleRequest::default()
        }
    }

    fn plan_of(input: &AssumeRoleRequest, caller: &Caller) -> Result<Plan, Error> {
        Plan::of(&Asked::from(input), caller)
    }

    fn refusal(input: &AssumeRoleRequest, caller: &Caller) -> (String, String) {
        match plan_of(input, caller) {
            Err(Error::Service { info, message }) => (info.code.to_owned(), message.unwrap_or_default()),
            Err(Error::Validation(text)) => ("ValidationError".to_owned(), text),
            Err(Error::Denied(text)) => ("AccessDenied".to_owned(), text),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_plain_request_asks_for_nothing() {
        let plan = plan_of(&AssumeRoleRequest::default(), &user()).unwrap();
        assert_eq!((plan.secs, plan.packed_percent), (3600, None));
        assert!(plan.policies.is_empty() && plan.tags.is_empty() && plan.source_identity.is_none());
    }

    #[test]
    fn chains_last_an_hour_and_hand_on_what_is_transitive() {
        let long = AssumeRoleRequest { duration_seconds: Some(3601), ..AssumeRoleRequest::default() };
        assert_eq!(plan_of(&long, &user()).unwrap().secs, 3601);
        assert_eq!(
            refusal(&long, &chained()).1,
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
        );
        let plan = plan_of(&tagged(&["more"], &["more"]), &chained()).unwrap();
        assert_eq!(plan.tags, [("Team".to_owned(), "a".to_owned()), ("more".to_owned(), "v".to_owned())]);
        assert_eq!(plan.transitive_tags, ["team", "more"]);
        assert_eq!(plan.source_identity.as_deref(), Some("ana"));
    }

    #[test]
    fn tags_are_refused_in_aws_words() {
        let code = "InvalidParameterValue".to_owned();
        assert_eq!(refusal(&tagged(&["a", "A"], &[]), &user()), (code.clone(), DUPLICATE.to_owned()));
        assert_eq!(
            refusal(&tagged(&["a"], &["b"]), &user()),
            (code.clone(), "The specified transitive tag key must be included in the requested tags.".to_owned())
        );
        assert_eq!(
            refusal(&tagged(&["TEAM"], &["TEAM"]), &chained()),
            (
                code,
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key \
                 from the calling session."
                    .to_owned()
            )
        );
    }

    #[test]
    fn a_source_identity_stays() {
        let asked =
            |name: &str| AssumeRoleRequest { source_identity: Some(name.to_owned()), ..AssumeRoleRequest::default() };
        assert_eq!(plan_of(&asked("bea"), &user()).unwrap().source_identity.as_deref(), Some("bea"));
        assert_eq!(plan_of(&asked("ana"), &chained()).unwrap().source_identity.as_deref(), Some("ana"));
        assert_eq!(refusal(&asked("bea"), &chained()).0, "AccessDenied");
    }

    #[test]
    fn session_policies_have_limits() {
        let with = |policy: &str| AssumeRoleRequest { policy: Some(policy.to_owned()), ..AssumeRoleRequest::default() };
        let policy = |key: &str| {
            format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"kms:*","Resource":"arn:aws:kms:*:*:key/{key}"}}]}}"#
            )
        };
        let plan = plan_of(&with(&policy("a")), &user()).unwrap();
        assert_eq!(plan.policies, [policy("a")]);
        assert_eq!(plan.packed_percent, Some(3));
        assert_eq!(refusal(&with("{"), &user()).0, "MalformedPolicyDocument");
        assert_eq!(refusal(&with(&policy(&"a".repeat(2048))), &user()).0, "PackedPolicyTooLarge");
        let arn = |n: usize| PolicyDescriptorType { arn: Some(format!("arn:aws:iam::111122223333:policy/p{n}")) };
        let many = |count: usize| AssumeRoleRequest {
            policy_arns: Some((0..count).map(arn).collect()),
            ..AssumeRoleRequest::default()
        };
        assert_eq!(plan_of(&many(10), &user()).unwrap().policies.len(), 10);
        assert_eq!(refusal(&many(11), &user()).0, "ValidationError");
    }

    #[test]
    fn policies_and_tags_share_their_room() {
        let wide = |count: usize| AssumeRoleRequest {
            tags: Some((0..count).map(|n| Tag { key: format!("{n:0128}"), value: "v".repeat(256) }).collect()),
            ..AssumeRoleRequest::default()
        };
        assert_eq!(plan_of(&wide(10), &user()).unwrap().packed_percent, Some(94));
        let (code, text) = refusal(&wide(11), &user());
        assert_eq!(code, "PackedPolicyTooLarge");
        assert_eq!(text, "Packed policy consumes 104% of allotted space, please use smaller policy.");
    }
}
