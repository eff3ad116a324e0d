//! Rotation, with functions that call back with the credentials that they are given.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use claviger_types::{RotationCall, RotationFailure, RotationStep};
use serde_json::{Value, json};

use super::{create, describe, members, ok, refused, token};
use crate::kit::rotation_functions::FUNCTION;
use crate::kit::{AWAY, HOME, Keys, World};

const UNFINISHED: &str = "A previous rotation isn't complete. That rotation will be reattempted.";

/// A world whose function does what AWS's contract says, unless `trouble` has it fail.
pub(super) fn world(
    trouble: impl Fn(&RotationCall) -> Result<(), RotationFailure> + Send + Sync + 'static,
) -> (Arc<World>, Steps) {
    let world = Arc::new(World::new());
    let steps = Steps::default();
    let (inner, seen) = (Arc::downgrade(&world), steps.clone());
    world.functions.set(Arc::new(move |call| {
        seen.0.lock().unwrap().push((call.step, call.client_request_token.clone()));
        trouble(call)?;
        function(&inner.upgrade().unwrap(), call);
        Ok(())
    }));
    (world, steps)
}

/// The steps that a function was asked for.
#[derive(Default, Clone)]
pub(super) struct Steps(Arc<Mutex<Vec<(RotationStep, String)>>>);

impl Steps {
    pub(super) fn take(&self) -> Vec<RotationStep> {
        std::mem::take(&mut *self.0.lock().unwrap()).into_iter().map(|(step, _)| step).collect()
    }
}

fn keys(call: &RotationCall) -> Keys {
    Keys {
        id: call.credentials.access_key_id.clone(),
        secret: call.credentials.secret_access_key.expose().clone(),
        token: call.credentials.session_token.expose().clone(),
    }
}

fn function(world: &World, call: &RotationCall) {
    let (who, id, version) = (keys(call), &call.secret_arn, &call.client_request_token);
    let ask = |operation: &str, body: Value| world.call_as(&who, HOME, &format!("secretsmanager.{operation}"), &body);
    let shown = ask("DescribeSecret", json!({"SecretId": id})).unwrap();
    let labels = shown["VersionIdsToStages"][version].as_array().cloned().unwrap_or_default();
    if labels.contains(&json!("AWSCURRENT")) {
        return;
    }
    assert!(labels.contains(&json!("AWSPENDING")), "{shown}");
    match call.step {
        RotationStep::CreateSecret => {
            let pending = json!({"SecretId": id, "VersionId": version, "VersionStage": "AWSPENDING"});
            if ask("GetSecretValue", pending).is_err() {
                let value = json!({"SecretId": id, "ClientRequestToken": version, "SecretString": format!("by {version}"),
                    "VersionStages": ["AWSPENDING"], "RotationToken": call.rotation_token.expose()});
                ask("PutSecretValue", value).unwrap();
            }
        }
        RotationStep::SetSecret => {}
        RotationStep::TestSecret => {
            ask("GetSecretValue", json!({"SecretId": id, "VersionStage": "AWSPENDING"})).unwrap();
        }
        RotationStep::FinishSecret => {
            let stages = shown["VersionIdsToStages"].as_object().unwrap();
            let current = stages.iter().find(|(_, labels)| labels.as_array().unwrap().contains(&json!("AWSCURRENT")));
            let body = json!({"SecretId": id, "VersionStage": "AWSCURRENT", "MoveToVersionId": version,
                "RemoveFromVersionId": current.unwrap().0});
            ask("UpdateSecretVersionStage", body).unwrap();
        }
    }
}

pub(super) fn well(_: &RotationCall) -> Result<(), RotationFailure> {
    Ok(())
}

pub(super) fn rotate(world: &World, n: u32, more: Value) -> Value {
    let mut body = json!({"SecretId": "s", "ClientRequestToken": token(n), "RotationLambdaARN": FUNCTION});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    ok(world, "RotateSecret", body)
}

pub(super) fn value(world: &World) -> Value {
    ok(world, "GetSecretValue", json!({"SecretId": "s"}))["SecretString"].clone()
}

pub(super) const DAY_MS: i64 = 86_400_000;

#[test]
fn a_rotation_starts_at_once_and_then_by_its_schedule() {
    let (world, steps) = world(well);
    let arn = create(&world, "s", "old");
    let answer = rotate(&world, 2, json!({"RotationRules": {"AutomaticallyAfterDays": 7}}));
    assert_eq!(answer, json!({"ARN": arn, "Name": "s", "VersionId": token(2)}));
    let waiting = describe(&world, "s");
    assert_eq!(waiting["VersionIdsToStages"][token(2)], json!(["AWSPENDING"]));
    assert_eq!(waiting["RotationEnabled"], json!(true));
    assert_eq!(world.run_rotations(HOME), 1);
    assert_eq!(steps.take(), RotationStep::ALL);
    assert_eq!(value(&world), json!(format!("by {}", token(2))));
    let done = describe(&world, "s");
    assert_eq!(done["VersionIdsToStages"][token(1)], json!(["AWSPREVIOUS"]));
    assert_eq!(done["RotationRules"], json!({"AutomaticallyAfterDays": 7}));
    assert!(done["LastRotatedDate"].is_number() && done["NextRotationDate"].is_number(), "{done}");
    assert_eq!(world.run_rotations(HOME), 0);
    world.clock.advance_ms(6 * DAY_MS);
    assert_eq!(world.run_rotations(HOME), 0);
    world.clock.advance_ms(DAY_MS);
    assert_eq!(world.run_rotations(HOME), 1);
    assert_eq!(steps.take(), RotationStep::ALL);
    assert_ne!(value(&world), json!(format!("by {}", token(2))));
    let next = describe(&world, "s");
    assert_eq!(next["VersionIdsToStages"][token(2)], json!(["AWSPREVIOUS"]));
    assert!(next["NextRotationDate"].as_f64() > done["NextRotationDate"].as_f64());
}

#[test]
fn each_step_that_fails_leaves_the_current_value_and_is_tried_again_with_the_same_version() {
    for failing in RotationStep::ALL {
        let broken = Arc::new(Mutex::new(true));
        let still = broken.clone();
        let (world, steps) = world(move |call| {
            let fails = *still.lock().unwrap() && call.step == failing;
            if fails { Err(RotationFailure::Failed("no database".to_owned())) } else { Ok(()) }
        });
        create(&world, "s", "old");
        rotate(&world, 2, json!({}));
        assert_eq!(world.run_rotations(HOME), 1);
        assert_eq!(steps.take().last(), Some(&failing));
        assert_eq!(value(&world), json!("old"));
        let body = json!({"SecretId": "s", "ClientRequestToken": token(3)});
        refused(&world, "RotateSecret", body, "InvalidRequestException", UNFINISHED);
        // The caller's request has the rotation tried again at once.
        assert_eq!(world.run_rotations(HOME), 1);
        // The delays grow.
        let mut delays = Vec::new();
        for _ in 0..8 {
            let mut waited = 0;
            while world.run_rotations(HOME) == 0 && waited < 4000 {
                world.clock.advance_ms(1000);
                waited += 1;
            }
            delays.push(waited);
        }
        assert_eq!(delays[..4], [20, 80, 320, 1280], "{failing:?}");
        // Without a schedule there is no next window. Attempts go on if the new value may be in effect already.
        match failing {
            RotationStep::CreateSecret => assert_eq!(delays[4], 4000),
            _ => assert_eq!(delays[4..], [1800; 4]),
        }
        steps.take();
        *broken.lock().unwrap() = false;
        refused(
            &world,
            "RotateSecret",
            json!({"SecretId": "s", "ClientRequestToken": token(4)}),
            "InvalidRequestException",
            UNFINISHED,
        );
        assert_eq!(world.run_rotations(HOME), 1);
        assert_eq!(steps.take(), RotationStep::ALL);
        assert_eq!(value(&world), json!(format!("by {}", token(2))));
    }
}

#[test]
fn a_node_that_died_loses_its_lease_and_no_other_runs_the_function_before() {
    let (world, steps) = world(well);
    create(&world, "s", "old");
    rotate(&world, 2, json!({}));
    let claimed = world.claim_rotations(HOME);
    assert_eq!(claimed.len(), 1);
    for _ in 0..3 {
        world.clock.advance_ms(7_000);
        claimed[0].renew();
        assert_eq!(world.run_rotations(HOME), 0);
    }
    world.clock.advance_ms(8_000);
    assert_eq!(world.run_rotations(HOME), 1);
    assert_eq!(steps.take(), RotationStep::ALL);
    // The first one comes back. It has lost the rotation and runs nothing.
    claimed[0].run();
    assert_eq!(steps.take(), []);
    assert_eq!(describe(&world, "s")["VersionIdsToStages"][token(2)], json!(["AWSCURRENT", "AWSPENDING"]));
}

#[test]
fn a_function_is_stopped_when_its_node_has_lost_the_lease() {
    let first = Arc::new(AtomicBool::new(true));
    let hangs = first.clone();
    let (world, steps) = world(move |call| {
        if !hangs.load(Ordering::SeqCst) {
            return Ok(());
        }
        hangs.store(false, Ordering::SeqCst);
        while !call.stop.is_asked() {
            std::thread::yield_now();
        }
        Err(RotationFailure::Unreachable("it was stopped".to_owned()))
    });
    create(&world, "s", "old");
    rotate(&world, 2, json!({}));
    let claimed = world.claim_rotations(HOME);
    std::thread::scope(|scope| {
        let running = scope.spawn(|| claimed[0].run());
        while first.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        claimed[0].renew();
        assert!(!running.is_finished());
        // The node could not renew its lease for a while, and another one has the rotation now.
        world.clock.advance_ms(60_000);
        let others = world.claim_rotations(HOME);
        assert_eq!(others.len(), 1);
        claimed[0].renew();
        running.join().unwrap();
        others[0].run();
    });
    let all = [RotationStep::CreateSecret].into_iter().chain(RotationStep::ALL);
    assert_eq!(steps.take(), all.collect::<Vec<_>>());
    assert_eq!(value(&world), json!(format!("by {}", token(2))));
}

#[test]
fn a_function_that_was_cut_off_after_its_last_step_has_rotated() {
    let (world, steps) = world(well);
    create(&world, "s", "old");
    rotate(&world, 2, json!({}));
    let stages = |body: Value| ok(&world, "UpdateSecretVersionStage", body);
    let body = json!({"SecretId": "s", "SecretString": "new", "ClientRequestToken": token(2), "VersionStages": ["AWSPENDING"]});
    ok(&world, "PutSecretValue", body);
    stages(
        json!({"SecretId": "s", "VersionStage": "AWSCURRENT", "MoveToVersionId": token(2), "RemoveFromVersionId": token(1)}),
    );
    assert_eq!(world.run_rotations(HOME), 0);
    assert_eq!(steps.take(), []);
    assert!(describe(&world, "s")["LastRotatedDate"].is_number());
    rotate(&world, 3, json!({}));
    assert_eq!(world.run_rotations(HOME), 1);
}

#[test]
fn a_new_value_of_a_caller_gives_the_rotation_up() {
    let (world, steps) = world(|_| Err(RotationFailure::Failed("not now".to_owned())));
    create(&world, "s", "old");
    rotate(&world, 2, json!({"RotationRules": {"ScheduleExpression": "rate(10 days)"}}));
    world.run_rotations(HOME);
    super::put(&world, "s", 5, &[]);
    let shown = describe(&world, "s");
    assert_eq!(shown["VersionIdsToStages"][token(2)], Value::Null);
    steps.take();
    world.clock.advance_ms(3_600_000);
    assert_eq!(world.run_rotations(HOME), 0);
    assert_eq!(steps.take(), []);
    assert_eq!(shown["RotationRules"], json!({"AutomaticallyAfterDays": 10, "ScheduleExpression": "rate(10 days)"}));
}

#[test]
fn a_test_runs_one_step_on_a_copy_and_leaves_nothing() {
    for works in [true, false] {
        let (world, steps) = world(move |call| {
            assert_eq!(call.step, RotationStep::TestSecret);
            if works { Ok(()) } else { Err(RotationFailure::Failed("no".to_owned())) }
        });
        create(&world, "s", "old");
        let rules = json!({"RotationRules": {"AutomaticallyAfterDays": 7}, "RotateImmediately": false});
        let answer = rotate(&world, 2, rules);
        assert_eq!(members(&answer), ["ARN", "Name"]);
        assert_eq!(world.run_rotations(HOME), 1);
        assert_eq!(steps.take(), [RotationStep::TestSecret]);
        let shown = describe(&world, "s");
        assert_eq!(shown["VersionIdsToStages"], json!({token(1): ["AWSCURRENT"]}));
        assert_eq!(shown["LastRotatedDate"], Value::Null);
        world.clock.advance_ms(3_600_000);
        assert_eq!(world.run_rotations(HOME), 0);
        world.clock.advance_ms(7 * DAY_MS);
        assert_eq!(world.claim_rotations(HOME).len(), 1);
    }
}

#[test]
fn cancelling_stops_a_running_rotation_and_keeps_the_settings() {
    let (world, steps) = world(|_| Err(RotationFailure::Failed("not now".to_owned())));
    let arn = create(&world, "s", "old");
    assert_eq!(ok(&world, "CancelRotateSecret", json!({"SecretId": "s"})), json!({"ARN": arn, "Name": "s"}));
    rotate(&world, 2, json!({"RotationRules": {"AutomaticallyAfterDays": 7}}));
    world.run_rotations(HOME);
    steps.take();
    let answer = ok(&world, "CancelRotateSecret", json!({"SecretId": "s"}));
    assert_eq!(answer, json!({"ARN": arn, "Name": "s", "VersionId": token(2)}));
    world.clock.advance_ms(30 * DAY_MS);
    assert_eq!(world.run_rotations(HOME), 0);
    let shown = describe(&world, "s");
    assert_eq!((&shown["RotationEnabled"], &shown["RotationLambdaARN"]), (&json!(false), &json!(FUNCTION)));
    assert_eq!(shown["RotationRules"], json!({"AutomaticallyAfterDays": 7}));
    assert_eq!(shown["NextRotationDate"], Value::Null);
}

#[test]
fn refusals() {
    let (world, _) = world(well);
    create(&world, "s", "old");
    let cannot = "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the \
                  principal secretsmanager.amazonaws.com.";
    let other = "arn:aws:lambda:eu-central-1:000000000000:function:other";
    let body = json!({"SecretId": "s", "ClientRequestToken": token(2), "RotationLambdaARN": other});
    refused(&world, "RotateSecret", body, "AccessDeniedException", cannot);
    let body = json!({"SecretId": "s", "ClientRequestToken": token(2)});
    let none = "No Lambda rotation function ARN is associated with this secret.";
    refused(&world, "RotateSecret", body, "InvalidRequestException", none);
    assert_eq!(describe(&world, "s")["RotationEnabled"], Value::Null);
    let body = json!({"SecretId": "s"});
    let text = "You must provide a ClientRequestToken value. We recommend a UUID-type value.";
    refused(&world, "RotateSecret", body, "InvalidParameterException", text);
}

#[test]
fn a_replica_shows_the_settings_and_a_promoted_one_does_not_rotate() {
    let (world, _) = world(well);
    create(&world, "s", "old");
    ok(&world, "ReplicateSecretToRegions", json!({"SecretId": "s", "AddReplicaRegions": [{"Region": AWAY}]}));
    world.settle();
    rotate(&world, 2, json!({"RotationRules": {"AutomaticallyAfterDays": 7}}));
    assert_eq!(world.run_rotations(HOME), 1);
    world.settle();
    let away = |operation: &str| world.secrets(AWAY, operation, &json!({"SecretId": "s"})).unwrap();
    let (here, there) = (describe(&world, "s"), away("DescribeSecret"));
    for member in ["RotationEnabled", "RotationLambdaARN", "RotationRules", "LastRotatedDate", "VersionIdsToStages"] {
        assert_eq!(there[member], here[member], "{member}");
    }
    assert_eq!(here["ReplicationStatus"][0]["Status"], json!("InSync"));
    assert_eq!(away("GetSecretValue")["SecretString"], json!(format!("by {}", token(2))));
    away("StopReplicationToReplica");
    assert_eq!(away("DescribeSecret")["RotationEnabled"], json!(false));
    world.clock.advance_ms(8 * DAY_MS);
    assert_eq!((world.run_rotations(AWAY), world.run_rotations(HOME)), (0, 1));
}

#[test]
fn a_function_has_the_rights_of_its_role() {
    let (world, _) = world(well);
    create(&world, "s", "old");
    *world.functions.role.lock().unwrap() = Some("arn:aws:iam::000000000000:role/rotator".to_owned());
    rotate(&world, 2, json!({}));
    world.run_rotations(HOME);
    assert_eq!(value(&world), json!("old"), "there is no such role");
    let iam = |action: &str, parameters: &[(&str, &str)]| {
        world.query(&Keys::root(), HOME, "iam", action, parameters).unwrap();
    };
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"lambda.amazonaws.com"}}}"#;
    iam("CreateRole", &[("RoleName", "rotator"), ("AssumeRolePolicyDocument", trust)]);
    let rights = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["secretsmanager:DescribeSecret","secretsmanager:*SecretValue","secretsmanager:UpdateSecretVersionStage"],"Resource":"*"}}"#;
    iam("PutRolePolicy", &[("RoleName", "rotator"), ("PolicyName", "p"), ("PolicyDocument", rights)]);
    world.clock.advance_ms(5_000);
    assert_eq!(world.run_rotations(HOME), 1);
    assert_eq!(value(&world), json!(format!("by {}", token(2))));
    let tape = world.tape(HOME).take();
    let by_role = tape.iter().filter(|record| {
        record["userIdentity"]["arn"] == json!("arn:aws:sts::000000000000:assumed-role/rotator/SecretsManagerRotation")
    });
    assert!(by_role.count() >= 4);
}

#[test]
fn a_secret_with_no_room_for_a_version_waits() {
    let (world, steps) = world(well);
    create(&world, "s", "old");
    let rules = json!({"RotationRules": {"AutomaticallyAfterDays": 1}, "RotateImmediately": false});
    rotate(&world, 500, rules);
    assert_eq!(world.run_rotations(HOME), 1);
    steps.take();
    // Twenty labels are the most, and AWSPENDING would be one more.
    let labels: Vec<String> = (0..19).map(|n| format!("label-{n}")).collect();
    let version = token(1);
    for label in labels {
        let body = json!({"SecretId": "s", "VersionStage": label, "MoveToVersionId": version});
        ok(&world, "UpdateSecretVersionStage", body);
    }
    world.clock.advance_ms(2 * DAY_MS);
    assert_eq!(world.run_rotations(HOME), 0);
    // One for AWSPENDING, one for AWSPREVIOUS.
    for label in ["label-0", "label-1"] {
        let body = json!({"SecretId": "s", "VersionStage": label, "RemoveFromVersionId": version});
        ok(&world, "UpdateSecretVersionStage", body);
    }
    assert_eq!(world.run_rotations(HOME), 0, "it is not tried again at once");
    world.clock.advance_ms(300_000);
    assert_eq!(world.run_rotations(HOME), 1);
    assert_eq!(steps.take().first(), Some(&RotationStep::CreateSecret));
}

#[test]
fn a_role_of_another_account_is_not_used() {
    let (world, steps) = world(well);
    create(&world, "s", "old");
    *world.functions.role.lock().unwrap() = Some("arn:aws:iam::111122223333:role/rotator".to_owned());
    rotate(&world, 2, json!({}));
    assert_eq!(world.run_rotations(HOME), 1);
    assert_eq!(steps.take(), []);
    assert_eq!(value(&world), json!("old"));
}
