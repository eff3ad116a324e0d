//! Values, versions, labels and tags.

use serde_json::{Value, json};

use super::{ACCOUNT, MISSING, create, describe, members, ok, put, refused, token};
use crate::kit::{AWAY, HOME, World};

#[test]
fn a_value_is_read_by_name_arn_and_partial_arn() {
    let world = World::new();
    let arn = create(&world, "prod/db", "grün\u{0}");
    let partial = arn.rsplit_once('-').unwrap().0.to_owned();
    assert_eq!(arn.len(), partial.len() + 7);
    for id in ["prod/db", &arn, &partial, &arn.replace(HOME, AWAY)] {
        let read = ok(&world, "GetSecretValue", json!({"SecretId": id}));
        assert_eq!(
            (read["SecretString"].as_str(), read["ARN"].as_str()),
            (Some("grün\u{0}"), Some(arn.as_str())),
            "{id}"
        );
        assert_eq!(read["VersionStages"], json!(["AWSCURRENT"]));
        assert_eq!(read["VersionId"], token(1));
        assert!(read.get("SecretBinary").is_none());
    }
    let foreign = arn.replace(ACCOUNT, "111122223333");
    for id in ["prod", "Prod/db", &format!("{partial}-xxxxxx")] {
        refused(&world, "GetSecretValue", json!({"SecretId": id}), "ResourceNotFoundException", MISSING);
    }
    let denied = world.secrets(HOME, "GetSecretValue", &json!({"SecretId": foreign})).unwrap_err();
    assert_eq!(denied["__type"], "AccessDeniedException", "{denied}");
}

#[test]
fn a_name_that_ends_like_an_arn_is_not_found_by_its_partial_arn() {
    let world = World::new();
    let arn = create(&world, "db-a1b2c3", "x");
    let partial = arn.rsplit_once('-').unwrap().0.to_owned();
    ok(&world, "GetSecretValue", json!({"SecretId": "db-a1b2c3"}));
    ok(&world, "GetSecretValue", json!({"SecretId": arn}));
    refused(&world, "GetSecretValue", json!({"SecretId": partial}), "ResourceNotFoundException", MISSING);
}

#[test]
fn binary_values_come_back_as_they_were() {
    let world = World::new();
    let body = json!({"Name": "bin", "SecretBinary": "AP+A", "ClientRequestToken": token(1)});
    ok(&world, "CreateSecret", body);
    let read = ok(&world, "GetSecretValue", json!({"SecretId": "bin"}));
    assert_eq!(read["SecretBinary"], "AP+A");
    assert!(read.get("SecretString").is_none());
}

#[test]
fn a_secret_without_a_value_has_no_version() {
    let world = World::new();
    let made = ok(&world, "CreateSecret", json!({"Name": "empty", "Description": "", "ClientRequestToken": token(1)}));
    assert_eq!(members(&made), ["ARN", "Name"]);
    assert_eq!(members(&describe(&world, "empty")), ["ARN", "CreatedDate", "LastChangedDate", "Name"]);
    let text = "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT";
    refused(&world, "GetSecretValue", json!({"SecretId": "empty"}), "ResourceNotFoundException", text);
    put(&world, "empty", 2, &[]);
    assert_eq!(describe(&world, "empty")["VersionIdsToStages"], json!({token(2): ["AWSCURRENT"]}));
}

#[test]
fn a_token_makes_one_version() {
    let world = World::new();
    let body = json!({"Name": "once", "SecretString": "v1", "ClientRequestToken": token(1)});
    let first = ok(&world, "CreateSecret", body.clone());
    assert_eq!(ok(&world, "CreateSecret", body), first);
    let arn = first["ARN"].as_str().unwrap();
    let in_use = format!(
        "You can't use ClientRequestToken {} because that value is already in use for a version of secret {arn}.",
        token(1)
    );
    let other = json!({"Name": "once", "SecretString": "other", "ClientRequestToken": token(1)});
    refused(&world, "CreateSecret", other, "ResourceExistsException", &in_use);
    let exists = "The operation failed because the secret once already exists.";
    let again = json!({"Name": "once", "SecretString": "v1", "ClientRequestToken": token(2)});
    refused(&world, "CreateSecret", again, "ResourceExistsException", exists);

    let two = put(&world, "once", 2, &[]);
    assert_eq!(two["VersionStages"], json!(["AWSCURRENT"]));
    put(&world, "once", 3, &[]);
    assert_eq!(put(&world, "once", 2, &[])["VersionStages"], json!(["AWSPREVIOUS"]));
    assert_eq!(
        describe(&world, "once")["VersionIdsToStages"],
        json!({token(2): ["AWSPREVIOUS"], token(3): ["AWSCURRENT"]})
    );
    let other = json!({"SecretId": "once", "SecretString": "other", "ClientRequestToken": token(1)});
    refused(&world, "PutSecretValue", other.clone(), "ResourceExistsException", &in_use);
    refused(&world, "UpdateSecret", other, "ResourceExistsException", &in_use);
    let same =
        ok(&world, "UpdateSecret", json!({"SecretId": "once", "SecretString": "v3", "ClientRequestToken": token(3)}));
    assert_eq!(same["VersionId"], token(3));
    let equal = json!({"SecretId": "once", "SecretString": "v3", "ClientRequestToken": token(4)});
    assert_eq!(ok(&world, "UpdateSecret", equal)["VersionId"], token(4));
    assert_eq!(
        describe(&world, "once")["VersionIdsToStages"],
        json!({token(3): ["AWSPREVIOUS"], token(4): ["AWSCURRENT"]})
    );
}

#[test]
fn tokens_are_asked_for_before_the_secret_is() {
    let world = World::new();
    let text = "You must provide a ClientRequestToken value. We recommend a UUID-type value.";
    for operation in ["PutSecretValue", "UpdateSecret"] {
        let body = json!({"SecretId": "nowhere", "SecretString": "x"});
        refused(&world, operation, body, "InvalidRequestException", text);
    }
    refused(&world, "CreateSecret", json!({"Name": "x", "SecretString": "x"}), "InvalidRequestException", text);
    let neither = json!({"SecretId": "nowhere", "ClientRequestToken": token(1)});
    let text = "You must provide either SecretString or SecretBinary.";
    refused(&world, "PutSecretValue", neither, "InvalidRequestException", text);
    let both = json!({"SecretId": "x", "SecretString": "x", "SecretBinary": "AA==", "ClientRequestToken": token(1)});
    let text = "You can't specify both a binary secret value and a string secret value in the same secret.";
    refused(&world, "PutSecretValue", both, "InvalidParameterException", text);
}

#[test]
fn bad_names_are_refused_everywhere() {
    let world = World::new();
    let text =
        "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!";
    for operation in [
        "DescribeSecret",
        "GetSecretValue",
        "ListSecretVersionIds",
        "DeleteSecret",
        "RestoreSecret",
        "GetResourcePolicy",
        "UpdateSecret",
        "StopReplicationToReplica",
    ] {
        for name in ["a b", "a*", "a]", "arn:aws:secretsmanager:eu-central-1:000000000000:secret:a?"] {
            refused(&world, operation, json!({"SecretId": name}), "ValidationException", text);
        }
    }
    refused(&world, "CreateSecret", json!({"Name": "a b"}), "ValidationException", text);
}

#[test]
fn labels_move_as_recorded() {
    let world = World::new();
    create(&world, "s", "v1");
    put(&world, "s", 2, &["AWSCURRENT", "PUT0"]);
    put(&world, "s", 3, &["AWSPENDING", "PUT1"]);
    let stage = |body: Value| ok(&world, "UpdateSecretVersionStage", body);
    let moved = stage(json!({
        "SecretId": "s", "VersionStage": "AWSCURRENT", "RemoveFromVersionId": token(2), "MoveToVersionId": token(3)
    }));
    assert_eq!(members(&moved), ["ARN", "Name"]);
    let expected = json!({token(2): ["AWSPREVIOUS", "PUT0"], token(3): ["AWSCURRENT", "AWSPENDING", "PUT1"]});
    assert_eq!(describe(&world, "s")["VersionIdsToStages"], expected);

    let list = |deprecated: bool| {
        ok(&world, "ListSecretVersionIds", json!({"SecretId": "s", "IncludeDeprecated": deprecated}))
    };
    let ids = |list: &Value| -> Vec<String> {
        list["Versions"].as_array().unwrap().iter().map(|v| v["VersionId"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&list(false)), [token(2), token(3)]);
    let all = list(true);
    assert_eq!(ids(&all), [token(1), token(2), token(3)]);
    assert_eq!(members(&all["Versions"][0]), ["CreatedDate", "KmsKeyIds", "VersionId"]);
    assert_eq!(all["Versions"][0]["KmsKeyIds"], json!(["DefaultEncryptionKey"]));
    // A deprecated version is still read by its id.
    let old = ok(&world, "GetSecretValue", json!({"SecretId": "s", "VersionId": token(1)}));
    assert_eq!(old["SecretString"], "v1");
    assert!(old.get("VersionStages").is_none());
    let apart = json!({"SecretId": "s", "VersionId": token(2), "VersionStage": "AWSCURRENT"});
    let text = "You provided a VersionStage that is not associated to the provided VersionId.";
    refused(&world, "GetSecretValue", apart, "InvalidRequestException", text);
}

#[test]
fn a_hundred_versions_are_kept() {
    let world = World::new();
    create(&world, "s", "v1");
    for n in 2..=100 {
        put(&world, "s", n, &[]);
    }
    let more = json!({"SecretId": "s", "SecretString": "v101", "ClientRequestToken": token(101)});
    let error = world.secrets(HOME, "PutSecretValue", &more).unwrap_err();
    assert_eq!(error["__type"], "LimitExceededException", "{error}");
    world.clock.advance_ms(86_400_000);
    ok(&world, "PutSecretValue", more);
    let gone =
        "Secrets Manager can't find the specified secret value for VersionId: 00000000-0000-4000-8000-000000000001";
    refused(
        &world,
        "GetSecretValue",
        json!({"SecretId": "s", "VersionId": token(1)}),
        "ResourceNotFoundException",
        gone,
    );
    ok(&world, "GetSecretValue", json!({"SecretId": "s", "VersionId": token(2)}));
}

#[test]
fn the_day_of_the_last_access_is_kept() {
    let world = World::new();
    create(&world, "s", "v1");
    assert!(describe(&world, "s").get("LastAccessedDate").is_none());
    ok(&world, "GetSecretValue", json!({"SecretId": "s"}));
    let day = describe(&world, "s")["LastAccessedDate"].as_f64().unwrap();
    assert_eq!(day % 86_400.0, 0.0);
    world.clock.advance_ms(86_400_000);
    ok(&world, "GetSecretValue", json!({"SecretId": "s"}));
    assert_eq!(describe(&world, "s")["LastAccessedDate"].as_f64().unwrap(), day + 86_400.0);
}

#[test]
fn tags_are_absent_until_the_first_one() {
    let world = World::new();
    create(&world, "s", "v1");
    assert!(describe(&world, "s").get("Tags").is_none());
    let tag = json!({"SecretId": "s", "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]});
    assert_eq!(world.secrets(HOME, "TagResource", &tag).unwrap(), Value::Null);
    ok(&world, "TagResource", json!({"SecretId": "s", "Tags": [{"Key": "a", "Value": "3"}]}));
    assert_eq!(describe(&world, "s")["Tags"], json!([{"Key": "a", "Value": "3"}, {"Key": "b", "Value": "2"}]));
    ok(&world, "UntagResource", json!({"SecretId": "s", "TagKeys": ["a", "b", "c"]}));
    assert_eq!(describe(&world, "s")["Tags"], json!([]));
}
