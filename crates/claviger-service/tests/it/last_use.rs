//! When roles and access keys were last used.

use claviger_store::Store;
use claviger_types::Clock;
use serde_json::json;

use crate::identities::{ALLOW_KMS, iam, keys_of, text, trust};
use crate::kit::{AWAY, HOME, Keys, World};

const ANA: &str = "arn:aws:iam::000000000000:user/ana";
const OPS: &str = "arn:aws:iam::000000000000:role/ops";
const LAST_USES: u8 = 38;
const DAY_MS: i64 = 86_400_000;
/// Long enough for every use to be written.
const MINUTE_MS: i64 = 60_000;

/// A user `ana` with keys, who may assume a role `ops`, which may use KMS.
fn world() -> (World, Keys) {
    let world = World::new();
    iam(&world, "CreateUser", &[("UserName", "ana")]);
    let ana = keys_of(&world, "ana");
    make_role(&world);
    world.settle();
    (world, ana)
}

fn make_role(world: &World) {
    iam(world, "CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &trust(ANA, ""))]);
    iam(world, "PutRolePolicy", &[("RoleName", "ops"), ("PolicyName", "p"), ("PolicyDocument", ALLOW_KMS)]);
}

fn assume(world: &World, ana: &Keys) -> Keys {
    let xml = world.query(ana, HOME, "sts", "AssumeRole", &[("RoleArn", OPS), ("RoleSessionName", "s1")]).unwrap();
    Keys::in_answer(&xml)
}

fn list_keys(world: &World, who: &Keys, region: &str) {
    world.call_as(who, region, "TrentService.ListKeys", &json!({})).unwrap();
}

/// The present moment as answers show it.
fn now(world: &World) -> String {
    world.clock.now().iso8601()
}

/// `RoleLastUsed` as the home shows it.
fn role_last_used(world: &World) -> String {
    text(&iam(world, "GetRole", &[("RoleName", "ops")]), "RoleLastUsed").to_owned()
}

fn key_last_used(world: &World, keys: &Keys) -> String {
    text(&iam(world, "GetAccessKeyLastUsed", &[("AccessKeyId", &keys.id)]), "AccessKeyLastUsed").to_owned()
}

/// Lets a minute pass, with the work of both regions.
fn pass_a_minute(world: &World) {
    world.clock.advance_ms(MINUTE_MS);
    for region in [HOME, AWAY] {
        world.run_jobs(region);
    }
    world.settle();
}

fn rows(world: &World, region: &str) -> usize {
    let snapshot = world.store(region).snapshot().unwrap();
    snapshot.scan(&[LAST_USES], &[LAST_USES + 1], usize::MAX).unwrap().len()
}

fn commits(world: &World, region: &str) -> u64 {
    world.store(region).snapshot().unwrap().position()
}

#[test]
fn a_role_is_used_by_its_sessions() {
    let (world, ana) = world();
    assert_eq!(role_last_used(&world), "");
    let session = assume(&world, &ana);
    pass_a_minute(&world);
    assert_eq!(role_last_used(&world), "", "assuming a role is its caller's request");
    let at = now(&world);
    list_keys(&world, &session, HOME);
    pass_a_minute(&world);
    let expected = format!("<LastUsedDate>{at}</LastUsedDate><Region>{HOME}</Region>");
    assert_eq!(role_last_used(&world), expected);
    // A denied request counts as a use, since its signature is valid. A request with a forged signature does not.
    let at = now(&world);
    world.call_as(&session, HOME, "secretsmanager.ListSecrets", &json!({})).unwrap_err();
    pass_a_minute(&world);
    assert!(role_last_used(&world).contains(&at));
    let forged = Keys { secret: "no".repeat(20), ..session };
    world.call_as(&forged, HOME, "TrentService.ListKeys", &json!({})).unwrap_err();
    pass_a_minute(&world);
    assert!(role_last_used(&world).contains(&at));
    assert!(!iam(&world, "ListRoles", &[]).contains("RoleLastUsed"));
}

#[test]
fn an_access_key_shows_service_and_region() {
    let (world, ana) = world();
    let other = keys_of(&world, "ana");
    assert_eq!(key_last_used(&world, &ana), "<ServiceName>N/A</ServiceName><Region>N/A</Region>");
    let at = now(&world);
    assume(&world, &ana);
    pass_a_minute(&world);
    let shown = |at: &str, service: &str, region: &str| {
        format!("<LastUsedDate>{at}</LastUsedDate><ServiceName>{service}</ServiceName><Region>{region}</Region>")
    };
    assert_eq!(key_last_used(&world, &ana), shown(&at, "sts", HOME));
    // In another region, and denied there.
    let at = now(&world);
    world.call_as(&ana, AWAY, "TrentService.ListKeys", &json!({})).unwrap_err();
    pass_a_minute(&world);
    assert_eq!(key_last_used(&world, &ana), shown(&at, "kms", AWAY));
    assert!(!key_last_used(&world, &other).contains("LastUsedDate"), "each key has its own");
    // The home answers for all regions. Another region does not know the uses of all, so it leaves the element out.
    let root = Keys::root();
    let away = world.query(&root, AWAY, "iam", "GetAccessKeyLastUsed", &[("AccessKeyId", &ana.id)]).unwrap();
    assert!(away.contains("<UserName>ana</UserName>") && !away.contains("<AccessKeyLastUsed>"), "{away}");
    let away = world.query(&root, AWAY, "iam", "GetRole", &[("RoleName", "ops")]).unwrap();
    assert!(!away.contains("RoleLastUsed"), "{away}");
}

#[test]
fn requests_write_nothing_and_a_minute_of_them_is_one_commit() {
    let (world, ana) = world();
    let session = assume(&world, &ana);
    pass_a_minute(&world);
    let before = commits(&world, HOME);
    for _ in 0..50 {
        list_keys(&world, &session, HOME);
        world.call_as(&ana, HOME, "TrentService.ListKeys", &json!({})).unwrap_err();
    }
    assert_eq!(commits(&world, HOME), before);
    world.clock.advance_ms(MINUTE_MS);
    world.run_jobs(HOME);
    assert_eq!(commits(&world, HOME), before + 1);
    // Without requests nothing is written.
    for _ in 0..5 {
        world.clock.advance_ms(MINUTE_MS);
        world.run_jobs(HOME);
    }
    assert_eq!(commits(&world, HOME), before + 1);
}

#[test]
fn the_latest_use_in_any_region_counts() {
    let (world, ana) = world();
    let session = assume(&world, &ana);
    world.settle();
    list_keys(&world, &session, AWAY);
    world.clock.advance_ms(1_000);
    let at = now(&world);
    list_keys(&world, &session, HOME);
    // The home writes its use first, and receives the earlier use afterwards.
    pass_a_minute(&world);
    assert!(role_last_used(&world).contains(&at) && role_last_used(&world).contains(HOME));
    let at = now(&world);
    list_keys(&world, &session, AWAY);
    pass_a_minute(&world);
    assert!(role_last_used(&world).contains(&at) && role_last_used(&world).contains(AWAY));
}

#[test]
fn what_is_deleted_leaves_no_row_and_what_is_made_again_begins_unused() {
    let (world, ana) = world();
    let session = assume(&world, &ana);
    world.settle();
    list_keys(&world, &session, AWAY);
    pass_a_minute(&world);
    assert_eq!((rows(&world, HOME), rows(&world, AWAY)), (2, 1));
    // A use that is not written yet when the role is deleted.
    list_keys(&world, &session, AWAY);
    iam(&world, "DeleteRolePolicy", &[("RoleName", "ops"), ("PolicyName", "p")]);
    iam(&world, "DeleteRole", &[("RoleName", "ops")]);
    make_role(&world);
    pass_a_minute(&world);
    assert_eq!(role_last_used(&world), "");
    // The uses of a deleted key are kept for its user.
    iam(&world, "DeleteAccessKey", &[("UserName", "ana"), ("AccessKeyId", &ana.id)]);
    pass_a_minute(&world);
    assert_eq!((rows(&world, HOME), rows(&world, AWAY)), (1, 0));
    iam(&world, "DeleteUser", &[("UserName", "ana")]);
    pass_a_minute(&world);
    assert_eq!((rows(&world, HOME), rows(&world, AWAY)), (0, 0));
}

#[test]
fn a_region_that_stops_writes_what_it_holds() {
    let (world, ana) = world();
    let at = now(&world);
    assume(&world, &ana);
    claviger_service::write_pending(world.node(HOME), world.clock.now());
    assert!(key_last_used(&world, &ana).contains(&at));
}

#[test]
fn uses_of_long_ago_are_not_shown() {
    let (world, ana) = world();
    let session = assume(&world, &ana);
    list_keys(&world, &session, HOME);
    pass_a_minute(&world);
    world.clock.advance_ms(399 * DAY_MS);
    assert!(role_last_used(&world).contains("LastUsedDate"));
    world.clock.advance_ms(DAY_MS);
    assert_eq!(role_last_used(&world), "");
    assert!(key_last_used(&world, &ana).contains("LastUsedDate"), "that of keys is shown for ever");
}
