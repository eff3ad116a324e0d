//! What a request must look like to be read at all.

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
