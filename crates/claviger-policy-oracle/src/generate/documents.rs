//! Random policy documents.

use claviger_policy::{Principal, ResourceModel};
use claviger_types::SeededRandom;
use serde_json::{Map, Value as Json, json};

use super::people::in_some_case;
use super::{conditions, people, percent, pick};

/// Makes documents for a request.
pub(super) struct Maker<'a> {
    pub(super) random: &'a SeededRandom,
    pub(super) principal: &'a Principal,
    pub(super) action: &'a str,
    pub(super) resource: &'a str,
    pub(super) model: ResourceModel,
}

/// What a document is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// The policy of a user or role.
    Attached,
    /// A boundary or a session's policy: most allow the request.
    Limiting,
    /// The policy of a resource.
    OfResource,
}

impl Maker<'_> {
    pub(super) fn attached_policy(&self) -> Json {
        self.document(Use::Attached)
    }

    pub(super) fn limiting_policy(&self) -> Json {
        self.document(Use::Limiting)
    }

    pub(super) fn resource_policy(&self) -> Json {
        self.document(Use::OfResource)
    }

    fn percent(&self, percents: u64) -> bool {
        percent(self.random, percents)
    }

    fn document(&self, used: Use) -> Json {
        let mut document = Map::new();
        let in_key_policy = used == Use::OfResource && self.model == ResourceModel::KeyPolicy;
        let old = if used == Use::OfResource { 12 } else { 0 };
        if self.percent(old) {
            document.insert("Version".to_owned(), json!("2008-10-17"));
        } else if !self.percent(if in_key_policy { 1 } else { 5 }) {
            document.insert("Version".to_owned(), json!("2012-10-17"));
        }
        let count = *pick(self.random, &[1, 1, 2, 2, 3]);
        let mut statements: Vec<Json> = (0..count).map(|index| self.statement(used, index)).collect();
        match statements.pop() {
            Some(only) if statements.is_empty() && self.percent(50) => document.insert("Statement".to_owned(), only),
            last => {
                statements.extend(last);
                document.insert("Statement".to_owned(), Json::Array(statements))
            }
        };
        let mut document = Json::Object(document);
        if self.percent(1) {
            self.spoil(&mut document);
        }
        document
    }

    fn statement(&self, used: Use, index: usize) -> Json {
        let mut statement = Map::new();
        let denies = self.percent(if used == Use::Limiting { 6 } else { 16 });
        statement.insert("Effect".to_owned(), json!(if denies { "Deny" } else { "Allow" }));
        if self.percent(15) {
            statement.insert("Sid".to_owned(), json!(format!("S{index}")));
        }
        let in_key_policy = used == Use::OfResource && self.model == ResourceModel::KeyPolicy;
        let in_trust_policy =
            used == Use::OfResource && matches!(self.model, ResourceModel::Trust | ResourceModel::OwnTrust);
        if used == Use::OfResource {
            let name = if denies && self.percent(30) { "NotPrincipal" } else { "Principal" };
            statement.insert(name.to_owned(), people::element(self.random, self.principal, in_trust_policy));
        }
        if !(in_key_policy && self.percent(1)) {
            let name = if self.percent(10) { "NotAction" } else { "Action" };
            statement.insert(name.to_owned(), self.list(|| self.action_pattern(in_trust_policy)));
        }
        let lacks_resource = in_trust_policy || in_key_policy && self.percent(1);
        if !lacks_resource {
            let name = if self.percent(8) { "NotResource" } else { "Resource" };
            statement.insert(name.to_owned(), self.list(|| self.resource_pattern()));
        }
        if self.percent(if used == Use::Limiting { 20 } else { 35 }) {
            statement.insert("Condition".to_owned(), conditions::block(self.random));
        }
        Json::Object(statement)
    }

    /// One value, or an array of up to three.
    fn list(&self, mut value: impl FnMut() -> String) -> Json {
        match self.random.below(6) {
            0 => json!([value(), value()]),
            1 => json!([value(), value(), value()]),
            2 => json!([value()]),
            _ => json!(value()),
        }
    }

    fn action_pattern(&self, of_sts: bool) -> String {
        let (service, name) = self.action.split_once(':').unwrap_or_default();
        let head = name.get(..3).unwrap_or(name);
        let tail = name.get(3..).unwrap_or_default();
        let pattern = match self.random.below(12) {
            0 => format!("{service}:{head}*"),
            1 => format!("{service}:*{tail}"),
            2 => format!("{service}:??{}", name.get(2..).unwrap_or_default()),
            3 | 4 => format!("{service}:*"),
            5 if of_sts => format!("{service}:AssumeRole"),
            5 => "*".to_owned(),
            6 if !of_sts => format!("*:{name}"),
            7 if of_sts => "sts:SetSourceIdentity".to_owned(),
            7 => "kms:Encrypt".to_owned(),
            8 if !of_sts => {
                format!("{service}:{}", pick(self.random, &["Decrypt", "GetSecretValue", "Get*", "?", "*e*"]))
            }
            _ => self.action.to_owned(),
        };
        in_some_case(self.random, &pattern)
    }

    fn resource_pattern(&self) -> String {
        let arn = match self.resource {
            "*" => "arn:aws:iam::111122223333:user/ana",
            arn => arn,
        };
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let part = |n: usize| parts.get(n).copied().unwrap_or_default();
        let front = format!("arn:aws:{}:{}:{}", part(2), part(3), part(4));
        // Resources of IAM name their kind, and have no region, not even one with a wildcard.
        let of_iam = part(2) == "iam";
        let kind = if of_iam { format!("{}/", part(5).split('/').next().unwrap_or_default()) } else { String::new() };
        match self.random.below(14) {
            0 => format!("{front}:*"),
            1 if of_iam => "arn:aws:iam::*:*".to_owned(),
            1 => format!("arn:aws:{}:*", part(2)),
            2 => format!("{front}:{}?", part(5).get(..part(5).len().saturating_sub(1)).unwrap_or_default()),
            3 => format!("{front}:{}*", part(5).get(..6).unwrap_or_default()),
            4 => format!("{front}:{kind}*ana*"),
            5 => format!("{front}:{kind}*/${{aws:username}}*"),
            6 => format!("{front}:{kind}*${{aws:PrincipalTag/team, 'blue'}}-??????"),
            7 => format!("{front}:{}${{*}}", part(5)),
            8 if of_iam => format!("arn:aws:iam::*:{}", part(5)),
            8 => format!("arn:aws:{}:eu-*:*:{}", part(2), part(5)),
            9 | 10 => arn.to_owned(),
            11 if self.resource == "*" => arn.to_owned(),
            _ => "*".to_owned(),
        }
    }

    /// Makes a document that is refused.
    fn spoil(&self, document: &mut Json) {
        let way = self.random.below(10);
        if way == 0
            && let Some(document) = document.as_object_mut()
        {
            document.insert("Version".to_owned(), json!("2008-10-17"));
            return;
        }
        let Some(statements) = document.get_mut("Statement") else { return };
        let statement = match statements {
            Json::Array(statements) => statements.first_mut(),
            statement => Some(statement),
        };
        let Some(statement) = statement.and_then(Json::as_object_mut) else { return };
        let mut set = |name: &str, value: Json| {
            statement.insert(name.to_owned(), value);
        };
        match way {
            1 => set("NotAction", json!("kms:Decrypt")),
            2 => set("NotResource", json!("*")),
            3 => set("NotPrincipal", json!({"AWS": "111122223333"})),
            4 => set("Action", json!([])),
            5 => set("Resource", json!([])),
            6 => set("Condition", json!({"StringSomething": {"aws:username": "ana"}})),
            7 => set("Condition", json!({"NullIfExists": {"aws:username": "true"}})),
            8 => set("Condition", json!({"StringEquals": {"aws:username": "${aws:username"}})),
            _ => set("Principal", json!("*")),
        }
    }
}
