//! Grants: the rows that requests read, the deletion with the key, and the audit trail.

use claviger_store::{Batch, Key, Store, Write, commit_blocking};
use serde_json::{Value, json};

use crate::identities::{ALLOW_KMS, iam, keys_of, trust, user_with_policy};
use crate::kit::{AWAY, HOME, Keys, World};

const ROOT: &str = "arn:aws:iam::000000000000:root";
const ANA: &str = "arn:aws:iam::000000000000:user/ana";
const OPS: &str = "arn:aws:iam::000000000000:role/ops";
const DENY_KMS: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"kms:*","Resource":"*"}]}"#;
const WEEK_MS: i64 = 8 * 86_400_000;

/// The tables of grants.
const GRANT_TABLES: std::ops::Range<u8> = 40..48;

fn rows(world: &World, region: &str) -> Vec<(Key, Vec<u8>)> {
    let (start, end) = ([GRANT_TABLES.start], [GRANT_TABLES.end]);
    world.store(region).snapshot().unwrap().scan(&start, &end, usize::MAX).unwrap()
}

/// Damages every row of the tables of grants, so that a request that reads one of them fails.
fn damage_all(world: &World) {
    let damaged = |(key, mut value): (Key, Vec<u8>)| {
        *value.last_mut().unwrap() ^= 1;
        Write::Put { key, value }
    };
    let writes = rows(world, HOME).into_iter().map(damaged).collect();
    let store = world.store(HOME);
    let position = store.snapshot().unwrap().position();
    commit_blocking(store, Batch { position, reads: Vec::new(), ranges: Vec::new(), writes }).unwrap();
}

fn kms(world: &World, region: &str, operation: &str, body: &Value) -> Value {
    world.kms(region, operation, body).unwrap_or_else(|error| panic!("{operation} {body}: {error}"))
}

fn create_key(world: &World, more: &Value) -> String {
    kms(world, HOME, "CreateKey", more)["KeyMetadata"]["Arn"].as_str().unwrap().to_owned()
}

fn grant(world: &World, region: &str, key: &str, grantee: &str, more: Value) -> Value {
    let mut body = json!({"KeyId": key, "GranteePrincipal": grantee, "Operations": ["Encrypt"]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    kms(world, region, "CreateGrant", &body)
}

/// The code of the refusal of an Encrypt, or `ok`.
fn encrypt(world: &World, who: &Keys, region: &str, key: &str) -> String {
    let body = json!({"KeyId": key, "Plaintext": "AAAA", "EncryptionContext": {"tenant": "blue"}});
    let answer = world.call_as(who, region, "TrentService.Encrypt", &body);
    answer.map_or_else(|error| error["__type"].as_str().unwrap().to_owned(), |_| "ok".to_owned())
}

/// A user without a policy.
fn make_ana(world: &World) -> Keys {
    iam(world, "CreateUser", &[("UserName", "ana")]);
    let keys = keys_of(world, "ana");
    world.settle();
    keys
}

#[test]
fn a_request_that_a_policy_decides_reads_no_grant() {
    let world = World::new();
    let key = create_key(&world, &json!({}));
    let ana = make_ana(&world);
    let allowed = user_with_policy(&world, "allowed", ALLOW_KMS);
    let denied = user_with_policy(&world, "denied", DENY_KMS);
    for grantee in ["ana", "allowed", "denied"] {
        grant(&world, HOME, &key, &format!("arn:aws:iam::000000000000:user/{grantee}"), json!({}));
    }
    assert_eq!(encrypt(&world, &ana, HOME, &key), "ok");
    damage_all(&world);
    for cached in [true, false] {
        if !cached {
            world.forget_rows(HOME);
        }
        assert_eq!(encrypt(&world, &Keys::root(), HOME, &key), "ok");
        assert_eq!(encrypt(&world, &allowed, HOME, &key), "ok");
        assert_eq!(encrypt(&world, &denied, HOME, &key), "AccessDeniedException");
    }
    // The damage is found by the request that needs a grant.
    assert_eq!(encrypt(&world, &ana, HOME, &key), "KMSInternalException");
}

#[test]
fn the_grants_of_a_deleted_key_are_deleted_in_batches() {
    let world = World::new();
    let (key, kept) = (create_key(&world, &json!({})), create_key(&world, &json!({})));
    make_ana(&world);
    for number in 0..600 {
        let more = json!({
            "Name": format!("n{number}"),
            "RetiringPrincipal": ROOT,
            "Constraints": {"EncryptionContextSubset": {"number": number.to_string()}},
        });
        grant(&world, HOME, &key, ANA, more);
    }
    let one = grant(&world, HOME, &kept, ANA, json!({"RetiringPrincipal": ROOT}));
    // The grant, two index rows, the set, its count and the grantee.
    let of_one = 6;
    assert_eq!(rows(&world, HOME).len(), 600 * 4 + 3 + of_one);
    kms(&world, HOME, "ScheduleKeyDeletion", &json!({"KeyId": key, "PendingWindowInDays": 7}));
    world.clock.advance_ms(WEEK_MS);
    let before = world.commits(HOME);
    world.run_jobs(HOME);
    // The deletion of the key, and 256, 256 and 88 grants.
    assert_eq!(world.commits(HOME) - before, 4);
    assert_eq!(rows(&world, HOME).len(), of_one);
    let listed = kms(&world, HOME, "ListRetirableGrants", &json!({"RetiringPrincipal": ROOT}));
    assert_eq!(listed["Grants"].as_array().unwrap().len(), 1);
    assert_eq!(listed["Grants"][0]["GrantId"], one["GrantId"]);
    let gone = world.kms(HOME, "ListGrants", &json!({"KeyId": key})).unwrap_err();
    assert_eq!(gone["__type"], "NotFoundException");
}

#[test]
fn a_replica_that_is_made_again_has_none_of_the_old_grants() {
    let world = World::new();
    let ana = make_ana(&world);
    let key = create_key(&world, &json!({"MultiRegion": true}));
    let replicate = || {
        kms(&world, HOME, "ReplicateKey", &json!({"KeyId": key, "ReplicaRegion": AWAY}));
        world.settle();
        key.replace(HOME, AWAY)
    };
    let replica = replicate();
    assert_eq!(encrypt(&world, &ana, AWAY, &replica), "AccessDeniedException");
    let made = grant(&world, AWAY, &replica, ANA, json!({}));
    assert_eq!(encrypt(&world, &ana, AWAY, &replica), "ok");
    assert_eq!(encrypt(&world, &ana, HOME, &key), "AccessDeniedException");
    kms(&world, AWAY, "ScheduleKeyDeletion", &json!({"KeyId": replica, "PendingWindowInDays": 7}));
    world.clock.advance_ms(WEEK_MS);
    world.run_jobs(AWAY);
    world.settle();
    assert_eq!(rows(&world, AWAY).len(), 0);

    replicate();
    assert_eq!(encrypt(&world, &ana, AWAY, &replica), "AccessDeniedException");
    assert_eq!(kms(&world, AWAY, "ListGrants", &json!({"KeyId": replica}))["Grants"], json!([]));
    // Not even if the new key has a grant: the old token names a grant of the old key.
    grant(&world, AWAY, &replica, ROOT, json!({}));
    let retired = world.kms(AWAY, "RetireGrant", &json!({"GrantToken": made["GrantToken"]})).unwrap_err();
    assert_eq!(retired["__type"], "NotFoundException");
}

#[test]
fn records_name_the_grant_and_never_its_token() {
    let world = World::new();
    let key = create_key(&world, &json!({}));
    world.tape(HOME).take_lines();
    let made = grant(&world, HOME, &key, ROOT, json!({}));
    kms(&world, HOME, "DescribeKey", &json!({"KeyId": key, "GrantTokens": [made["GrantToken"]]}));
    kms(&world, HOME, "RetireGrant", &json!({"GrantToken": made["GrantToken"]}));
    let lines = world.tape(HOME).take_lines();
    assert!(lines.iter().all(|line| !line.contains(made["GrantToken"].as_str().unwrap())));
    let records: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |name: &str| records.iter().find(|record| record["eventName"] == name).unwrap();
    for (name, key_id) in [("CreateGrant", json!(key)), ("RetireGrant", Value::Null)] {
        let record = of(name);
        assert_eq!(record["additionalEventData"]["grantId"], made["GrantId"], "{name}");
        assert_eq!(record["requestParameters"]["keyId"], key_id, "{name}");
        assert_eq!(record["resources"][0]["ARN"], key.as_str(), "{name}");
    }
}

/// A secret of `who` and its replica, under keys that only grants to `grantee` open. The principal is deleted before the value
/// is transferred.
fn check_deleted(grantee: &str, who: impl FnOnce(&World) -> Keys, delete: impl FnOnce(&World, &Keys)) {
    let world = World::new();
    let who = who(&world);
    world.settle();
    let made_in = |region: &str| {
        let made = kms(&world, region, "CreateKey", &json!({}))["KeyMetadata"]["Arn"].clone();
        let operations = json!(["Encrypt", "Decrypt", "GenerateDataKey"]);
        grant(&world, region, made.as_str().unwrap(), grantee, json!({"Operations": operations}));
        made
    };
    let (here, there) = (made_in(HOME), made_in(AWAY));
    let create = |name: &str, number: u32| {
        let body = json!({
            "Name": name, "KmsKeyId": here, "SecretString": "v", "AddReplicaRegions": [{"Region": AWAY, "KmsKeyId": there}],
            "ClientRequestToken": format!("00000000-0000-4000-8000-{number:012}"),
        });
        world.call_as(&who, HOME, "secretsmanager.CreateSecret", &body).unwrap();
    };
    let status = |name: &str| {
        world.secrets(HOME, "DescribeSecret", &json!({"SecretId": name})).unwrap()["ReplicationStatus"][0].clone()
    };
    create("before", 1);
    world.settle();
    assert_eq!(status("before")["Status"], "InSync", "{}", status("before"));
    create("after", 2);
    delete(&world, &who);
    world.settle();
    let after = status("after");
    assert_eq!(after["Status"], "Failed", "{after}");
    assert!(after["StatusMessage"].as_str().unwrap().contains("the user or role no longer exists"), "{after}");
    assert_eq!(
        world.secrets(AWAY, "GetSecretValue", &json!({"SecretId": "after"})).unwrap_err()["__type"],
        "ResourceNotFoundException"
    );
}

const ALLOW_SECRETS: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"secretsmanager:*","Resource":"*"}}"#;

#[test]
fn a_deleted_user_has_no_grants_in_background_work() {
    let delete = |world: &World, keys: &Keys| {
        iam(world, "DeleteUserPolicy", &[("UserName", "ana"), ("PolicyName", "p")]);
        iam(world, "DeleteAccessKey", &[("UserName", "ana"), ("AccessKeyId", &keys.id)]);
        iam(world, "DeleteUser", &[("UserName", "ana")]);
    };
    check_deleted(ANA, |world| user_with_policy(world, "ana", ALLOW_SECRETS), delete);
}

#[test]
fn a_deleted_role_has_no_grants_in_background_work() {
    let assume = |world: &World| {
        iam(world, "CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &trust(ROOT, ""))]);
        let policy = [("RoleName", "ops"), ("PolicyName", "p"), ("PolicyDocument", ALLOW_SECRETS)];
        iam(world, "PutRolePolicy", &policy);
        let parameters = [("RoleArn", OPS), ("RoleSessionName", "s1")];
        Keys::in_answer(&world.query(&Keys::root(), HOME, "sts", "AssumeRole", &parameters).unwrap())
    };
    let delete = |world: &World, _: &Keys| {
        iam(world, "DeleteRolePolicy", &[("RoleName", "ops"), ("PolicyName", "p")]);
        iam(world, "DeleteRole", &[("RoleName", "ops")]);
    };
    check_deleted(OPS, assume, delete);
}

#[test]
fn a_member_that_is_not_known_is_refused() {
    let world = World::new();
    let key = create_key(&world, &json!({}));
    let make = |more: Value| {
        let mut body = json!({"KeyId": key, "GranteePrincipal": ROOT, "Operations": ["Encrypt"]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.kms(HOME, "CreateGrant", &body)
    };
    let arn = "arn:aws:s3:::bucket";
    for (more, member) in [
        (json!({"Constraints": {"SourceArn": arn}}), "Constraints.SourceArn"),
        (json!({"Constraints": {"EncryptionContextEqual": {"a": "b"}}}), "Constraints.EncryptionContextEqual"),
        (json!({"Constraints": {"EncryptionContextSubset": {"a": "b"}, "SourceArn": arn}}), "Constraints.SourceArn"),
        (json!({"constraints": {"EncryptionContextSubset": {"a": "b"}}}), "constraints"),
        (json!({"RetiringServicePrincipal": "s3.amazonaws.com"}), "RetiringServicePrincipal"),
        (json!({"GranteeServicePrincipal": "s3.amazonaws.com"}), "GranteeServicePrincipal"),
    ] {
        let refused = make(more).unwrap_err();
        assert_eq!(refused["__type"], "ValidationException", "{refused}");
        assert_eq!(refused["message"], format!("CreateGrant does not support the member {member}."));
    }
    assert_eq!(kms(&world, HOME, "ListGrants", &json!({"KeyId": key}))["Grants"], json!([]));
    make(json!({"Constraints": {}})).unwrap();
    make(json!({"Constraints": {"EncryptionContextEquals": {"SourceArn": arn}}})).unwrap();
}

/// A policy that allows everything, and denies `action` on `resource` under a condition.
fn all_but(action: &str, resource: &str, condition: &Value) -> String {
    let deny = json!({"Effect": "Deny", "Action": action, "Resource": resource, "Condition": condition});
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, deny]})
        .to_string()
}

#[test]
fn another_spelling_of_a_principal_escapes_no_deny() {
    let world = World::new();
    let key = create_key(&world, &json!({}));
    iam(&world, "CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &trust(ROOT, ""))]);
    let session = "arn:aws:sts::000000000000:assumed-role/ops/ana";
    let spellings = [(ROOT, "000000000000"), (session, "arn:aws:sts::000000000000:assumed-role/OPS/ana")];
    for (number, (exact, other)) in spellings.into_iter().enumerate() {
        let check = |name: &str, condition_key: Option<&str>, call: &dyn Fn(&Keys, &str) -> Result<Value, Value>| {
            let document = match condition_key {
                Some(name) => all_but("kms:CreateGrant", "*", &json!({"StringEquals": {name: exact}})),
                // A policy cannot name the root of an account as a resource.
                None => all_but("kms:ListRetirableGrants", &exact.replace(":root", ":*"), &json!({})),
            };
            let who = user_with_policy(&world, &format!("{name}{number}"), &document);
            assert_eq!(call(&who, exact).unwrap_err()["__type"], "AccessDeniedException", "{name} {exact}");
            let refused = call(&who, other).unwrap_err();
            assert_eq!(refused["__type"], "InvalidArnException", "{name} {other}");
            assert_eq!(refused["message"], format!("ARN does not refer to a valid principal: {other}"));
        };
        check("grantee", Some("kms:GranteePrincipal"), &|who, principal| {
            let body = json!({"KeyId": key, "GranteePrincipal": principal, "Operations": ["Encrypt"]});
            world.call_as(who, HOME, "TrentService.CreateGrant", &body)
        });
        check("retiring", Some("kms:RetiringPrincipal"), &|who, principal| {
            let grantee = "arn:aws:iam::000000000000:role/ops";
            let body = json!({"KeyId": key, "GranteePrincipal": grantee, "RetiringPrincipal": principal, "Operations": ["Encrypt"]});
            world.call_as(who, HOME, "TrentService.CreateGrant", &body)
        });
        check("lister", None, &|who, principal| {
            let body = json!({"RetiringPrincipal": principal});
            world.call_as(who, HOME, "TrentService.ListRetirableGrants", &body)
        });
    }
    assert_eq!(kms(&world, HOME, "ListGrants", &json!({"KeyId": key}))["Grants"], json!([]));
}

#[test]
fn strangers_do_not_learn_whether_a_grant_exists() {
    let world = World::new();
    let key = create_key(&world, &json!({}));
    let stranger = Keys::root_of("444455556666");
    let (kept, retired) = (grant(&world, HOME, &key, ROOT, json!({})), grant(&world, HOME, &key, ROOT, json!({})));
    let by_id = |id: &str| {
        let body = json!({"KeyId": key, "GrantId": id});
        let refused = world.call_as(&stranger, HOME, "TrentService.RetireGrant", &body).unwrap_err();
        assert_eq!(refused["__type"], "AccessDeniedException");
        refused["message"].as_str().unwrap().to_owned()
    };
    let by_token = |made: &Value| {
        let body = json!({"GrantToken": made["GrantToken"]});
        let refused = world.call_as(&stranger, HOME, "TrentService.RetireGrant", &body).unwrap_err();
        assert_eq!(refused["__type"], "NotFoundException");
        let text = refused["message"].as_str().unwrap().to_owned();
        assert!(!text.contains("arn:"), "{text}");
        text.replace(made["GrantId"].as_str().unwrap(), "<id>")
    };
    let (alive, alive_by_token) = (by_id(kept["GrantId"].as_str().unwrap()), by_token(&retired));
    kms(&world, HOME, "RetireGrant", &json!({"GrantToken": retired["GrantToken"]}));
    assert_eq!(alive, by_id(&"0".repeat(64)));
    assert_eq!(alive_by_token, by_token(&retired));
    // The grantee of another account learns from its own grant, and not from the key's policy.
    let to_stranger = json!({"Operations": ["Encrypt", "RetireGrant"]});
    let theirs = grant(&world, HOME, &key, "arn:aws:iam::444455556666:root", to_stranger);
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Deny", "Principal": "*", "Action": "kms:RetireGrant", "Resource": "*"},
    ]});
    kms(&world, HOME, "PutKeyPolicy", &json!({"KeyId": key, "Policy": policy.to_string()}));
    assert_eq!(by_id(theirs["GrantId"].as_str().unwrap()), alive);
    assert_eq!(kms(&world, HOME, "ListGrants", &json!({"KeyId": key}))["Grants"].as_array().unwrap().len(), 2);
}

#[test]
fn a_marker_of_an_earlier_list_is_refused() {
    let world = World::new();
    make_ana(&world);
    let key = create_key(&world, &json!({"MultiRegion": true}));
    let replica = key.replace(HOME, AWAY);
    let made_with_grants = || {
        kms(&world, HOME, "ReplicateKey", &json!({"KeyId": key, "ReplicaRegion": AWAY}));
        world.settle();
        for _ in 0..2 {
            grant(&world, AWAY, &replica, ANA, json!({}));
        }
    };
    let list = |more: Value| {
        let mut body = json!({"KeyId": replica, "Limit": 1});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.kms(AWAY, "ListGrants", &body)
    };
    let of_ana = |more: Value| {
        let mut body = json!({"GranteePrincipal": ANA});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        list(body)
    };
    made_with_grants();
    let marker = of_ana(json!({})).unwrap()["NextMarker"].clone();
    assert_eq!(of_ana(json!({"Marker": marker})).unwrap()["Grants"].as_array().unwrap().len(), 1);
    // Another user of the same name.
    let keys = iam(&world, "ListAccessKeys", &[("UserName", "ana")]);
    let id = crate::identities::text(&keys, "AccessKeyId").to_owned();
    iam(&world, "DeleteAccessKey", &[("UserName", "ana"), ("AccessKeyId", &id)]);
    iam(&world, "DeleteUser", &[("UserName", "ana")]);
    make_ana(&world);
    grant(&world, AWAY, &replica, ANA, json!({}));
    assert_eq!(of_ana(json!({"Marker": marker})).unwrap_err()["__type"], "InvalidMarkerException");
    // Another key of the same id.
    let marker = list(json!({})).unwrap()["NextMarker"].clone();
    kms(&world, AWAY, "ScheduleKeyDeletion", &json!({"KeyId": replica, "PendingWindowInDays": 7}));
    world.clock.advance_ms(WEEK_MS);
    world.run_jobs(AWAY);
    world.settle();
    made_with_grants();
    assert_eq!(list(json!({"Marker": marker})).unwrap_err()["__type"], "InvalidMarkerException");
}

#[test]
fn a_grant_made_through_a_grant_cannot_fill_the_forms_of_its_grantee() {
    let world = World::new();
    let key = create_key(&world, &json!({}));
    let ana = make_ana(&world);
    iam(&world, "CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &trust(ROOT, ""))]);
    grant(&world, HOME, &key, ANA, json!({"Operations": ["CreateGrant", "Encrypt"]}));
    let make = |who: &Keys, number: u32, value: &str| {
        let constraints = json!({"EncryptionContextSubset": {format!("name{number}"): value}});
        let body =
            json!({"KeyId": key, "GranteePrincipal": OPS, "Operations": ["Encrypt"], "Constraints": constraints});
        world.call_as(who, HOME, "TrentService.CreateGrant", &body)
    };
    for number in 0..32 {
        make(&ana, number, "v").unwrap();
    }
    let refused = make(&ana, 32, "v").unwrap_err();
    assert_eq!(refused["__type"], "LimitExceededException", "{refused}");
    let text = format!(
        "The grantee principal has grants on {key} with 32 combinations of operations and names in their constraints, and \
         grants that are made through a grant can add no further combination."
    );
    assert_eq!(refused["message"], text);
    // A known form, and a caller whom the policies allow.
    make(&ana, 0, "w").unwrap();
    make(&Keys::root(), 32, "v").unwrap();
    let document =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:CreateGrant","Resource":"*"}}"#;
    iam(&world, "PutUserPolicy", &[("UserName", "ana"), ("PolicyName", "p"), ("PolicyDocument", document)]);
    world.settle();
    make(&ana, 33, "v").unwrap();
}

#[test]
fn a_renamed_user_is_shown_by_its_present_name() {
    let world = World::new();
    let key = create_key(&world, &json!({}));
    make_ana(&world);
    grant(&world, HOME, &key, ANA, json!({"RetiringPrincipal": ANA}));
    iam(&world, "UpdateUser", &[("UserName", "ana"), ("NewUserName", "bea"), ("NewPath", "/team/")]);
    // Another user under the old name.
    make_ana(&world);
    let bea = "arn:aws:iam::000000000000:user/team/bea";
    let listed = |more: Value| {
        let mut body = json!({"KeyId": key});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        kms(&world, HOME, "ListGrants", &body)["Grants"].clone()
    };
    let found = listed(json!({}));
    assert_eq!((&found[0]["GranteePrincipal"], &found[0]["RetiringPrincipal"]), (&json!(bea), &json!(bea)));
    assert_eq!(listed(json!({"GranteePrincipal": bea})), found);
    assert_eq!(listed(json!({"GranteePrincipal": ANA})), json!([]));
}

/// A policy that allows everything, and denies Encrypt.
const ALL_BUT_ENCRYPT: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
    {"Effect":"Deny","Action":"kms:Encrypt","Resource":"*"}]}"#;

/// The text of the refusal of an Encrypt.
fn refused_encrypt(world: &World, who: &Keys, key: &str) -> String {
    let refused = world.call_as(who, HOME, "TrentService.Encrypt", &json!({"KeyId": key, "Plaintext": "AAAA"}));
    let refused = refused.unwrap_err();
    assert_eq!(refused["__type"], "AccessDeniedException");
    refused["message"].as_str().unwrap().to_owned()
}

#[test]
fn a_deny_in_a_boundary_wins_over_a_grant() {
    let world = World::new();
    let key = create_key(&world, &json!({}));
    let ana = make_ana(&world);
    grant(&world, HOME, &key, ANA, json!({}));
    assert_eq!(encrypt(&world, &ana, HOME, &key), "ok");
    iam(&world, "CreatePolicy", &[("PolicyName", "limit"), ("PolicyDocument", ALL_BUT_ENCRYPT)]);
    let boundary = "arn:aws:iam::000000000000:policy/limit";
    iam(&world, "PutUserPermissionsBoundary", &[("UserName", "ana"), ("PermissionsBoundary", boundary)]);
    let text = refused_encrypt(&world, &ana, &key);
    assert!(text.ends_with("with an explicit deny in a permissions boundary"), "{text}");
}

#[test]
fn a_deny_in_a_session_policy_wins_over_a_grant() {
    let world = World::new();
    let key = create_key(&world, &json!({}));
    iam(&world, "CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &trust(ROOT, ""))]);
    grant(&world, HOME, &key, OPS, json!({}));
    let assume = |more: &[(&str, &str)]| {
        let parameters = [&[("RoleArn", OPS), ("RoleSessionName", "s1")], more].concat();
        Keys::in_answer(&world.query(&Keys::root(), HOME, "sts", "AssumeRole", &parameters).unwrap())
    };
    assert_eq!(encrypt(&world, &assume(&[]), HOME, &key), "ok");
    let text = refused_encrypt(&world, &assume(&[("Policy", ALL_BUT_ENCRYPT)]), &key);
    assert!(text.ends_with("with an explicit deny in a session policy"), "{text}");
}

#[test]
fn a_grant_to_a_role_of_another_account() {
    let world = World::new();
    let key = create_key(&world, &json!({}));
    let root = Keys::root_of("444455556666");
    let query = |service: &str, action: &str, parameters: &[(&str, &str)]| {
        world.query(&root, HOME, service, action, parameters).unwrap_or_else(|error| panic!("{action}: {error:?}"))
    };
    let document = trust("arn:aws:iam::444455556666:root", "");
    for name in ["ops", "night"] {
        query("iam", "CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", &document)]);
    }
    let assume = |name: &str| {
        let role = format!("arn:aws:iam::444455556666:role/{name}");
        Keys::in_answer(&query("sts", "AssumeRole", &[("RoleArn", &role), ("RoleSessionName", "s1")]))
    };
    let (ops, night) = (assume("ops"), assume("night"));
    assert_eq!(encrypt(&world, &ops, HOME, &key), "AccessDeniedException");
    grant(&world, HOME, &key, "arn:aws:iam::444455556666:role/ops", json!({}));
    // The role needs no policy of its account, and the grant is for no other role, nor a role of that name here.
    assert_eq!(encrypt(&world, &ops, HOME, &key), "ok");
    assert_eq!(encrypt(&world, &night, HOME, &key), "AccessDeniedException");
    iam(&world, "CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &trust(ROOT, ""))]);
    let parameters = [("RoleArn", OPS), ("RoleSessionName", "s1")];
    let here = Keys::in_answer(&world.query(&Keys::root(), HOME, "sts", "AssumeRole", &parameters).unwrap());
    assert_eq!(encrypt(&world, &here, HOME, &key), "AccessDeniedException");
    // A Deny of the role's own account wins.
    let deny = [("RoleName", "ops"), ("PolicyName", "p"), ("PolicyDocument", DENY_KMS)];
    query("iam", "PutRolePolicy", &deny);
    assert_eq!(encrypt(&world, &ops, HOME, &key), "AccessDeniedException");
}

#[test]
fn constraints_need_the_context_of_the_ciphertext() {
    let world = World::new();
    let (key, target) = (create_key(&world, &json!({})), create_key(&world, &json!({})));
    let ana = make_ana(&world);
    let tenant = json!({"tenant": "blue"});
    let sealed = |context: &Value| {
        let body = json!({"KeyId": key, "Plaintext": "AAAA", "EncryptionContext": context});
        kms(&world, HOME, "Encrypt", &body)["CiphertextBlob"].clone()
    };
    let (blue, red, bare) = (sealed(&tenant), sealed(&json!({"tenant": "red"})), sealed(&json!({})));
    let more = json!({"Operations": ["Decrypt", "ReEncryptFrom"], "Constraints": {"EncryptionContextSubset": tenant}});
    grant(&world, HOME, &key, ANA, more);
    grant(&world, HOME, &target, ANA, json!({"Operations": ["ReEncryptTo"]}));
    let decrypt = |blob: &Value, context: Value| {
        let body = json!({"CiphertextBlob": blob, "EncryptionContext": context});
        world.call_as(&ana, HOME, "TrentService.Decrypt", &body)
    };
    let re_encrypt = |blob: &Value, context: Value| {
        let body = json!({"CiphertextBlob": blob, "SourceEncryptionContext": context, "DestinationKeyId": target});
        world.call_as(&ana, HOME, "TrentService.ReEncrypt", &body)
    };
    decrypt(&blue, tenant.clone()).unwrap();
    re_encrypt(&blue, tenant.clone()).unwrap();
    let code = |answer: Result<Value, Value>| answer.unwrap_err()["__type"].as_str().unwrap().to_owned();
    // The request's context does not satisfy the constraint, whatever the ciphertext's is.
    for (blob, context) in [(&blue, json!({})), (&bare, json!({})), (&red, json!({"tenant": "red"}))] {
        assert_eq!(code(decrypt(blob, context.clone())), "AccessDeniedException", "{context}");
        assert_eq!(code(re_encrypt(blob, context.clone())), "AccessDeniedException", "{context}");
    }
    let without = json!({"CiphertextBlob": bare});
    assert_eq!(code(world.call_as(&ana, HOME, "TrentService.Decrypt", &without)), "AccessDeniedException");
    // A context that satisfies the constraint opens no ciphertext of another context.
    for blob in [&red, &bare] {
        assert_eq!(code(decrypt(blob, tenant.clone())), "InvalidCiphertextException");
        assert_eq!(code(re_encrypt(blob, tenant.clone())), "InvalidCiphertextException");
    }
}
