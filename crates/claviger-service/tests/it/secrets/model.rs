//! Random sequences of operations on versions and labels, compared with a small model of their rules after each step, and on the replica
//! whenever the regions are quiet.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::subsequence;
use serde_json::{Value, json};

use super::token;
use crate::kit::{AWAY, HOME, World};

const CURRENT: &str = "AWSCURRENT";
const PREVIOUS: &str = "AWSPREVIOUS";
const PENDING: &str = "AWSPENDING";
/// The labels that a new value can be given.
const GIVEN: [&str; 4] = [CURRENT, PENDING, "blue", "green"];
/// The labels that are moved.
const MOVED: [&str; 5] = [CURRENT, PREVIOUS, PENDING, "blue", "green"];
const VERSIONS: u32 = 6;
const NAME: &str = "modelled";

#[derive(Debug, Clone)]
enum Step {
    /// PutSecretValue: version, value, labels.
    Put(u32, u32, Option<Vec<&'static str>>),
    /// UpdateSecret: version, value.
    Update(u32, u32),
    /// UpdateSecretVersionStage: label, RemoveFromVersionId, MoveToVersionId.
    Move(&'static str, Option<u32>, Option<u32>),
    /// The replica has all that was written.
    Quiet,
}

fn step() -> impl Strategy<Value = Step> {
    let version = || 1..=VERSIONS;
    prop_oneof![
        4 => (version(), 0..3_u32, option::of(subsequence(GIVEN.to_vec(), 1..=3))).prop_map(|(v, x, l)| Step::Put(v, x, l)),
        2 => (version(), 0..3_u32).prop_map(|(v, x)| Step::Update(v, x)),
        4 => (prop::sample::select(MOVED.to_vec()), option::of(version()), option::of(version()))
            .prop_map(|(label, from, to)| Step::Move(label, from, to)),
        1 => Just(Step::Quiet),
    ]
}

/// What the secret must hold.
#[derive(Debug, Default)]
struct Model {
    values: BTreeMap<u32, u32>,
    labels: BTreeMap<&'static str, u32>,
}

impl Model {
    /// A new value. The code of the refusal, if it is one.
    fn put(&mut self, version: u32, value: u32, labels: &[&'static str]) -> Result<(), &'static str> {
        match self.values.get(&version) {
            Some(known) if *known == value => return Ok(()),
            Some(_) => return Err("ResourceExistsException"),
            None => {}
        }
        self.values.insert(version, value);
        let old = self.labels.get(CURRENT).copied().filter(|_| labels.contains(&CURRENT));
        if let Some(old) = old {
            self.labels.insert(PREVIOUS, old);
            // A rotation that was finished on the old version is over.
            if self.labels.get(PENDING) == Some(&old) {
                self.labels.remove(PENDING);
            }
        }
        for label in labels {
            self.labels.insert(label, version);
        }
        Ok(())
    }

    fn move_label(&mut self, label: &'static str, from: Option<u32>, to: Option<u32>) -> Result<(), &'static str> {
        if from.into_iter().chain(to).any(|version| !self.values.contains_key(&version)) {
            return Err("ResourceNotFoundException");
        }
        let holder = self.labels.get(label).copied();
        match (from, to) {
            (None, None) => return Err("InvalidParameterException"),
            (Some(from), _) if holder != Some(from) => return Err("InvalidParameterException"),
            (None, Some(to)) if holder.is_some_and(|holder| holder != to) => return Err("InvalidParameterException"),
            (Some(_), None) if label == CURRENT => return Err("InvalidParameterException"),
            (_, None) => drop(self.labels.remove(label)),
            (_, Some(to)) => {
                self.labels.insert(label, to);
                if let Some(old) = holder.filter(|old| label == CURRENT && *old != to) {
                    self.labels.insert(PREVIOUS, old);
                }
            }
        }
        Ok(())
    }

    /// `VersionIdsToStages`
    fn stages(&self) -> Value {
        let mut stages: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for (label, version) in &self.labels {
            stages.entry(token(*version)).or_default().insert(label);
        }
        json!(stages)
    }
}

fn call(world: &World, operation: &str, body: &Value) -> Result<(), String> {
    let answer = world.secrets(HOME, operation, body);
    answer.map(drop).map_err(|error| error["__type"].as_str().unwrap_or_default().to_owned())
}

/// Takes a step in the world and in the model, and compares the outcomes.
fn take(world: &World, model: &mut Model, step: &Step) -> Result<(), TestCaseError> {
    let value = |version: &u32, value: &u32| json!({"SecretId": NAME, "ClientRequestToken": token(*version), "SecretString": format!("value {value}")});
    let (done, wanted) = match step {
        Step::Put(version, number, labels) => {
            let mut body = value(version, number);
            if let Some(labels) = labels {
                body["VersionStages"] = json!(labels);
            }
            let given = labels.as_deref().unwrap_or(&[CURRENT]);
            (call(world, "PutSecretValue", &body), model.put(*version, *number, given))
        }
        Step::Update(version, number) => {
            (call(world, "UpdateSecret", &value(version, number)), model.put(*version, *number, &[CURRENT]))
        }
        Step::Move(label, from, to) => {
            let mut body = json!({"SecretId": NAME, "VersionStage": label});
            for (member, version) in [("RemoveFromVersionId", from), ("MoveToVersionId", to)] {
                if let Some(version) = version {
                    body[member] = json!(token(*version));
                }
            }
            (call(world, "UpdateSecretVersionStage", &body), model.move_label(label, *from, *to))
        }
        Step::Quiet => {
            world.settle();
            compare(world, AWAY, model)?;
            (Ok(()), Ok(()))
        }
    };
    prop_assert_eq!(done, wanted.map_err(str::to_owned), "{:?}", step);
    compare(world, HOME, model)
}

/// Compares what a region shows with the model.
fn compare(world: &World, region: &str, model: &Model) -> Result<(), TestCaseError> {
    let ask = |operation: &str, body: Value| world.secrets(region, operation, &body);
    let described = ask("DescribeSecret", json!({"SecretId": NAME})).map_err(|e| TestCaseError::fail(e.to_string()))?;
    prop_assert_eq!(&described["VersionIdsToStages"], &model.stages(), "{}", region);
    for (label, version) in &model.labels {
        let read = ask("GetSecretValue", json!({"SecretId": NAME, "VersionStage": label}));
        let read = read.map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert_eq!(&read["VersionId"], &json!(token(*version)));
    }
    // A version that lost its labels before the replica had it never gets there.
    let readable =
        model.values.iter().filter(|(version, _)| region == HOME || model.labels.values().any(|v| v == *version));
    for (version, value) in readable {
        let read = ask("GetSecretValue", json!({"SecretId": NAME, "VersionId": token(*version)}));
        let read = read.map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert_eq!(&read["SecretString"], &json!(format!("value {value}")));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, max_shrink_iters: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn versions_and_labels_follow_the_model(steps in vec(step(), 1..30)) {
        let (world, mut model) = (World::new(), Model::default());
        let body = json!({
            "Name": NAME, "ClientRequestToken": token(1), "SecretString": "value 0", "AddReplicaRegions": [{"Region": AWAY}]
        });
        world.secrets(HOME, "CreateSecret", &body).unwrap();
        model.put(1, 0, &[CURRENT]).unwrap();
        for step in steps.iter().chain([&Step::Quiet]) {
            take(&world, &mut model, step)?;
        }
    }
}
