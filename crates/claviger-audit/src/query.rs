//! The choice of records.

use claviger_types::Timestamp;

use crate::record::{AuditRecord, entity_name};

/// Chooses the records that pass all its conditions. The default passes every record of a call or an event.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Names of events, `Decrypt` or `kms:Decrypt`, without regard to case. Empty for all.
    pub events: Vec<String>,
    /// A caller: the ARN of a user, role or session, or the name of a user or role.
    pub principal: Option<String>,
    /// A resource: its ARN, the id of a key, an alias, or the name of a secret or of an IAM entity.
    pub resource: Option<String>,
    /// The id of a request.
    pub request: Option<String>,
    /// A code of an error, without regard to case.
    pub error: Option<String>,
    /// Only calls that were refused for lack of a permission.
    pub denied: bool,
    /// The earliest time.
    pub since: Option<Timestamp>,
    /// The time before which they are.
    pub until: Option<Timestamp>,
}

impl Filter {
    /// Whether a record passes. Checkpoints pass only if they are asked for by name.
    pub fn chooses(&self, record: &AuditRecord) -> bool {
        self.has_event(record)
            && self.principal.as_deref().is_none_or(|principal| is_by(record, principal))
            && self.resource.as_deref().is_none_or(|resource| is_about(record, resource))
            && self.request.as_deref().is_none_or(|id| record.request_id() == Some(id))
            && self.error.as_deref().is_none_or(|code| record.error().is_some_and(|e| e.eq_ignore_ascii_case(code)))
            && (!self.denied || record.is_denied())
            && self.is_in_time(record)
    }

    fn has_event(&self, record: &AuditRecord) -> bool {
        if self.events.is_empty() {
            return !record.is_checkpoint();
        }
        self.events.iter().any(|wanted| match wanted.split_once(':') {
            Some((service, name)) => {
                record.service().eq_ignore_ascii_case(service) && record.event().eq_ignore_ascii_case(name)
            }
            None => record.event().eq_ignore_ascii_case(wanted),
        })
    }

    fn is_in_time(&self, record: &AuditRecord) -> bool {
        if self.since.is_none() && self.until.is_none() {
            return true;
        }
        // A record without a time that can be read is rather shown than left out.
        let Some(at) = Timestamp::parse_iso8601(record.time()) else { return true };
        self.since.is_none_or(|since| at >= since) && self.until.is_none_or(|until| at < until)
    }
}

fn is_by(record: &AuditRecord, principal: &str) -> bool {
    let arns = [record.caller_arn(), record.issuer_arn()];
    let is = |arn: &str| arn == principal;
    if principal.starts_with("arn:") {
        return arns.into_iter().flatten().any(is);
    }
    match record.caller_kind() {
        Some("AssumedRole" | "FederatedUser") => record.issuer_arn().is_some_and(|arn| entity_name(arn) == principal),
        Some("IAMUser") => record.caller_arn().is_some_and(|arn| entity_name(arn) == principal),
        Some("Root") => principal == "root",
        _ => record.invoked_by().is_some_and(is),
    }
}

/// Whether a call used a resource. Records of IAM name no resource, and a call that was refused may name none, so the parameters of the
/// request count too: a resource may be asked for by its ARN, and the request may have used its name, or the other way round.
fn is_about(record: &AuditRecord, resource: &str) -> bool {
    let is_here = is_of_place(record, resource);
    record.resources().any(|arn| names(arn, resource))
        || record.requested_names().any(|name| names(name, resource) || is_here && names(resource, name))
}

/// Whether an ARN is of the Region and the account of a record: a name in its request is one of there.
fn is_of_place(record: &AuditRecord, arn: &str) -> bool {
    let mut parts = arn.splitn(6, ':').skip(3);
    let (region, account) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    (region.is_empty() || region == record.region()) && record.account().is_none_or(|own| own == account)
}

/// Whether a text names the resource of an ARN, or is the same text.
fn names(arn: &str, text: &str) -> bool {
    if arn == text {
        return true;
    }
    if !arn.starts_with("arn:") || text.starts_with("arn:") {
        return false;
    }
    let mut parts = arn.splitn(6, ':').skip(2);
    let (Some(service), Some(resource)) = (parts.next(), parts.nth(2)) else { return false };
    // The name of a secret is followed by a hyphen and six characters.
    let secret = resource.strip_prefix("secret:").and_then(|name| name.rsplit_once('-')).map(|(name, _)| name);
    resource == text
        || resource.strip_prefix("key/") == Some(text)
        || secret == Some(text)
        || service == "iam" && entity_name(resource) == text
}

/// The text of a time that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a time is such as 2026-11-24T15:04:05Z, 2026-11-24, or 90s, 15m, 12h, 7d for so long ago")]
pub struct InvalidTime;

/// Reads a time: `2026-11-24T15:04:05Z`, a day, which begins at 00:00 UTC, or a duration before `now`.
///
/// # Errors
///
/// [`InvalidTime`] for another text.
pub fn time_of(text: &str, now: Timestamp) -> Result<Timestamp, InvalidTime> {
    if let Some((count, unit)) = text.char_indices().last().and_then(|(at, unit)| Some((text.get(..at)?, unit)))
        && count.bytes().all(|byte| byte.is_ascii_digit())
        && let Ok(count) = count.parse::<i64>()
        && let Some(secs) = seconds(unit)
    {
        return Ok(now.plus_secs(count.saturating_mul(secs).saturating_neg()));
    }
    let is_day = text.len() == 10;
    let whole = if is_day { format!("{text}T00:00:00Z") } else { text.to_owned() };
    Timestamp::parse_iso8601(&whole).ok_or(InvalidTime)
}

fn seconds(unit: char) -> Option<i64> {
    match unit {
        's' => Some(1),
        'm' => Some(60),
        'h' => Some(60 * 60),
        'd' => Some(24 * 60 * 60),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn record(change: impl FnOnce(&mut Value)) -> AuditRecord {
        let mut value = json!({
            "userIdentity": {
                "type": "AssumedRole",
                "arn": "arn:aws:sts::111122223333:assumed-role/app/session",
                "sessionContext": {"sessionIssuer": {"arn": "arn:aws:iam::111122223333:role/team/app"}},
            },
            "eventTime": "2026-11-24T15:04:05Z",
            "eventSource": "kms.amazonaws.com",
            "eventName": "Decrypt",
            "errorCode": "AccessDeniedException",
            "requestID": "r-1",
            "resources": [
                {"ARN": "arn:aws:kms:eu-west-1:111122223333:key/k-1"},
                {"ARN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/main-aB3dE6"},
                {"ARN": "arn:aws:kms:eu-west-1:111122223333:alias/a"},
            ],
        });
        change(&mut value);
        AuditRecord::parse(value.to_string().as_bytes()).unwrap()
    }

    fn check(filter: Filter, expected: bool) {
        assert_eq!(filter.chooses(&record(|_| {})), expected, "{filter:?}");
    }

    #[test]
    fn each_condition() {
        let some = |text: &str| Some(text.to_owned());
        let event = |name: &str| Filter { events: vec!["Other".to_owned(), name.to_owned()], ..Filter::default() };
        check(Filter::default(), true);
        for (name, expected) in [("decrypt", true), ("kms:Decrypt", true), ("sts:Decrypt", false), ("Encrypt", false)] {
            check(event(name), expected);
        }
        for (principal, expected) in [
            ("app", true),
            ("session", false),
            ("arn:aws:iam::111122223333:role/team/app", true),
            ("arn:aws:sts::111122223333:assumed-role/app/session", true),
            ("arn:aws:iam::111122223333:role/app", false),
            ("root", false),
        ] {
            check(Filter { principal: some(principal), ..Filter::default() }, expected);
        }
        for (resource, expected) in [
            ("arn:aws:kms:eu-west-1:111122223333:key/k-1", true),
            ("k-1", true),
            ("key/k-1", true),
            ("alias/a", true),
            ("db/main", true),
            ("db", false),
            ("arn:aws:kms:eu-west-1:111122223333:key/k", false),
            ("", false),
        ] {
            check(Filter { resource: some(resource), ..Filter::default() }, expected);
        }
        check(
            Filter { request: some("r-1"), error: some("accessdeniedexception"), denied: true, ..Filter::default() },
            true,
        );
        check(Filter { request: some("r-2"), ..Filter::default() }, false);
        check(Filter { error: some("NotFoundException"), ..Filter::default() }, false);
        let at = Timestamp::parse_iso8601("2026-11-24T15:04:05Z");
        check(Filter { since: at, ..Filter::default() }, true);
        check(Filter { until: at, ..Filter::default() }, false);
        check(Filter { since: at.map(|at| at.plus_secs(1)), ..Filter::default() }, false);
    }

    #[test]
    fn names_that_the_request_used() {
        let asks = |parameters: Value, resource: &str| {
            let filter = Filter { resource: Some(resource.to_owned()), ..Filter::default() };
            filter.chooses(&record(|value| {
                value["resources"] = Value::Null;
                value["awsRegion"] = "eu-west-1".into();
                value["recipientAccountId"] = "111122223333".into();
                value["requestParameters"] = parameters;
            }))
        };
        let (kms, iam) = ("arn:aws:kms:eu-west-1:111122223333", "arn:aws:iam::111122223333");
        let secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/main-aB3dE6";
        for (name, resource, expected) in [
            ("k-1", "k-1", true),
            ("k-1", &*format!("{kms}:key/k-1"), true),
            (&*format!("{kms}:key/k-1"), "k-1", true),
            (&*format!("{kms}:key/k-1"), &*format!("{kms}:key/k-1"), true),
            (&*format!("{kms}:key/k-1"), &*format!("{kms}:key/k-2"), false),
            ("alias/a", "alias/a", true),
            ("alias/a", &*format!("{kms}:alias/a"), true),
            (&*format!("{kms}:alias/a"), "alias/a", true),
            ("alias/a", "a", false),
            // The same name in another Region or account is another resource.
            ("alias/a", "arn:aws:kms:eu-west-2:111122223333:alias/a", false),
            ("alias/a", "arn:aws:kms:eu-west-1:444455556666:alias/a", false),
            ("db/main", "db/main", true),
            ("db/main", secret, true),
            (secret, "db/main", true),
            (secret, "main", false),
            ("alice", &*format!("{iam}:user/team/alice"), true),
            (&*format!("{iam}:policy/team/p"), "p", true),
            (&*format!("{iam}:policy/team/p"), "team", false),
            ("a:b:iam:d:e:x", "x", false),
            ("", "k-1", false),
        ] {
            assert_eq!(asks(json!({ "name": name }), resource), expected, "{name} {resource}");
        }
        // In any parameter, and in the members and items of one.
        assert!(asks(json!({"secretIdList": ["a", "db"]}), "db") && asks(json!({"tagging": {"name": "db"}}), "db"));
        assert!(
            !asks(json!({"a": {"b": {"c": "db"}}}), "db") && !asks(json!({"db": 1}), "db") && !asks(Value::Null, "db")
        );
    }

    #[test]
    fn other_callers() {
        let by = |name: &str| Filter { principal: Some(name.to_owned()), ..Filter::default() };
        let user = record(|value| {
            value["userIdentity"] = json!({"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/team/alice"});
        });
        assert!(by("alice").chooses(&user) && !by("team").chooses(&user));
        let root =
            record(|value| value["userIdentity"] = json!({"type": "Root", "arn": "arn:aws:iam::111122223333:root"}));
        assert!(by("root").chooses(&root));
        let event = record(|value| value["userIdentity"] = json!({"invokedBy": "secretsmanager.amazonaws.com"}));
        assert!(by("secretsmanager.amazonaws.com").chooses(&event));
    }

    #[test]
    fn checkpoints_are_shown_by_name_only() {
        let checkpoint =
            AuditRecord::parse(b"{\"eventSource\":\"claviger\",\"eventName\":\"AuditCheckpoint\"}").unwrap();
        assert!(!Filter::default().chooses(&checkpoint));
        assert!(Filter { events: vec!["AuditCheckpoint".to_owned()], ..Filter::default() }.chooses(&checkpoint));
    }

    #[test]
    fn times() {
        let now = Timestamp::parse_iso8601("2026-11-24T15:04:05Z").unwrap();
        let read = |text: &str| time_of(text, now).map(Timestamp::iso8601);
        assert_eq!(read("90s").unwrap(), "2026-11-24T15:02:35Z");
        assert_eq!(read("15m").unwrap(), "2026-11-24T14:49:05Z");
        assert_eq!(read("12h").unwrap(), "2026-11-24T03:04:05Z");
        assert_eq!(read("7d").unwrap(), "2026-11-17T15:04:05Z");
        assert_eq!(read("2026-11-24").unwrap(), "2026-11-24T00:00:00Z");
        assert_eq!(read("2026-11-24T01:02:03Z").unwrap(), "2026-11-24T01:02:03Z");
        for other in ["", "d", "-1d", "1", "1w", "yesterday", "2026-13-01", "1é"] {
            assert_eq!(read(other), Err(InvalidTime), "{other}");
        }
    }
}
