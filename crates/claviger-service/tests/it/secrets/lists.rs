//! Lists of secrets and of versions.

use serde_json::{Value, json};

use super::{create, members, names, ok, put, token};
use crate::kit::{HOME, World};

#[test]
fn secrets_are_listed_sorted_filtered_and_in_pages() {
    let world = World::new();
    for name in ["b/one", "a/two", "c/three", "a/four"] {
        create(&world, name, "x");
        world.clock.advance_ms(1500);
    }
    let list = |body: Value| ok(&world, "ListSecrets", body);
    assert_eq!(names(&list(json!({}))), ["a/four", "c/three", "a/two", "b/one"]);
    assert_eq!(names(&list(json!({"SortOrder": "asc"}))), ["b/one", "a/two", "c/three", "a/four"]);
    let by_name = json!({"SortBy": "name", "SortOrder": "asc"});
    assert_eq!(names(&list(by_name.clone())), ["a/four", "a/two", "b/one", "c/three"]);
    let filtered = json!({"Filters": [{"Key": "name", "Values": ["a/", "c"]}], "SortOrder": "asc"});
    assert_eq!(names(&list(filtered)), ["a/two", "c/three", "a/four"]);

    let mut seen = Vec::new();
    let mut body = by_name;
    body["MaxResults"] = json!(1);
    loop {
        let page = list(body.clone());
        seen.extend(names(&page).into_iter().map(str::to_owned));
        let Some(next) = page["NextToken"].as_str() else { break };
        body["NextToken"] = json!(next);
    }
    assert_eq!(seen, ["a/four", "a/two", "b/one", "c/three"]);
    let error = world.secrets(HOME, "ListSecrets", &json!({"NextToken": "bm9uc2Vuc2U="})).unwrap_err();
    assert_eq!(error["__type"], "InvalidNextTokenException");
    let entry = &list(json!({"MaxResults": 1}))["SecretList"][0];
    assert_eq!(entry["SecretVersionsToStages"], json!({token(1): ["AWSCURRENT"]}));
    assert_eq!(members(entry), ["ARN", "CreatedDate", "LastChangedDate", "Name", "SecretVersionsToStages"]);
}

#[test]
fn a_token_is_valid_only_for_the_operation_that_issued_it() {
    let world = World::new();
    for name in ["a/one", "a/two"] {
        create(&world, name, "x");
    }
    let first = json!({"Filters": [{"Key": "name", "Values": ["a/"]}], "MaxResults": 1});
    let operations = ["ListSecrets", "BatchGetSecretValue"];
    for issuer in operations {
        let token = ok(&world, issuer, first.clone())["NextToken"].clone();
        let mut second = first.clone();
        second["NextToken"] = token;
        for operation in operations {
            let answer = world.secrets(HOME, operation, &second);
            if operation == issuer {
                assert!(answer.unwrap().get("NextToken").is_none());
            } else {
                assert_eq!(answer.unwrap_err()["__type"], "InvalidNextTokenException");
            }
        }
    }
}

#[test]
fn versions_are_listed_in_pages() {
    let world = World::new();
    create(&world, "s", "v1");
    put(&world, "s", 2, &[]);
    put(&world, "s", 3, &[]);
    let page = |token: Option<&str>| {
        let mut body = json!({"SecretId": "s", "IncludeDeprecated": true, "MaxResults": 2});
        if let Some(token) = token {
            body["NextToken"] = json!(token);
        }
        ok(&world, "ListSecretVersionIds", body)
    };
    let first = page(None);
    assert_eq!(first["Versions"][1]["VersionId"], token(2));
    let second = page(first["NextToken"].as_str());
    assert_eq!(second["Versions"].as_array().unwrap().len(), 1);
    assert_eq!(second["Versions"][0]["VersionId"], token(3));
    assert!(second.get("NextToken").is_none());
    let elsewhere = json!({"SecretId": "s", "NextToken": first["NextToken"]});
    let error = world.secrets(HOME, "ListSecretVersionIds", &elsewhere).unwrap_err();
    assert_eq!(error["__type"], "InvalidNextTokenException");
}

fn pages(world: &World, mut body: Value) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    loop {
        let page = ok(world, "ListSecrets", body.clone());
        pages.push(names(&page).into_iter().map(str::to_owned).collect());
        let Some(next) = page["NextToken"].as_str() else { return pages };
        body["NextToken"] = json!(next);
    }
}

#[test]
fn the_newest_come_first_page_by_page() {
    let world = World::new();
    for n in 0..7 {
        create(&world, &format!("s{n}"), "x");
        world.clock.advance_ms(10);
    }
    // A changed secret keeps its place. A secret that is made again comes first.
    put(&world, "s2", 2, &[]);
    ok(&world, "DeleteSecret", json!({"SecretId": "s4", "ForceDeleteWithoutRecovery": true}));
    ok(&world, "DeleteSecret", json!({"SecretId": "s1", "ForceDeleteWithoutRecovery": true}));
    create(&world, "s1", "x");
    let expected = ["s1", "s6", "s5", "s3", "s2", "s0"];
    for size in 1..=7 {
        let pages = pages(&world, json!({"MaxResults": size}));
        assert_eq!(pages.concat(), expected, "{size}");
        assert_eq!(pages.len(), expected.len().div_ceil(size), "{size}");
    }
}

#[test]
fn a_page_looks_at_a_bounded_number_of_secrets() {
    let world = World::new();
    ok(&world, "CreateSecret", json!({"Name": "oldest", "Description": "wanted"}));
    world.clock.advance_ms(10);
    for n in 0..1010 {
        ok(&world, "CreateSecret", json!({"Name": format!("s{n}")}));
    }
    let list = |by: &str, filter: Value| pages(&world, json!({"Filters": [filter], "SortBy": by, "SortOrder": "desc"}));
    for by in ["created-date", "last-changed-date", "name"] {
        let walked = list(by, json!({"Key": "description", "Values": ["wanted"]}));
        assert_eq!(walked, [vec![], vec!["oldest".to_owned()]], "{by}");
        let found = list(by, json!({"Key": "name", "Values": ["none", "old"]}));
        assert_eq!(found, [vec!["oldest".to_owned()]], "{by}");
        // More names than are sorted for a page.
        let many = list(by, json!({"Key": "name", "Values": ["s"]}));
        assert_eq!(many.concat().len(), 1010, "{by}");
        assert_eq!(list(by, json!({"Key": "owning-service", "Values": ["rds"]})), [Vec::<String>::new()], "{by}");
    }
}

#[test]
fn a_filter_of_names_keeps_the_order_and_the_other_filters() {
    let world = World::new();
    for n in 0..40 {
        let description = if n % 3 == 0 { "third" } else { "other" };
        // Every fourth name has the beginning. Pairs have the same date.
        let name = format!("{}/{n:02}", ["a", "b", "ab", "c"][n % 4]);
        ok(&world, "CreateSecret", json!({"Name": name, "Description": description}));
        world.clock.advance_ms(if n % 2 == 0 { 0 } else { 10 });
    }
    let filters = json!([
        {"Key": "name", "Values": ["c", "a/", "a/1"]},
        {"Key": "description", "Values": ["third"]},
        {"Key": "name", "Values": ["!a/0"]}
    ]);
    for by in ["created-date", "last-changed-date", "last-accessed-date", "name"] {
        for order in ["asc", "desc"] {
            let all = pages(&world, json!({"SortBy": by, "SortOrder": order})).concat();
            let fits = |name: &String| {
                let number: usize = name[name.len() - 2..].parse().unwrap();
                (name.starts_with('c') || name.starts_with("a/"))
                    && number.is_multiple_of(3)
                    && !name.starts_with("a/0")
            };
            let expected: Vec<String> = all.into_iter().filter(fits).collect();
            assert!(expected.len() > 4, "{expected:?}");
            for size in [1, 3, 100] {
                let body = json!({"SortBy": by, "SortOrder": order, "Filters": filters, "MaxResults": size});
                assert_eq!(pages(&world, body).concat(), expected, "{by} {order} {size}");
            }
        }
    }
}
