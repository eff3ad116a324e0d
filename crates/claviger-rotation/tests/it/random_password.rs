//! The function that sets nothing.

use claviger_types::{RotationFailure, RotationStep};
use serde_json::{Value, json};

use crate::kit::TOKEN;
use crate::secrets::{FIRST, Secrets, bound_to};

fn refusal(secrets: &Secrets, step: RotationStep) -> String {
    let bindings = bound_to(secrets, "random-password", &json!({}));
    match secrets.step(&bindings, step, TOKEN) {
        Err(RotationFailure::Failed(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_text_is_replaced_as_a_whole_and_an_object_in_its_password() {
    let secrets = Secrets::start("old");
    let bindings = bound_to(&secrets, "random-password", &json!({"passwordLength": 12}));
    secrets.rotate_twice(&bindings, TOKEN);
    assert_eq!(secrets.value("AWSCURRENT").unwrap(), "AAAAAAAnew'\"1".replacen('A', "", 1));
    assert_eq!(secrets.value("AWSPREVIOUS").unwrap(), "old");
    // The first step asked for one password, and the other runs of it for none.
    let asked = secrets.state.lock().unwrap().calls.iter().filter(|call| *call == "GetRandomPassword").count();
    assert_eq!(asked, 1);

    let secrets = Secrets::start(r#"{"user": "a", "password": "old", "n": [1]}"#);
    secrets.rotate_twice(&bound_to(&secrets, "random-password", &json!({})), TOKEN);
    let mut value: Value = serde_json::from_str(&secrets.value("AWSCURRENT").unwrap()).unwrap();
    assert_eq!(value["password"].take().as_str().unwrap().len(), 32);
    assert_eq!(value, json!({"user": "a", "password": null, "n": [1]}));
}

#[test]
fn a_rotation_in_which_an_answer_was_lost_can_be_repeated() {
    for (step, lost) in [
        (RotationStep::CreateSecret, "DescribeSecret"),
        (RotationStep::CreateSecret, "GetRandomPassword"),
        (RotationStep::CreateSecret, "PutSecretValue"),
        (RotationStep::TestSecret, "GetSecretValue"),
        (RotationStep::FinishSecret, "UpdateSecretVersionStage"),
    ] {
        let secrets = Secrets::start("old");
        let bindings = bound_to(&secrets, "random-password", &json!({}));
        for before in RotationStep::ALL.into_iter().filter(|before| *before < step) {
            secrets.step(&bindings, before, TOKEN).unwrap();
        }
        secrets.state.lock().unwrap().lose = Some(lost.to_owned());
        let why = secrets.step(&bindings, step, TOKEN).unwrap_err().to_string();
        assert!(why.contains(&format!("{lost}: Unreachable")), "{why}");
        let pending = secrets.value("AWSPENDING");
        secrets.rotate_twice(&bindings, TOKEN);
        assert!(pending.is_none() || pending == secrets.value("AWSCURRENT"));
        assert_eq!(secrets.value("AWSPREVIOUS").unwrap(), "old");
    }
}

#[test]
fn steps_that_are_not_due_are_refused() {
    let secrets = Secrets::start("old");
    assert_eq!(refusal(&secrets, RotationStep::TestSecret), "the secret has no pending value");
    secrets.begin(FIRST);
    assert!(refusal(&secrets, RotationStep::CreateSecret).contains("has lost the label AWSPENDING"));
    secrets.state.lock().unwrap().enabled = false;
    assert_eq!(refusal(&secrets, RotationStep::CreateSecret), "the secret is not enabled for rotation");
    let secrets = Secrets::start("old");
    let bindings = bound_to(&secrets, "random-password", &json!({}));
    let unknown = secrets.step(&bindings, RotationStep::CreateSecret, "99999999-2222-4333-8444-555555555555");
    assert_eq!(unknown, Err(RotationFailure::Failed("the version of the rotation does not exist".to_owned())));
    assert_eq!(secrets.value("AWSCURRENT").unwrap(), "old");
}
