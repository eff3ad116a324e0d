//! The form that a request must have to be read at all.

use serde_json::{Value, json};

use crate::kit::{HOME, Keys, World};

fn send(world: &World, service: &str, content_type: Option<&str>, target: Option<&str>, body: &str) -> (u16, String) {
    let headers = [("content-type", content_type), ("x-amz-target", target)];
    let given = headers.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.as_bytes().to_vec())));
    let response = world.send(&Keys::root(), HOME, service, given.collect(), body.to_owned());
    (response.status, String::from_utf8(response.body.to_vec()).unwrap())
}

#[test]
fn bodies_of_another_type_are_not_read() {
    let world = World::new();
    let json = |content_type| send(&world, "kms", content_type, Some("TrentService.ListKeys"), "{}");
    for good in
        ["application/x-amz-json-1.1", "application/x-amz-json-1.0", "Application/X-Amz-Json-1.1; charset=utf-8"]
    {
        assert_eq!(json(Some(good)).0, 200, "{good}");
    }
    for bad in [
        None,
        Some(""),
        Some("application/json"),
        Some("application/x-amz-json-1.11"),
        Some("text/plain"),
        Some("application/x-amz-cbor-1.1"),
    ] {
        let (status, body) = json(bad);
        assert!(status == 400 && body.contains("SerializationException"), "{bad:?}: {status} {body}");
    }
    let form = "Action=GetCallerIdentity&Version=2011-06-15";
    let query = |content_type| send(&world, "sts", content_type, None, form);
    for good in ["application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-8"] {
        assert_eq!(query(Some(good)).0, 200, "{good}");
    }
    for bad in [None, Some("multipart/form-data"), Some("application/x-amz-json-1.1")] {
        let (status, body) = query(bad);
        assert!(status == 400 && body.contains("MalformedInput"), "{bad:?}: {status} {body}");
    }
}

#[test]
fn a_query_names_the_version_of_its_service() {
    let world = World::new();
    let query = |body: &str| send(&world, "sts", Some("application/x-www-form-urlencoded"), None, body);
    for (body, version) in [
        ("Action=GetCallerIdentity", "NO_VERSION_SPECIFIED"),
        ("Action=GetCallerIdentity&Version=", ""),
        ("Action=GetCallerIdentity&Version=2010-05-08", "2010-05-08"),
        ("Version=2011-06-16&Action=GetCallerIdentity", "2011-06-16"),
    ] {
        let (status, answer) = query(body);
        let text = format!("<Message>Could not find operation GetCallerIdentity for version {version}</Message>");
        assert!(status == 400 && answer.contains("InvalidAction") && answer.contains(&text), "{body}: {answer}");
    }
    assert_eq!(query("Version=2011-06-15&Action=GetCallerIdentity").0, 200);
}

/// A call whose client accepts JSON: the status, the content type and the body.
fn accepting_json(
    world: &World,
    who: &Keys,
    service: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (u16, String, Value) {
    let headers = [headers, &[("accept", "application/json")]].concat();
    let given = headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()));
    let response = world.send(who, HOME, service, given.collect(), body.to_owned());
    let content_type = response.headers.iter().find(|(name, _)| *name == "content-type").unwrap().1.clone();
    (response.status, content_type, serde_json::from_slice(&response.body).unwrap())
}

#[test]
fn query_services_answer_json_to_a_client_that_accepts_it() {
    let world = World::new();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let query = |who: &Keys, service, body| accepting_json(&world, who, service, &form, body);

    let (status, content_type, body) = query(&Keys::root(), "sts", "Action=GetCallerIdentity&Version=2011-06-15");
    assert_eq!((status, content_type.as_str()), (200, "application/json"));
    let answer = &body["GetCallerIdentityResponse"];
    let root = json!({"Account": "000000000000", "Arn": "arn:aws:iam::000000000000:root", "UserId": "000000000000"});
    assert_eq!(answer["GetCallerIdentityResult"], root);
    assert!(answer["ResponseMetadata"]["RequestId"].is_string());

    let (status, _, body) = query(&Keys::root(), "iam", "Action=CreateUser&UserName=ana&Version=2010-05-08");
    let user = &body["CreateUserResponse"]["CreateUserResult"]["User"];
    assert_eq!((status, &user["UserName"], &user["Path"]), (200, &json!("ana"), &json!("/")));
    assert!(user["CreateDate"].is_number() && user["PermissionsBoundary"].is_null(), "{user}");

    let (status, content_type, body) = query(&Keys::root(), "iam", "Action=GetUser&UserName=bob&Version=2010-05-08");
    assert_eq!((status, content_type.as_str()), (404, "application/json"));
    let text = "The user with name bob cannot be found.";
    assert_eq!(body["Error"], json!({"Code": "NoSuchEntity", "Message": text, "Type": "Sender"}));
    assert!(body["RequestId"].is_string());

    // Refusals of signatures too, since the authenticator of EKS reads them.
    let stranger = Keys { id: "AKIAIOSFODNN7EXAMPLE".to_owned(), ..Keys::root() };
    let (status, _, body) = query(&stranger, "sts", "Action=GetCallerIdentity&Version=2011-06-15");
    assert_eq!((status, &body["Error"]["Code"]), (403, &json!("InvalidClientTokenId")));
}

#[test]
fn a_json_service_answers_in_its_own_json_whatever_is_accepted() {
    let world = World::new();
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "TrentService.ListKeys")];
    let (status, content_type, body) = accepting_json(&world, &Keys::root(), "kms", &headers, "{}");
    assert_eq!((status, content_type.as_str()), (200, "application/x-amz-json-1.1"));
    assert_eq!(body["Keys"], json!([]));
}
