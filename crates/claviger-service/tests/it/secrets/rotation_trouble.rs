//! Rotations that are cut off, replaced, given up or forgotten, and what the audit log tells of them.

use std::sync::{Arc, Mutex};

use claviger_types::{RotationFailure, RotationStep};
use serde_json::{Value, json};

use super::rotation::{DAY_MS, rotate, value, well, world};
use super::{create, describe, ok, refused, token};
use crate::kit::{HOME, World};

/// The labels of each version.
fn labels(world: &World) -> Value {
    describe(world, "s")["VersionIdsToStages"].clone()
}

/// The service events since the last call: their names, and their errors' texts.
fn events(world: &World) -> Vec<(String, Option<String>)> {
    let records = world.tape(HOME).take();
    let events = records.iter().filter(|record| record["eventType"] == json!("AwsServiceEvent"));
    let text = |value: &Value| value.as_str().map(str::to_owned);
    events.map(|record| (text(&record["eventName"]).unwrap(), text(&record["errorMessage"]))).collect()
}

fn names(world: &World) -> Vec<String> {
    events(world).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn the_audit_log_tells_of_each_attempt() {
    let broken = Arc::new(Mutex::new(true));
    let still = broken.clone();
    let (world, _) = world(move |call| match *still.lock().unwrap() && call.step == RotationStep::SetSecret {
        true => Err(RotationFailure::Failed("no database".to_owned())),
        false => Ok(()),
    });
    let arn = create(&world, "s", "old");
    rotate(&world, 2, json!({}));
    world.run_rotations(HOME);
    let error =
        "Error when executing lambda arn:aws:lambda:eu-central-1:000000000000:function:rotate during setSecret step";
    let expected = [("RotationStarted".to_owned(), None), ("RotationFailed".to_owned(), Some(error.to_owned()))];
    assert_eq!(events(&world), expected);
    *broken.lock().unwrap() = false;
    world.clock.advance_ms(5_000);
    world.run_rotations(HOME);
    let records = world.tape(HOME).take();
    let done = records.iter().find(|record| record["eventName"] == json!("RotationSucceeded")).unwrap();
    assert_eq!(done["userIdentity"], json!({"accountId": "000000000000", "invokedBy": "secretsmanager.amazonaws.com"}));
    assert_eq!(done["additionalEventData"], json!({"SecretId": arn}));
    assert_eq!(done["requestID"], json!(format!("Rotation-{arn}-{}", token(2))));
    assert_eq!((&done["eventSource"], &done["readOnly"]), (&json!("secretsmanager.amazonaws.com"), &json!(false)));
    rotate(&world, 3, json!({"RotateImmediately": false}));
    world.run_rotations(HOME);
    assert_eq!(names(&world), ["TestRotationStarted", "TestRotationSucceeded"]);
}

#[test]
fn an_attempt_that_is_cut_off_again_and_again_is_made_less_and_less_often() {
    let (world, _) = world(well);
    create(&world, "s", "old");
    rotate(&world, 2, json!({}));
    let mut waits = Vec::new();
    for _ in 0..5 {
        let mut waited = 0;
        while world.claim_rotations(HOME).is_empty() {
            world.clock.advance_ms(1_000);
            waited += 1;
        }
        waits.push(waited);
    }
    // A lease takes 8 seconds, the first delay 5.
    assert_eq!(waits, [0, 8, 20, 80, 320]);
}

#[test]
fn a_process_that_begins_goes_on_with_what_the_one_before_it_ran() {
    let (world, steps) = world(well);
    create(&world, "s", "old");
    rotate(&world, 2, json!({}));
    assert_eq!(world.claim_rotations(HOME).len(), 1);
    assert_eq!(world.run_rotations(HOME), 0);
    let mut search = claviger_service::RotationSearch::begin(world.node(HOME));
    let claimed = search.claim(world.node(HOME), 16, |_, _, _| true);
    assert_eq!(claimed.len(), 1);
    claimed[0].run();
    assert_eq!(steps.take(), RotationStep::ALL);
    assert_eq!(value(&world), json!(format!("by {}", token(2))));
}

#[test]
fn an_attempt_that_this_server_broke_off_counts() {
    let (world, steps) = world(well);
    create(&world, "s", "old");
    rotate(&world, 2, json!({}));
    world.claim_rotations(HOME)[0].broke_off();
    assert_eq!(world.run_rotations(HOME), 0);
    world.clock.advance_ms(5_000);
    assert_eq!(world.run_rotations(HOME), 1);
    assert_eq!(steps.take(), RotationStep::ALL);
}

#[test]
fn a_test_gives_way_to_other_requests() {
    for operation in ["CancelRotateSecret", "RotateSecret"] {
        let inner: Arc<Mutex<Option<std::sync::Weak<World>>>> = Arc::default();
        let seen = inner.clone();
        let (world, _) = world(move |call| {
            if call.step != RotationStep::TestSecret || call.client_request_token != token(2) {
                return Ok(());
            }
            let world = seen.lock().unwrap().as_ref().unwrap().upgrade().unwrap();
            assert_eq!(labels(&world)[token(2)], json!(["AWSPENDING"]));
            ok(
                &world,
                operation,
                match operation {
                    "RotateSecret" => json!({"SecretId": "s", "ClientRequestToken": token(3)}),
                    _ => json!({"SecretId": "s"}),
                },
            );
            Err(RotationFailure::Failed("the test is over".to_owned()))
        });
        *inner.lock().unwrap() = Some(Arc::downgrade(&world));
        create(&world, "s", "old");
        rotate(&world, 2, json!({"RotateImmediately": false}));
        assert_eq!(world.run_rotations(HOME), 1);
        match operation {
            "CancelRotateSecret" => {
                assert_eq!(labels(&world), json!({token(1): ["AWSCURRENT"]}));
                world.clock.advance_ms(DAY_MS);
                assert_eq!(world.run_rotations(HOME), 0);
            }
            _ => {
                assert_eq!(labels(&world), json!({token(1): ["AWSCURRENT"], token(3): ["AWSPENDING"]}));
                assert_eq!(world.run_rotations(HOME), 1);
                assert_eq!(value(&world), json!(format!("by {}", token(3))));
            }
        }
    }
}

#[test]
fn a_test_leaves_a_version_alone_that_a_caller_made() {
    let (world, steps) = world(well);
    create(&world, "s", "old");
    rotate(&world, 2, json!({"RotateImmediately": false}));
    super::put(&world, "s", 2, &["mine"]);
    assert_eq!(world.run_rotations(HOME), 1);
    assert_eq!(steps.take(), []);
    assert_eq!(labels(&world), json!({token(1): ["AWSCURRENT"], token(2): ["mine"]}));
    assert_eq!(names(&world), ["TestRotationStarted", "TestRotationFailed"]);
}

#[test]
fn a_version_without_a_value_does_not_become_current() {
    let (world, _) = world(well);
    create(&world, "s", "old");
    rotate(&world, 2, json!({}));
    let body = json!({"SecretId": "s", "VersionStage": "AWSCURRENT", "MoveToVersionId": token(2), "RemoveFromVersionId": token(1)});
    let text = format!(
        "You can't move staging label AWSCURRENT to version {} because that version has no secret value.",
        token(2)
    );
    refused(&world, "UpdateSecretVersionStage", body, "InvalidRequestException", &text);
    assert_eq!(value(&world), json!("old"));
}

#[test]
fn a_rotation_whose_label_was_taken_is_not_begun_again_in_the_same_window() {
    let (world, steps) = world(|_| Err(RotationFailure::Failed("no database".to_owned())));
    create(&world, "s", "old");
    // Each day, all day long.
    let rules = json!({"RotationRules": {"ScheduleExpression": "cron(0 0 * * ? *)"}, "RotateImmediately": false});
    rotate(&world, 2, rules);
    world.run_rotations(HOME);
    world.clock.advance_ms(DAY_MS);
    assert_eq!(world.run_rotations(HOME), 1);
    let shown = labels(&world);
    let pending = shown.as_object().unwrap().iter().find(|(_, labels)| **labels == json!(["AWSPENDING"])).unwrap().0;
    steps.take();
    let body = json!({"SecretId": "s", "VersionStage": "AWSPENDING", "RemoveFromVersionId": pending});
    ok(&world, "UpdateSecretVersionStage", body);
    events(&world);
    world.clock.advance_ms(60_000);
    assert_eq!(world.run_rotations(HOME), 0);
    let seen = events(&world);
    assert_eq!(seen, [("RotationAbandoned".to_owned(), None)]);
    world.clock.advance_ms(3_600_000);
    assert_eq!(world.run_rotations(HOME), 0);
    world.clock.advance_ms(DAY_MS);
    assert_eq!(world.run_rotations(HOME), 1);
    assert_ne!(steps.take(), []);
}

#[test]
fn a_used_token_stores_the_settings_and_begins_nothing() {
    let (world, steps) = world(well);
    create(&world, "s", "old");
    rotate(&world, 2, json!({"RotationRules": {"AutomaticallyAfterDays": 7}}));
    world.run_rotations(HOME);
    steps.take();
    let answer = rotate(&world, 2, json!({"RotationRules": {"AutomaticallyAfterDays": 3}}));
    assert_eq!(answer["VersionId"], json!(token(2)));
    assert_eq!(world.run_rotations(HOME), 0);
    assert_eq!(describe(&world, "s")["RotationRules"], json!({"AutomaticallyAfterDays": 3}));
    world.clock.advance_ms(3 * DAY_MS);
    assert_eq!(world.run_rotations(HOME), 1);
}

#[test]
fn a_cancelled_rotation_goes_on_with_its_token() {
    let broken = Arc::new(Mutex::new(true));
    let still = broken.clone();
    let (world, steps) = world(move |call| match *still.lock().unwrap() && call.step == RotationStep::TestSecret {
        true => Err(RotationFailure::Failed("no login".to_owned())),
        false => Ok(()),
    });
    create(&world, "s", "old");
    rotate(&world, 2, json!({}));
    world.run_rotations(HOME);
    let answer = ok(&world, "CancelRotateSecret", json!({"SecretId": "s"}));
    assert_eq!(answer["VersionId"], json!(token(2)));
    world.clock.advance_ms(DAY_MS);
    assert_eq!(world.run_rotations(HOME), 0);
    steps.take();
    rotate(&world, 2, json!({}));
    // The new value was set before, so the attempts do not end.
    for _ in 0..12 {
        assert_eq!(world.run_rotations(HOME), 1);
        world.clock.advance_ms(1_800_000);
    }
    *broken.lock().unwrap() = false;
    assert_eq!(world.run_rotations(HOME), 1);
    assert_eq!(value(&world), json!(format!("by {}", token(2))));
}

#[test]
fn a_rotation_that_is_complete_but_not_noted_is_noted_by_the_next_request() {
    for operation in ["RotateSecret", "CancelRotateSecret"] {
        let (world, _) = world(well);
        create(&world, "s", "old");
        rotate(&world, 2, json!({}));
        let claimed = world.claim_rotations(HOME);
        let body = json!({"SecretId": "s", "SecretString": "new", "ClientRequestToken": token(2), "VersionStages": ["AWSPENDING"]});
        ok(&world, "PutSecretValue", body);
        let body = json!({"SecretId": "s", "VersionStage": "AWSCURRENT", "MoveToVersionId": token(2), "RemoveFromVersionId": token(1)});
        ok(&world, "UpdateSecretVersionStage", body);
        events(&world);
        let body = match operation {
            "RotateSecret" => json!({"SecretId": "s", "ClientRequestToken": token(3), "RotateImmediately": false}),
            _ => json!({"SecretId": "s"}),
        };
        ok(&world, operation, body);
        assert_eq!(names(&world), ["RotationSucceeded"], "{operation}");
        assert!(describe(&world, "s")["LastRotatedDate"].is_number(), "{operation}");
        claimed[0].run();
        assert_eq!(value(&world), json!("new"));
    }
}

#[test]
fn an_attempt_that_was_cut_off_after_its_last_step_has_not_failed() {
    let (world, _) = world(well);
    create(&world, "s", "old");
    rotate(&world, 2, json!({}));
    drop(world.claim_rotations(HOME));
    let body = json!({"SecretId": "s", "SecretString": "new", "ClientRequestToken": token(2), "VersionStages": ["AWSPENDING"]});
    ok(&world, "PutSecretValue", body);
    let body = json!({"SecretId": "s", "VersionStage": "AWSCURRENT", "MoveToVersionId": token(2), "RemoveFromVersionId": token(1)});
    ok(&world, "UpdateSecretVersionStage", body);
    world.clock.advance_ms(8_000);
    assert_eq!(world.run_rotations(HOME), 0);
    assert_eq!(names(&world), ["RotationStarted", "RotationSucceeded"]);
}

#[test]
fn a_used_token_leaves_another_rotation_that_goes_on_alone() {
    let (world, steps) = world(|call| match call.step {
        RotationStep::TestSecret => Err(RotationFailure::Failed("no login".to_owned())),
        _ => Ok(()),
    });
    create(&world, "s", "old");
    rotate(&world, 2, json!({}));
    assert_eq!(world.run_rotations(HOME), 1);
    rotate(&world, 1, json!({}));
    steps.take();
    world.clock.advance_ms(5_000);
    assert_eq!(world.run_rotations(HOME), 1);
    assert_eq!(steps.take().first(), Some(&RotationStep::CreateSecret));
}

#[test]
fn a_cut_off_attempt_and_a_replaced_test_have_an_event() {
    let (world, _) = world(well);
    create(&world, "s", "old");
    rotate(&world, 2, json!({}));
    drop(world.claim_rotations(HOME));
    world.clock.advance_ms(8_000);
    assert_eq!(world.run_rotations(HOME), 1);
    assert_eq!(names(&world), ["RotationStarted", "RotationFailed", "RotationStarted", "RotationSucceeded"]);
    rotate(&world, 3, json!({"RotateImmediately": false}));
    assert_eq!(world.claim_rotations(HOME).len(), 1);
    ok(&world, "CancelRotateSecret", json!({"SecretId": "s"}));
    assert_eq!(names(&world), ["TestRotationStarted", "TestRotationFailed"]);
}

#[test]
fn a_restored_secret_goes_on_at_once() {
    let (world, steps) = world(well);
    create(&world, "s", "old");
    rotate(&world, 2, json!({}));
    ok(&world, "DeleteSecret", json!({"SecretId": "s"}));
    assert_eq!(world.run_rotations(HOME), 0);
    assert_eq!(steps.take(), []);
    ok(&world, "RestoreSecret", json!({"SecretId": "s"}));
    assert_eq!(world.run_rotations(HOME), 1);
    assert_eq!(value(&world), json!(format!("by {}", token(2))));
}

#[test]
fn one_account_does_not_hide_the_rotations_of_another() {
    let (world, _) = world(well);
    for n in 0..300 {
        let name = format!("s{n}");
        create(&world, &name, "old");
        let function = crate::kit::rotation_functions::FUNCTION;
        let body = json!({"SecretId": name, "ClientRequestToken": token(2), "RotationLambdaARN": function});
        ok(&world, "RotateSecret", body);
    }
    // The first 299 may not run: their owner has too many.
    let mut search = claviger_service::RotationSearch::default();
    let mut claimed = Vec::new();
    for _ in 0..2 {
        claimed.extend(search.claim(world.node(HOME), 16, |_, _, name| name == "s299"));
    }
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].secret().1, "s299");
}
