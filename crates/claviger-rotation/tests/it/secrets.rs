//! Secrets Manager in memory, behind a real socket: one rotating secret and other secrets that are only read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use claviger_rotation::RotationBindings;
use claviger_types::{RotationFailure, RotationFunctions, RotationStep};
use serde_json::{Value, json};

use crate::http_server::{Answer, Request, start};
use crate::kit::{SECRET, TOKEN, call};

pub(crate) const FIRST: &str = "00000000-0000-4000-8000-000000000001";

/// A version: its value, if it has one, and its labels.
#[derive(Default)]
struct Version {
    value: Option<String>,
    labels: BTreeSet<String>,
}

#[derive(Default)]
pub(crate) struct State {
    versions: BTreeMap<String, Version>,
    pub(crate) others: BTreeMap<String, String>,
    pub(crate) enabled: bool,
    passwords: usize,
    /// The operation whose next answer is lost after it has been done.
    pub(crate) lose: Option<String>,
    pub(crate) calls: Vec<String>,
}

#[derive(Clone)]
pub(crate) struct Secrets {
    pub(crate) state: Arc<Mutex<State>>,
    pub(crate) url: String,
}

impl Secrets {
    /// A secret with a current value, in a rotation whose version is still empty.
    pub(crate) fn start(value: &str) -> Secrets {
        let state = Arc::new(Mutex::new(State { enabled: true, ..State::default() }));
        let served = Arc::clone(&state);
        let address = start(move |request| served.lock().unwrap().answer(&request));
        let secrets = Secrets { state, url: format!("http://{address}") };
        let labels = BTreeSet::from(["AWSCURRENT".to_owned()]);
        secrets
            .state
            .lock()
            .unwrap()
            .versions
            .insert(FIRST.to_owned(), Version { value: Some(value.to_owned()), labels });
        secrets.begin(TOKEN);
        secrets
    }

    /// Begins a rotation.
    pub(crate) fn begin(&self, token: &str) {
        let mut state = self.state.lock().unwrap();
        state.move_label("AWSPENDING", token);
    }

    /// Gives the rotation's version a value, as somebody else might.
    pub(crate) fn set_pending(&self, value: &str) {
        self.state.lock().unwrap().versions.get_mut(TOKEN).unwrap().value = Some(value.to_owned());
    }

    /// Takes the label of the rotation's version away, as somebody else might. The version stays.
    pub(crate) fn take_pending_away(&self) {
        self.state.lock().unwrap().versions.get_mut(TOKEN).unwrap().labels.clear();
    }

    /// Adds a version before the current one.
    pub(crate) fn set_previous(&self, value: &str) {
        let labels = BTreeSet::from(["AWSPREVIOUS".to_owned()]);
        let version = Version { value: Some(value.to_owned()), labels };
        self.state.lock().unwrap().versions.insert("previous".to_owned(), version);
    }

    pub(crate) fn value(&self, label: &str) -> Option<String> {
        let state = self.state.lock().unwrap();
        state.versions.values().find(|version| version.labels.contains(label))?.value.clone()
    }

    pub(crate) fn member(&self, label: &str, name: &str) -> String {
        let value: Value = serde_json::from_str(&self.value(label).unwrap()).unwrap();
        value[name].as_str().unwrap().to_owned()
    }

    /// Runs a step.
    pub(crate) fn step(
        &self,
        bindings: &RotationBindings,
        step: RotationStep,
        token: &str,
    ) -> Result<(), RotationFailure> {
        let mut call = call(step);
        call.client_request_token = token.to_owned();
        bindings.invoke(&call)
    }

    /// Runs each step twice, as after a crash of the server.
    pub(crate) fn rotate_twice(&self, bindings: &RotationBindings, token: &str) {
        for step in RotationStep::ALL {
            self.step(bindings, step, token).unwrap_or_else(|failure| panic!("{step:?}: {failure}"));
            self.step(bindings, step, token).unwrap_or_else(|failure| panic!("{step:?} again: {failure}"));
        }
    }
}

impl State {
    fn answer(&mut self, request: &Request) -> Answer {
        assert_eq!(request.signer("secretsmanager", "session-secret-key"), "ASIAEXAMPLE");
        assert_eq!(request.header("x-amz-security-token"), "session-token-text");
        let operation = request.header("x-amz-target").replace("secretsmanager.", "");
        let input: Value = serde_json::from_slice(&request.body).unwrap();
        let answer = self.run(&operation, &input);
        self.calls.push(operation.clone());
        if self.lose.as_deref() == Some(operation.as_str()) {
            self.lose = None;
            return None;
        }
        Some(match answer {
            Ok(output) => (200, "", output.to_string()),
            Err(code) => (400, "", json!({"__type": code, "message": "refused"}).to_string()),
        })
    }

    fn run(&mut self, operation: &str, input: &Value) -> Result<Value, &'static str> {
        let text = |name: &str| input[name].as_str().unwrap_or_default().to_owned();
        match operation {
            "DescribeSecret" => {
                let labels = |version: &Version| json!(version.labels);
                let versions: BTreeMap<_, _> =
                    self.versions.iter().map(|(id, version)| (id, labels(version))).collect();
                Ok(json!({"RotationEnabled": self.enabled, "VersionIdsToStages": versions}))
            }
            "GetRandomPassword" => {
                self.passwords += 1;
                let length = usize::try_from(input["PasswordLength"].as_u64().unwrap()).unwrap();
                Ok(json!({"RandomPassword": format!("{:A>length$}", format!("new'\"{}", self.passwords))}))
            }
            "GetSecretValue" => self.get(input),
            "PutSecretValue" => {
                assert_eq!(text("RotationToken"), "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee");
                assert_eq!(input["VersionStages"], json!(["AWSPENDING"]));
                let version = self.versions.entry(text("ClientRequestToken")).or_default();
                if version.value.is_some() {
                    return Err("ResourceExistsException");
                }
                version.value = Some(text("SecretString"));
                Ok(json!({}))
            }
            "UpdateSecretVersionStage" => {
                let from = text("RemoveFromVersionId");
                if !self.versions.get(&from).is_some_and(|version| version.labels.contains("AWSCURRENT")) {
                    return Err("InvalidParameterException");
                }
                self.move_label("AWSPREVIOUS", &from);
                self.move_label(&text("VersionStage"), &text("MoveToVersionId"));
                Ok(json!({}))
            }
            other => panic!("{other}"),
        }
    }

    fn get(&self, input: &Value) -> Result<Value, &'static str> {
        let name = input["SecretId"].as_str().unwrap();
        if name != SECRET {
            let value = self.others.get(name).ok_or("ResourceNotFoundException")?;
            return Ok(json!({"SecretString": value}));
        }
        let (label, id) = (input["VersionStage"].as_str(), input["VersionId"].as_str());
        assert!(label.or(id).is_some());
        let found = self.versions.iter().find(|(of, version)| {
            label.is_none_or(|label| version.labels.contains(label)) && id.is_none_or(|id| id == of.as_str())
        });
        let value = found.and_then(|(_, version)| version.value.as_ref()).ok_or("ResourceNotFoundException")?;
        Ok(json!({"SecretString": value}))
    }

    fn move_label(&mut self, label: &str, to: &str) {
        for version in self.versions.values_mut() {
            version.labels.remove(label);
        }
        self.versions.entry(to.to_owned()).or_default().labels.insert(label.to_owned());
    }
}

/// The bindings of one function, with the endpoint of these secrets and more members of the binding.
pub(crate) fn bound_to(secrets: &Secrets, target: &str, more: &Value) -> RotationBindings {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bindings.json");
    let mut binding = json!({"function": crate::kit::FUNCTION, "target": target});
    binding.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    std::fs::write(&file, json!({"functions": [binding]}).to_string()).unwrap();
    crate::kit::load_at(
        claviger_rotation::BindingSources { file: Some(file), ..claviger_rotation::BindingSources::default() },
        &secrets.url,
    )
}
