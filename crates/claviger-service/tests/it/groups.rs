//! Groups that are written in IAM's home, and the requests of their members in another region.

use serde_json::{Value, json};

use crate::identities::{ALLOW_KMS, iam, keys_of};
use crate::kit::{AWAY, HOME, Keys, World};

const DENY_KMS: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"kms:*","Resource":"*"}]}"#;

/// A key of each region.
fn keys(world: &World) -> Vec<(&'static str, Value)> {
    [HOME, AWAY]
        .map(|region| (region, world.kms(region, "CreateKey", &json!({})).unwrap()["KeyMetadata"]["KeyId"].clone()))
        .into()
}

/// The texts of the denials of DescribeKey in each region, after the regions have received all changes. Empty for an answer.
fn denials(world: &World, who: &Keys, keys: &[(&str, Value)]) -> Vec<String> {
    world.settle();
    let describe = |(region, key): &(&str, Value)| match world.call_as(
        who,
        region,
        "TrentService.DescribeKey",
        &json!({"KeyId": key}),
    ) {
        Ok(_) => String::new(),
        Err(error) => error["message"].as_str().unwrap_or_default().to_owned(),
    };
    keys.iter().map(describe).collect()
}

#[test]
fn a_group_made_at_the_home_decides_in_every_region() {
    let world = World::new();
    let made = keys(&world);
    iam(&world, "CreateUser", &[("UserName", "ana")]);
    let ana = keys_of(&world, "ana");
    let denied = |reason: &str| -> Vec<String> {
        let who = "User: arn:aws:iam::000000000000:user/ana is not authorized to perform: kms:DescribeKey on resource:";
        let arn =
            |(region, key): &(&str, Value)| format!("arn:aws:kms:{region}:000000000000:key/{}", key.as_str().unwrap());
        made.iter().map(|key| format!("{who} {} {reason}", arn(key))).collect()
    };
    let implicit = denied("because no identity-based policy allows the kms:DescribeKey action");
    let allowed = vec![String::new(); 2];
    assert_eq!(denials(&world, &ana, &made), implicit);

    iam(&world, "CreateGroup", &[("GroupName", "team")]);
    iam(&world, "PutGroupPolicy", &[("GroupName", "team"), ("PolicyName", "p"), ("PolicyDocument", ALLOW_KMS)]);
    assert_eq!(denials(&world, &ana, &made), implicit);
    iam(&world, "AddUserToGroup", &[("GroupName", "team"), ("UserName", "ana")]);
    assert_eq!(denials(&world, &ana, &made), allowed);
    iam(&world, "UpdateGroup", &[("GroupName", "team"), ("NewGroupName", "crew")]);
    assert_eq!(denials(&world, &ana, &made), allowed);
    iam(&world, "PutGroupPolicy", &[("GroupName", "crew"), ("PolicyName", "d"), ("PolicyDocument", DENY_KMS)]);
    assert_eq!(denials(&world, &ana, &made), denied("with an explicit deny in an identity-based policy"));
    iam(&world, "DeleteGroupPolicy", &[("GroupName", "crew"), ("PolicyName", "d")]);
    assert_eq!(denials(&world, &ana, &made), allowed);
    iam(&world, "RemoveUserFromGroup", &[("GroupName", "crew"), ("UserName", "ana")]);
    assert_eq!(denials(&world, &ana, &made), implicit);
}

/// A request reads the rows of the user's own groups: as many with a hundred other groups and members as without.
#[test]
fn other_groups_and_members_cost_a_request_nothing() {
    let world = World::new();
    let key = world.kms(HOME, "CreateKey", &json!({})).unwrap()["KeyMetadata"]["KeyId"].clone();
    iam(&world, "CreateGroup", &[("GroupName", "team")]);
    iam(&world, "PutGroupPolicy", &[("GroupName", "team"), ("PolicyName", "p"), ("PolicyDocument", ALLOW_KMS)]);
    iam(&world, "CreateUser", &[("UserName", "ana")]);
    iam(&world, "AddUserToGroup", &[("GroupName", "team"), ("UserName", "ana")]);
    let ana = keys_of(&world, "ana");
    let store = world.store(HOME);
    // The number of reads of the store that the cache has to answer, so that a request waits for none of them.
    let reads = || {
        (0..).find(|cached_reads| {
            world.forget_rows(HOME);
            store.set_cached_reads(*cached_reads);
            store.take_waited();
            world.call_as(&ana, HOME, "TrentService.DescribeKey", &json!({"KeyId": key})).unwrap();
            let none_waited = store.take_waited().is_empty();
            store.set_cached_reads(usize::MAX);
            none_waited
        })
    };
    let before = reads();
    for n in 0..50 {
        let (group, user) = (format!("group-{n}"), format!("user-{n}"));
        iam(&world, "CreateGroup", &[("GroupName", &group)]);
        iam(&world, "CreateUser", &[("UserName", &user)]);
        for group in [group.as_str(), "team"] {
            iam(&world, "AddUserToGroup", &[("GroupName", group), ("UserName", &user)]);
        }
    }
    assert_eq!(reads(), before);
    // One group more of the user's own is one row more.
    iam(&world, "AddUserToGroup", &[("GroupName", "group-0"), ("UserName", "ana")]);
    assert_eq!(reads(), before.map(|reads| reads + 1));
}
