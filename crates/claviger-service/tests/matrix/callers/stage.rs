//! Regions with the resources of one entry, in which several callers call its operation.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use claviger_store::Store;

use super::needs::{self, Need, OWNER};
use super::people::Who;
use super::rules::Rule;
use crate::case::Case;
use crate::client::{self, Body, Outcome};
use crate::fixture::{self, Fixture};
use crate::kit::{HOME, World};
use crate::template::{self, Names};

/// The ARN of the account that owns the resources.
const ACCOUNT: &str = "arn:aws:iam::000000000000:root";

pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) service: &'static str,
    pub(crate) case: &'static Case,
    pub(crate) region: &'static str,
    pub(crate) names: RefCell<Names>,
    pub(crate) needs: Vec<Need>,
    /// The statements that keys and secrets have beyond those of the fixture, by ARN.
    held: RefCell<BTreeMap<String, Vec<Value>>>,
}

impl Stage {
    pub(crate) fn new(service: &'static str, case: &'static Case, rule: &Rule) -> Stage {
        let world = World::new();
        let Fixture { region, mut names } = (case.fixture)(&world);
        if service == "secretsmanager" {
            let key = json_of_root(&world, "kms", "CreateKey", &json!({}));
            names.insert("value-key-arn", key["KeyMetadata"]["Arn"].as_str().unwrap().to_owned());
        }
        let needs = needs::of(case, rule, &names);
        let stage = Stage { world, service, case, region, names: names.into(), needs, held: RefCell::default() };
        if service == "secretsmanager" && stage.name("secret-arn").is_some() {
            let key = stage.name("value-key-arn");
            stage.on_live_secret("UpdateSecret", json!({"KmsKeyId": key}));
            stage.arrive();
        }
        stage
    }

    /// A name of the fixture.
    pub(crate) fn name(&self, name: &'static str) -> Option<String> {
        self.names.borrow().get(name).cloned()
    }

    /// Lets the region of the request receive what changed in the home region.
    pub(crate) fn arrive(&self) {
        if self.region != HOME {
            self.world.settle();
        }
    }

    /// Calls an operation with the root of the account that owns the resources.
    pub(crate) fn root(&self, service: &str, operation: &str, input: &Value) -> Value {
        json_of_root(&self.world, service, operation, input)
    }

    /// Changes the secret in its home region. One that is to be deleted is restored for that time.
    fn on_live_secret(&self, operation: &str, mut input: Value) {
        let arn = self.name("secret-arn").unwrap().replace(self.region, HOME);
        let secret = json!({"SecretId": arn});
        input["SecretId"] = arn.into();
        let is_deleted = self.root("secretsmanager", "DescribeSecret", &secret).get("DeletedDate").is_some();
        if is_deleted {
            self.root("secretsmanager", "RestoreSecret", &secret);
        }
        self.root("secretsmanager", operation, &input);
        if is_deleted {
            self.root("secretsmanager", "DeleteSecret", &secret);
        }
    }

    /// Gives keys and secrets these statements, besides one for their own account, and no others.
    pub(crate) fn hold(&self, statements: Vec<(&Need, Value)>) {
        let mut wanted: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for arn in self.needs.iter().filter_map(Need::policy_of) {
            wanted.entry(arn.to_owned()).or_default();
        }
        for (need, statement) in statements {
            wanted.get_mut(need.policy_of().unwrap()).unwrap().push(statement);
        }
        for (arn, statements) in wanted {
            if self.held.borrow().get(&arn).map_or(&[][..], Vec::as_slice) == statements {
                continue;
            }
            let policy = policy(&arn, &statements);
            if arn.contains(":kms:") {
                self.root("kms", "PutKeyPolicy", &json!({"KeyId": arn, "Policy": policy}));
            } else {
                self.on_live_secret("PutResourcePolicy", json!({"ResourcePolicy": policy}));
            }
            self.held.borrow_mut().insert(arn, statements);
        }
        self.arrive();
    }

    /// Gives keys and secrets a statement of this effect for each of these permissions, and no others.
    pub(crate) fn hold_for(&self, effect: &str, needs: &[Need], who: &Who) {
        let with_policy = needs.iter().filter(|need| need.policy_of().is_some());
        self.hold(with_policy.map(|need| (need, need.statement_for(effect, &who.arn))).collect());
    }

    /// The request as this caller makes it.
    fn input(&self, who: &Who) -> Value {
        let mut names = self.names.borrow().clone();
        if who.is_stranger {
            names = needs::strangers(&names);
        }
        let secret = names.get("secret-arn").cloned();
        if let Some(arn) = secret.as_ref().filter(|_| who.is_stranger) {
            // Under the policy that the caller puts, it must still be allowed to put one.
            let statements = self.held.borrow().get(arn).cloned().unwrap_or_default();
            names.insert("policy", policy(arn, &statements));
        }
        let mut input = template::request(self.case.input, &names);
        if self.case.operation == "CreateSecret" {
            input["KmsKeyId"] = names["value-key-arn"].clone().into();
        }
        if let Some(arn) = secret.filter(|_| who.is_stranger) {
            for place in ["/SecretId", "/SecretIdList/0"] {
                input.pointer_mut(place).into_iter().for_each(|name| *name = arn.clone().into());
            }
        }
        input
    }

    /// Calls the operation. An error about one secret of several counts as a refusal.
    pub(crate) fn call(&self, who: &Who) -> Outcome {
        let operation = self.case.operation;
        let outcome = client::call(&self.world, &who.keys, self.region, self.service, operation, &self.input(who));
        match outcome {
            Outcome::Success(Body::Json(body)) => match body["Errors"].get(0) {
                Some(error) => {
                    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
                    Outcome::Refused { code: text("ErrorCode"), text: text("Message") }
                }
                None => Outcome::Success(Body::Json(body)),
            },
            other => other,
        }
    }

    /// The number of commits of the region's store. The records of earlier changes are moved out of it before.
    pub(crate) fn position(&self) -> u64 {
        self.world.node(self.region).drain_audit();
        self.world.store(self.region).snapshot().unwrap().position()
    }
}

/// A policy for the account that owns the resource, with further statements.
fn policy(arn: &str, statements: &[Value]) -> String {
    assert!(arn.contains(&format!(":{OWNER}:")), "{arn} is not the owner's");
    let service = if arn.contains(":kms:") { "kms" } else { "secretsmanager" };
    let own = json!({
        "Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": format!("{service}:*"), "Resource": "*"
    });
    let statements = [&[own], statements].concat();
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

/// The answer of an operation of a JSON service.
fn json_of_root(world: &World, service: &str, operation: &str, input: &Value) -> Value {
    serde_json::from_str(&fixture::root(world, service, operation, input)).unwrap()
}
