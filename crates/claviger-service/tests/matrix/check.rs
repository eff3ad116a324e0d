//! Runs one entry in regions of its own: first the refusals, then the success.

use serde_json::{Value, json};

use claviger_store::Store;

use crate::case::{Answer, Case, Invalid, Permission, Permissions, Wording};
use crate::client::{self, Outcome};
use crate::fixture::{Fixture, ROOT, root};
use crate::kit::{HOME, Keys, World};
use crate::template::{self, Names};

/// The name of the calling user.
const CALLER: &str = "caller";

/// The faults of an operation, each with the operation's name.
pub(crate) fn check(service: &str, case: &Case) -> Vec<String> {
    let world = World::new();
    let Fixture { region, names } = (case.fixture)(&world);
    let keys = caller(&world);
    let input = template::request(case.input, &names);
    let mut run = Run { world: &world, service, case, region, names: &names, keys, input, wrong: Vec::new() };
    run.check_denials();
    run.check_invalid();
    run.check_success();
    run.wrong.into_iter().map(|text| format!("{}: {text}", case.operation)).collect()
}

/// A user without a permission.
fn caller(world: &World) -> Keys {
    root(world, "iam", "CreateUser", &json!({"UserName": CALLER}));
    let made = root(world, "iam", "CreateAccessKey", &json!({"UserName": CALLER}));
    world.settle();
    Keys::in_answer(&made)
}

struct Run<'a> {
    world: &'a World,
    service: &'a str,
    case: &'a Case,
    region: &'static str,
    names: &'a Names,
    keys: Keys,
    input: Value,
    wrong: Vec<String>,
}

impl Run<'_> {
    /// With all permissions before one of them allowed and no others, that one is refused.
    fn check_denials(&mut self) {
        let Permissions::Required(permissions) = self.case.permissions else { return };
        for (allowed, lacking) in permissions.iter().enumerate() {
            self.allow(&permissions[..allowed]);
            let code = if self.is_json() { "AccessDeniedException" } else { "AccessDenied" };
            let text = template::fill(&denial(lacking), self.names);
            self.check_refusal(&self.input.clone(), code, &text, "AccessDenied");
        }
        self.allow(permissions);
    }

    fn check_invalid(&mut self) {
        let (change, code, text) = match self.case.invalid {
            Invalid::Refused { change, code, text } => (change, code, text.to_owned()),
            Invalid::Violates { change, member, constraint } => {
                let code = if self.is_json() { "ValidationException" } else { "ValidationError" };
                let text = format!("Value {member} failed to satisfy constraint: {constraint}");
                (change, code, format!("1 validation error detected: {text}"))
            }
            Invalid::NoParameters(_) => return,
        };
        let input = template::changed(&self.input, &template::request(change, self.names));
        // The protocols spell this code differently. Records have one spelling.
        let recorded = if code == "ValidationError" { "ValidationException" } else { code };
        self.check_refusal(&input, code, &text, recorded);
    }

    /// A refused request commits nothing, and is recorded with the refusal.
    fn check_refusal(&mut self, input: &Value, code: &str, text: &str, recorded: &str) {
        let before = self.position();
        match self.call(input) {
            Outcome::Success(body) => self.wrong.push(format!("not refused: {}", body.shown())),
            Outcome::Refused { code: found, text: said } => {
                self.require(found == code, format!("code {found} and not {code}"));
                self.require(said == text, format!("text\n  {said}\nand not\n  {text}"));
            }
        }
        self.require(self.position() == before, "a refused request wrote".to_owned());
        let Some(record) = self.record() else { return };
        self.require(record["errorCode"] == recorded, format!("recorded with code {}", record["errorCode"]));
        // A text may quote the request, so the record of a request with credentials has none.
        let has_credentials = input.get("XksProxyAuthenticationCredential").is_some();
        let recorded = if has_credentials { Value::Null } else { text.into() };
        self.require(record["errorMessage"] == recorded, format!("recorded with text {}", record["errorMessage"]));
    }

    fn check_success(&mut self) {
        if let Answer::Refused { code, recorded, text } = self.case.answer {
            self.check_refusal(&self.input.clone(), code, text, recorded);
            return;
        }
        let mut names = self.names.clone();
        match self.call(&self.input.clone()) {
            Outcome::Refused { code, text } => self.wrong.push(format!("refused: {code}: {text}")),
            Outcome::Success(body) => {
                names.extend(body.arn().map(|arn| ("made-arn", arn)));
                self.require(body.is(&self.case.answer), format!("answers {}", body.shown()));
            }
        }
        let Some(record) = self.record() else { return };
        self.require(record.get("errorCode").is_none(), format!("recorded with code {}", record["errorCode"]));
        let expected: Vec<String> = self.case.audit.resources.iter().map(|arn| template::fill(arn, &names)).collect();
        let resources = record["resources"].as_array().cloned().unwrap_or_default();
        let found: Vec<&str> = resources.iter().filter_map(|resource| resource["ARN"].as_str()).collect();
        self.require(found == expected, format!("recorded with resources {found:?}"));
    }

    /// The one record of the call, after a check of the fields that all records share.
    fn record(&mut self) -> Option<Value> {
        let source = format!("{}.amazonaws.com", self.service);
        let records = self.world.tape(self.region).take();
        let mut own = records.into_iter().filter(|record| record["eventName"] == self.case.operation);
        let (Some(record), None) = (own.next(), own.next()) else {
            self.wrong.push("not recorded once".to_owned());
            return None;
        };
        self.require(record["eventSource"] == source, format!("recorded with source {}", record["eventSource"]));
        self.require(
            record["readOnly"] == self.case.audit.read_only,
            format!("recorded with readOnly {}", record["readOnly"]),
        );
        self.require(
            record["userIdentity"]["userName"] == CALLER,
            format!("recorded with caller {}", record["userIdentity"]),
        );
        Some(record)
    }

    fn call(&self, input: &Value) -> Outcome {
        self.world.tape(self.region).take();
        client::call(self.world, &self.keys, self.region, self.service, self.case.operation, input)
    }

    /// Gives the caller these permissions and removes all others.
    fn allow(&self, permissions: &[Permission]) {
        if permissions.is_empty() {
            return;
        }
        let statement = |permission: &Permission| {
            let resource =
                Some(permission.resource).filter(|resource| resource.ends_with("arn>") || resource.starts_with("arn:"));
            let resource = template::fill(resource.unwrap_or("*"), self.names);
            json!({"Effect": "Allow", "Action": permission.action, "Resource": resource})
        };
        let statements: Vec<Value> = permissions.iter().map(statement).collect();
        let document = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let input = json!({"UserName": CALLER, "PolicyName": "p", "PolicyDocument": document});
        root(self.world, "iam", "PutUserPolicy", &input);
        if self.region != HOME {
            self.world.settle();
        }
    }

    /// The number of commits of the region's store. The records of earlier changes are moved out of it before.
    fn position(&self) -> u64 {
        self.world.node(self.region).drain_audit();
        self.world.store(self.region).snapshot().unwrap().position()
    }

    fn is_json(&self) -> bool {
        ["kms", "secretsmanager"].contains(&self.service)
    }

    fn require(&mut self, holds: bool, otherwise: String) {
        if !holds {
            self.wrong.push(otherwise);
        }
    }
}

/// The text of a denial, with the names of the fixture in it.
fn denial(lacking: &Permission) -> String {
    let Permission { action, resource, wording } = lacking;
    let subject = format!("User: {ROOT}:user/{CALLER} is not authorized to perform: {action}");
    let reason = format!("because no identity-based policy allows the {action} action");
    match wording {
        Wording::Whole => format!("{subject} on resource: {resource} {reason}"),
        Wording::WithoutResource => format!("{subject} {reason}"),
        Wording::WithoutReason => format!("{subject} on resource: {resource}"),
    }
}
