//! Sessions whose users or roles are renamed or deleted, and sessions that begin other sessions.

use serde_json::{Value, json};

use crate::identities::{ALLOW_KMS, iam, keys_of, refusal, text, trust};
use crate::kit::{AWAY, HOME, Keys, World};

const ROOT: &str = "arn:aws:iam::000000000000:root";
const ANA: &str = "arn:aws:iam::000000000000:user/ana";
const OPS: &str = "arn:aws:iam::000000000000:role/ops";
const OPS_SESSION: &str = "arn:aws:sts::000000000000:assumed-role/ops/s1";

/// A user `ana`, and a session of her own.
fn ana(world: &World) -> (Keys, Keys) {
    iam(world, "CreateUser", &[("UserName", "ana")]);
    let keys = keys_of(world, "ana");
    let own = Keys::in_answer(&world.query(&keys, HOME, "sts", "GetSessionToken", &[]).unwrap());
    world.settle();
    (keys, own)
}

fn assume(world: &World, who: &Keys) -> Result<String, (u16, String)> {
    world.query(who, HOME, "sts", "AssumeRole", &[("RoleArn", OPS), ("RoleSessionName", "s1")])
}

/// A key whose policy allows every principal of the account, without regard to IAM policies.
fn open_key(world: &World) -> Value {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*",
        "Condition":{"StringEquals":{"kms:CallerAccount":"000000000000"}}}]}"#;
    world.kms(HOME, "CreateKey", &json!({"Policy": policy})).unwrap()["KeyMetadata"]["KeyId"].clone()
}

fn check_nobody(world: &World, who: &Keys, key: &Value) {
    let refused = world.call_as(who, HOME, "TrentService.DescribeKey", &json!({"KeyId": key})).unwrap_err();
    assert_eq!(refused["__type"], "UnrecognizedClientException");
    let (status, code, _) = refusal(world.query(who, HOME, "sts", "GetCallerIdentity", &[]));
    assert_eq!((status, code.as_str()), (403, "InvalidClientTokenId"));
}

#[test]
fn a_deleted_users_sessions_are_nobodys() {
    let world = World::new();
    let key = open_key(&world);
    let (keys, own) = ana(&world);
    let describe = |who: &Keys| world.call_as(who, HOME, "TrentService.DescribeKey", &json!({"KeyId": key}));
    describe(&own).unwrap();
    iam(&world, "DeleteAccessKey", &[("UserName", "ana"), ("AccessKeyId", &keys.id)]);
    describe(&own).unwrap();
    iam(&world, "DeleteUser", &[("UserName", "ana")]);
    check_nobody(&world, &own, &key);
    // The sessions do not become those of a new user of the same name.
    let (_, new) = ana(&world);
    check_nobody(&world, &own, &key);
    describe(&new).unwrap();
}

#[test]
fn a_deleted_roles_sessions_are_nobodys() {
    let world = World::new();
    let key = open_key(&world);
    let (keys, _) = ana(&world);
    let create = || iam(&world, "CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &trust(ANA, ""))]);
    create();
    let ops = Keys::in_answer(&assume(&world, &keys).unwrap());
    world.call_as(&ops, HOME, "TrentService.DescribeKey", &json!({"KeyId": key})).unwrap();
    iam(&world, "DeleteRole", &[("RoleName", "ops")]);
    check_nobody(&world, &ops, &key);
    create();
    check_nobody(&world, &ops, &key);
}

#[test]
fn a_renamed_users_sessions_keep_their_rights_under_the_new_name() {
    let world = World::new();
    let (_, own) = ana(&world);
    iam(&world, "PutUserPolicy", &[("UserName", "ana"), ("PolicyName", "p"), ("PolicyDocument", ALLOW_KMS)]);
    world.settle();
    let check = |arn: &str| {
        world.settle();
        for region in [HOME, AWAY] {
            let who = world.query(&own, region, "sts", "GetCallerIdentity", &[]).unwrap();
            assert_eq!(text(&who, "Arn"), arn, "{region}");
            world.call_as(&own, region, "TrentService.ListKeys", &json!({})).unwrap();
        }
    };
    check(ANA);
    iam(&world, "UpdateUser", &[("UserName", "ana"), ("NewUserName", "bea"), ("NewPath", "/team/")]);
    check("arn:aws:iam::000000000000:user/team/bea");
    // A new user that takes the old name is another user.
    iam(&world, "CreateUser", &[("UserName", "ana")]);
    check("arn:aws:iam::000000000000:user/team/bea");
    iam(&world, "UpdateUser", &[("UserName", "bea"), ("NewUserName", "BEA")]);
    iam(&world, "UpdateUser", &[("UserName", "BEA"), ("NewUserName", "cleo")]);
    check("arn:aws:iam::000000000000:user/team/cleo");
}

#[test]
fn a_user_is_moved_only_to_where_the_caller_may_update_users() {
    let world = World::new();
    let (keys, _) = ana(&world);
    let document = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"iam:UpdateUser","Resource":"arn:aws:iam::*:user/team/*"}]}"#;
    iam(&world, "PutUserPolicy", &[("UserName", "ana"), ("PolicyName", "p"), ("PolicyDocument", document)]);
    iam(&world, "CreateUser", &[("UserName", "bea"), ("Path", "/team/")]);
    let update =
        |more: &[(&str, &str)]| world.query(&keys, HOME, "iam", "UpdateUser", &[&[("UserName", "bea")], more].concat());
    for (more, resource) in [
        (&[("NewPath", "/admin/")][..], "user/admin/bea"),
        (&[("NewPath", "/"), ("NewUserName", "cleo")][..], "user/cleo"),
    ] {
        let (status, code, text) = refusal(update(more));
        assert_eq!((status, code.as_str()), (403, "AccessDenied"));
        let expected = format!("iam:UpdateUser on resource: arn:aws:iam::000000000000:{resource} because");
        assert!(text.contains(&expected), "{text}");
    }
    update(&[("NewPath", "/team/red/"), ("NewUserName", "cleo")]).unwrap();
    assert_eq!(
        text(&iam(&world, "GetUser", &[("UserName", "cleo")]), "Arn"),
        "arn:aws:iam::000000000000:user/team/red/cleo"
    );
}

#[test]
fn a_role_begins_itself_anew_only_if_its_trust_policy_names_it() {
    let world = World::new();
    let (keys, _) = ana(&world);
    let allow = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}"#;
    iam(&world, "CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &trust(ANA, ""))]);
    iam(&world, "PutRolePolicy", &[("RoleName", "ops"), ("PolicyName", "p"), ("PolicyDocument", allow)]);
    let ops = Keys::in_answer(&assume(&world, &keys).unwrap());
    let trusting = |document: &str| {
        iam(&world, "UpdateAssumeRolePolicy", &[("RoleName", "ops"), ("PolicyDocument", document)]);
        assume(&world, &ops)
    };
    for named in [ROOT, "*"] {
        let (status, code, text) = refusal(trusting(&trust(named, "")));
        assert_eq!((status, code.as_str()), (403, "AccessDenied"));
        assert_eq!(
            text,
            format!("User: {OPS_SESSION} is not authorized to perform: sts:AssumeRole on resource: {OPS}")
        );
    }
    for named in [OPS, OPS_SESSION] {
        trusting(&trust(named, "")).unwrap();
    }
}

#[test]
fn a_users_own_session_opens_little_of_sts() {
    let world = World::new();
    let (keys, own) = ana(&world);
    iam(
        &world,
        "AttachUserPolicy",
        &[("UserName", "ana"), ("PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess")],
    );
    iam(&world, "CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &trust(ANA, ""))]);
    let info = |who: &Keys| world.query(who, HOME, "sts", "GetAccessKeyInfo", &[("AccessKeyId", &keys.id)]);
    info(&keys).unwrap();
    let (status, code, text) = refusal(info(&own));
    assert_eq!(
        (status, code.as_str(), text.as_str()),
        (403, "AccessDenied", "Cannot call GetAccessKeyInfo with session credentials")
    );
    world.query(&own, HOME, "sts", "GetCallerIdentity", &[]).unwrap();
    assume(&world, &own).unwrap();
}
