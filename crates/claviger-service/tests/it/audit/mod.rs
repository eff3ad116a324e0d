//! The records of calls, and the values that they must not hold.

mod canaries;
mod failing;
mod through_secrets;
mod with_the_change;

use serde_json::{Value, json};

use crate::identities::{ALLOW_KMS, iam, text, trust, user_with_policy};
use crate::kit::{HOME, Keys, World};

const REQUEST: &str = "00000000-0000-4000-8000-000000000000";

fn token(n: u32) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

/// A user with one policy, known in every region.
fn user(world: &World, name: &str, policy: &str) -> Keys {
    let keys = user_with_policy(world, name, policy);
    world.settle();
    keys
}

fn new_key(world: &World) -> String {
    world.kms(HOME, "CreateKey", &json!({})).unwrap()["KeyMetadata"]["Arn"].as_str().unwrap().to_owned()
}

/// The records' operations, in order, those that were refused with their codes.
fn outline(records: &[Value]) -> Vec<String> {
    let line = |record: &Value| {
        let (name, code) = (record["eventName"].as_str().unwrap_or("?"), record["errorCode"].as_str());
        code.map_or_else(|| name.to_owned(), |code| format!("{name} {code}"))
    };
    records.iter().map(line).collect()
}

#[test]
fn a_call_is_one_whole_record() {
    let world = World::new();
    let ana = user(&world, "ana", ALLOW_KMS);
    let id = text(&iam(&world, "GetUser", &[("UserName", "ana")]), "UserId").to_owned();
    let key = new_key(&world);
    let context = json!({"Project": "Alpha"});
    let body = json!({"KeyId": key, "Plaintext": "c2VjcmV0", "EncryptionContext": context});
    let blob = world.call_as(&ana, HOME, "TrentService.Encrypt", &body).unwrap()["CiphertextBlob"].clone();
    world.tape(HOME).take();
    let body =
        json!({"CiphertextBlob": blob, "EncryptionContext": context, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"});
    let opened = world.call_as(&ana, HOME, "TrentService.Decrypt", &body).unwrap();
    let mut records = world.tape(HOME).take();
    let event_id = records[0].as_object_mut().unwrap().remove("eventID").unwrap();
    assert_eq!(event_id.as_str().unwrap().len(), 36);
    let at = records[0].as_object_mut().unwrap().remove("eventTime").unwrap();
    assert!(at.as_str().unwrap().starts_with("2026-") && at.as_str().unwrap().ends_with('Z'), "{at}");
    let expected = json!([{
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser", "principalId": id, "arn": "arn:aws:iam::000000000000:user/ana", "accountId": "000000000000",
            "accessKeyId": ana.id, "userName": "ana"
        },
        "eventSource": "kms.amazonaws.com",
        "eventName": "Decrypt",
        "awsRegion": HOME,
        "sourceIPAddress": null,
        "userAgent": null,
        "requestParameters": {"encryptionContext": context, "encryptionAlgorithm": "SYMMETRIC_DEFAULT"},
        "responseElements": null,
        "additionalEventData": {"keyMaterialId": opened["KeyMaterialId"]},
        "requestID": REQUEST,
        "readOnly": true,
        "resources": [{"ARN": key, "accountId": "000000000000", "type": "AWS::KMS::Key"}],
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": "000000000000",
        "eventCategory": "Management"
    }]);
    assert_eq!(Value::Array(records), expected);
}

#[test]
fn both_keys_of_a_reencryption_are_told() {
    let world = World::new();
    let (from, to) = (new_key(&world), new_key(&world));
    let sealed = world.kms(HOME, "Encrypt", &json!({"KeyId": from, "Plaintext": "AAAA"})).unwrap();
    world.tape(HOME).take();
    let body = json!({"CiphertextBlob": sealed["CiphertextBlob"], "DestinationKeyId": to});
    let answer = world.kms(HOME, "ReEncrypt", &body).unwrap();
    let record = world.tape(HOME).take().remove(0);
    let materials = json!({
        "sourceKeyMaterialId": answer["SourceKeyMaterialId"], "destinationKeyMaterialId": answer["DestinationKeyMaterialId"]
    });
    assert_eq!(record["additionalEventData"], materials);
    assert_eq!((&record["resources"][0]["ARN"], &record["resources"][1]["ARN"]), (&json!(from), &json!(to)));
    assert_eq!(record["requestParameters"], json!({"destinationKeyId": to}));
}

#[test]
fn times_are_told_in_words() {
    let world = World::new();
    let key = world.kms(HOME, "CreateKey", &json!({"Origin": "EXTERNAL"})).unwrap()["KeyMetadata"]["KeyId"].clone();
    world.tape(HOME).take();
    let body = json!({"KeyId": key, "ImportToken": "AAAA", "EncryptedKeyMaterial": "AAAA", "ValidTo": 1_830_369_600});
    world.kms(HOME, "ImportKeyMaterial", &body).unwrap_err();
    let record = world.tape(HOME).take().remove(0);
    assert_eq!(record["requestParameters"], json!({"keyId": key, "validTo": "Jan 1, 2028 8:00:00 PM"}));
}

#[test]
fn sessions_are_told_with_their_role() {
    let world = World::new();
    let root = "arn:aws:iam::000000000000:root";
    iam(&world, "CreateRole", &[("RoleName", "ops"), ("Path", "/t/"), ("AssumeRolePolicyDocument", &trust(root, ""))]);
    iam(&world, "PutRolePolicy", &[("RoleName", "ops"), ("PolicyName", "p"), ("PolicyDocument", ALLOW_KMS)]);
    world.tape(HOME).take();
    let role = "arn:aws:iam::000000000000:role/t/ops";
    let parameters = [("RoleArn", role), ("RoleSessionName", "s1"), ("DurationSeconds", "900")];
    let xml = world.query(&Keys::root(), HOME, "sts", "AssumeRole", &parameters).unwrap();
    let session = Keys::in_answer(&xml);
    world.call_as(&session, HOME, "TrentService.ListKeys", &json!({})).unwrap();
    let records = world.tape(HOME).take();
    let asked = json!({"roleArn": role, "roleSessionName": "s1", "durationSeconds": 900});
    assert_eq!((&records[0]["requestParameters"], &records[0]["responseElements"]), (&asked, &Value::Null));
    assert_eq!(records[0]["resources"][0]["type"], "AWS::IAM::Role");
    assert_eq!(records[0]["readOnly"], true);
    let identity = &records[1]["userIdentity"];
    assert_eq!(
        (identity["type"].as_str(), identity["accessKeyId"].as_str()),
        (Some("AssumedRole"), Some(&*session.id))
    );
    assert_eq!(identity["sessionContext"]["sessionIssuer"]["arn"], role);
    assert_eq!(identity["sessionContext"]["attributes"]["mfaAuthenticated"], "false");
}

#[test]
fn refusals_are_told_with_their_texts() {
    let world = World::new();
    let nobody = user(
        &world,
        "nobody",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}"#,
    );
    let key = new_key(&world);
    world.tape(HOME).take();
    let denied = world.call_as(&nobody, HOME, "TrentService.DescribeKey", &json!({"KeyId": key})).unwrap_err();
    let missing = "1234abcd-12ab-34cd-56ef-1234567890ab";
    world.kms(HOME, "DescribeKey", &json!({"KeyId": missing})).unwrap_err();
    world.kms(HOME, "DescribeKey", &json!({})).unwrap_err();
    let records = world.tape(HOME).take();
    assert_eq!(
        outline(&records),
        ["DescribeKey AccessDenied", "DescribeKey NotFoundException", "DescribeKey ValidationException"]
    );
    assert_eq!(records[0]["errorMessage"], denied["message"]);
    assert_eq!(records[0]["resources"][0]["ARN"], key);
    assert!(records[1]["errorMessage"].as_str().unwrap().contains(missing));
    assert!(records[1].get("resources").is_none());
}

#[test]
fn what_cannot_be_read_is_told_without_its_contents() {
    let world = World::new();
    world.tape(HOME).take();
    let send = |target: &str, body: &str| world.post(&Keys::root(), HOME, target, body.to_owned()).status;
    assert_eq!(send("TrentService.Encrypt", r#"{"Plaintext": "Y2FuYXJ5"#), 400);
    assert_eq!(send("TrentService.Conjure", "{}"), 400);
    assert_eq!(send("TrentService.no such thing", "{}"), 400);
    let lines = world.tape(HOME).take_lines();
    assert!(lines.iter().all(|line| !line.contains("Y2FuYXJ5")), "{lines:?}");
    let records: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        outline(&records),
        ["Encrypt SerializationException", "Conjure UnknownOperationException", "? UnknownOperationException"]
    );
    assert!(records.iter().all(|record| record["requestParameters"].is_null()));
    // The caller of a request with an invalid signature is unknown, so there is no record.
    let stranger = Keys { secret: "wrong".to_owned(), ..Keys::root() };
    world.call_as(&stranger, HOME, "TrentService.ListKeys", &json!({})).unwrap_err();
    assert_eq!(outline(&world.tape(HOME).take()), Vec::<String>::new());
}

#[test]
fn too_much_is_left_out() {
    let world = World::new();
    world.tape(HOME).take();
    let body = json!({"Name": "s", "Description": "d".repeat(200_000)});
    world.secrets(HOME, "CreateSecret", &body).unwrap_err();
    let record = world.tape(HOME).take().remove(0);
    assert_eq!(record["requestParameters"]["omitted"], true);
    assert!(record["errorMessage"].as_str().unwrap().len() <= 1024);
}
