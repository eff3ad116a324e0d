//! Functions behind Lambda's Invoke.

use std::fs;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use claviger_rotation::{BindingSources, RotationBindings};
use claviger_types::{RotationFailure, RotationFunctions, RotationStep};
use serde_json::{Value, json};

use crate::http_server::{Answer, Request, start};
use crate::kit::{FUNCTION, SECRET, TOKEN, bound, call, load};
use crate::secrets::{Secrets, bound_to};

/// The outcome for an answer.
fn outcome(answer: Answer) -> Result<(), RotationFailure> {
    let address = start(move |_| answer.clone());
    let secrets = Secrets::start(r#"{"password": "hunter2"}"#);
    bound_to(&secrets, &format!("http://{address}"), &json!({})).invoke(&call(RotationStep::SetSecret))
}

/// A function that keeps what it gets.
fn recording() -> (String, Arc<Mutex<Vec<Request>>>) {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&requests);
    let address = start(move |request| {
        kept.lock().unwrap().push(request);
        Some((200, "", "null".to_owned()))
    });
    (format!("http://{address}"), requests)
}

#[test]
fn a_function_gets_lambdas_invoke_signed_with_the_credentials_of_the_call() {
    let (url, requests) = recording();
    bound(&url).invoke(&call(RotationStep::CreateSecret)).unwrap();
    let requests = requests.lock().unwrap();
    let [request] = &requests[..] else { panic!("one request") };
    assert_eq!(
        request.path,
        "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A111122223333%3Afunction%3Arotate-db/invocations"
    );
    let event: Value = serde_json::from_slice(&request.body).unwrap();
    let token = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
    let expected =
        json!({"Step": "createSecret", "SecretId": SECRET, "ClientRequestToken": TOKEN, "RotationToken": token});
    assert_eq!(event, expected);
    assert_eq!(request.header("x-amz-invocation-type"), "RequestResponse");
    assert_eq!(request.header("x-amz-security-token"), "session-token-text");
    assert_eq!(request.signer("lambda", "session-secret-key"), "ASIAEXAMPLE");
    let context = STANDARD.decode(request.header("x-amz-client-context")).unwrap();
    let context: Value = serde_json::from_slice(&context).unwrap();
    let custom = json!({
        "accessKeyId": "ASIAEXAMPLE", "secretAccessKey": "session-secret-key", "sessionToken": "session-token-text",
        "endpoint": "http://127.0.0.1:4566", "region": "eu-west-1"});
    assert_eq!(context, json!({"custom": custom}));
}

#[test]
fn a_binding_may_have_its_own_path_and_key() {
    let folder = tempfile::tempdir().unwrap();
    let (url, requests) = recording();
    let key = folder.path().join("key");
    fs::write(&key, "longlived\n").unwrap();
    let file = folder.path().join("bindings.json");
    let sign_with = json!({"accessKeyId": "AKIDEXAMPLE", "secretAccessKeyFile": key});
    let target = format!("{url}/2015-03-31/functions/function/invocations");
    let content = json!({"functions": [{"function": FUNCTION, "target": target, "signWith": sign_with}]});
    fs::write(&file, content.to_string()).unwrap();
    let bindings = load(BindingSources { file: Some(file), ..BindingSources::default() });
    bindings.invoke(&call(RotationStep::CreateSecret)).unwrap();
    let requests = requests.lock().unwrap();
    assert_eq!(requests[0].path, "/2015-03-31/functions/function/invocations");
    assert_eq!(requests[0].signer("lambda", "longlived"), "AKIDEXAMPLE");
    assert_eq!(requests[0].header("x-amz-security-token"), "");
}

#[test]
fn errors_of_the_function_are_failures() {
    let failed = |text: &str| Err(RotationFailure::Failed(text.to_owned()));
    let body = |value: Value| value.to_string();
    let error = body(json!({"errorType": "ValueError", "errorMessage": "no\nroute", "stackTrace": []}));
    assert_eq!(outcome(Some((200, "", error.clone()))), failed("ValueError: no route"));
    assert_eq!(outcome(Some((200, "X-Amz-Function-Error: Unhandled\r\n", error))), failed("ValueError: no route"));
    assert_eq!(outcome(Some((200, "X-Amz-Function-Error: Handled\r\n", String::new()))), failed("Handled"));
    let leaking = body(json!({"errorType": "hunter2", "errorMessage": "token session-token-text, hunter2"}));
    assert_eq!(outcome(Some((200, "", leaking.clone()))), failed("***: token ***, ***"));
    // Where the secrets cannot be read, they cannot be found in a text either.
    let address = start(move |_| Some((200, "", leaking.clone())));
    let reduced = bound(&format!("http://{address}")).invoke(&call(RotationStep::SetSecret));
    assert_eq!(reduced, failed("Unhandled"));
    let Err(RotationFailure::Failed(long)) = outcome(Some((200, "", body(json!({"errorMessage": "x".repeat(5000)})))))
    else {
        panic!("no failure")
    };
    assert_eq!(long.len(), 500);
    for done in ["", "null", "\"ok\"", r#"{"statusCode": 200}"#] {
        assert_eq!(outcome(Some((200, "", done.to_owned()))), Ok(()), "{done}");
    }
}

#[test]
fn other_answers_mean_that_the_function_has_not_run() {
    let unreachable = |text: &str| Err(RotationFailure::Unreachable(text.to_owned()));
    let missing = json!({"Type": "User", "Message": "Function not found"}).to_string();
    assert_eq!(outcome(Some((404, "", missing))), unreachable("HTTP status 404 Function not found"));
    let moved = outcome(Some((302, "location: http://127.0.0.1:1/\r\n", String::new())));
    assert_eq!(moved, unreachable("HTTP status 302"));
    assert_eq!(outcome(Some((202, "", String::new()))), unreachable("HTTP status 202"));
    assert_eq!(outcome(None), unreachable("no connection"));
}

#[test]
fn nothing_runs_without_a_binding_or_before_the_server_listens() {
    let call = call(RotationStep::CreateSecret);
    let bindings = load(BindingSources::default());
    assert_eq!(bindings.invoke(&call), Err(RotationFailure::Unbound));
    assert!(!bindings.is_bound(FUNCTION) && bound("random-password").is_bound(FUNCTION));
    let sources = BindingSources { texts: vec!["*=random-password".to_owned()], ..BindingSources::default() };
    let early = RotationBindings::load(sources, Arc::new(claviger_types::ManualClock::default())).unwrap();
    assert_eq!(early.invoke(&call), Err(RotationFailure::Unreachable("the server does not listen yet".to_owned())));
    assert!(early.set_endpoint("http://192.0.2.1:4566").is_err());
}
