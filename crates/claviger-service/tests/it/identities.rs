//! Users, roles, policies and access keys, as clients see them.

use claviger_store::Store;

use crate::kit::{self, AWAY, HOME, Keys, World};

const ACCOUNT: &str = "000000000000";

pub(crate) const ALLOW_KMS: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}"#;

/// A trust policy for one principal.
pub(crate) fn trust(principal: &str, condition: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]{condition}}}]}}"#
    )
}

/// The text of the first element of a name.
pub(crate) fn text<'a>(xml: &'a str, element: &str) -> &'a str {
    kit::element(xml, element).unwrap_or_else(|| panic!("no {element} in {xml}"))
}

pub(crate) fn iam(world: &World, action: &str, parameters: &[(&str, &str)]) -> String {
    world.query(&Keys::root(), HOME, "iam", action, parameters).unwrap_or_else(|e| panic!("{action}: {e:?}"))
}

/// Status, code and text of a refusal.
pub(crate) fn refusal(outcome: Result<String, (u16, String)>) -> (u16, String, String) {
    let (status, xml) = outcome.unwrap_err();
    (status, text(&xml, "Code").to_owned(), text(&xml, "Message").replace("&quot;", "\"").replace("&gt;", ">"))
}

fn check_refused(world: &World, action: &str, parameters: &[(&str, &str)], expected: (u16, &str, &str)) {
    let (status, code, text) = refusal(world.query(&Keys::root(), HOME, "iam", action, parameters));
    assert_eq!((status, code.as_str(), text.as_str()), expected, "{action}");
}

/// A new access key of a user.
pub(crate) fn keys_of(world: &World, user: &str) -> Keys {
    Keys::in_answer(&iam(world, "CreateAccessKey", &[("UserName", user)]))
}

/// A user with one policy, and an access key of that user.
pub(crate) fn user_with_policy(world: &World, name: &str, document: &str) -> Keys {
    iam(world, "CreateUser", &[("UserName", name)]);
    iam(world, "PutUserPolicy", &[("UserName", name), ("PolicyName", "p"), ("PolicyDocument", document)]);
    keys_of(world, name)
}

#[test]
fn a_user_lives_from_creation_to_deletion() {
    let world = World::new();
    let created = iam(
        &world,
        "CreateUser",
        &[("UserName", "Ana"), ("Path", "/team/"), ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")],
    );
    assert_eq!(text(&created, "Arn"), format!("arn:aws:iam::{ACCOUNT}:user/team/Ana"));
    assert!(text(&created, "UserId").starts_with("AIDA"));
    check_refused(
        &world,
        "CreateUser",
        &[("UserName", "aNA")],
        (409, "EntityAlreadyExists", "User with name aNA already exists."),
    );
    check_refused(
        &world,
        "GetUser",
        &[("UserName", "bea")],
        (404, "NoSuchEntity", "The user with name bea cannot be found."),
    );

    let listed = iam(&world, "ListUsers", &[("PathPrefix", "/team/")]);
    assert!(listed.contains("<UserName>Ana</UserName>") && !listed.contains("<Tags>"), "{listed}");
    assert!(!iam(&world, "ListUsers", &[("PathPrefix", "/other/")]).contains("Ana"));
    assert!(
        iam(&world, "GetUser", &[("UserName", "Ana")])
            .contains("<Tags><member><Key>k</Key><Value>v</Value></member></Tags>")
    );

    let keys = keys_of(&world, "Ana");
    keys_of(&world, "Ana");
    check_refused(
        &world,
        "CreateAccessKey",
        &[("UserName", "Ana")],
        (409, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2"),
    );
    iam(&world, "PutUserPolicy", &[("UserName", "Ana"), ("PolicyName", "p"), ("PolicyDocument", ALLOW_KMS)]);
    check_refused(
        &world,
        "DeleteUser",
        &[("UserName", "Ana")],
        (409, "DeleteConflict", "Cannot delete entity, must delete access keys first."),
    );

    // The access keys stay valid under the new name.
    iam(&world, "UpdateUser", &[("UserName", "Ana"), ("NewUserName", "Bea"), ("NewPath", "/")]);
    let who = world.query(&keys, HOME, "sts", "GetCallerIdentity", &[]).unwrap();
    assert_eq!(text(&who, "Arn"), format!("arn:aws:iam::{ACCOUNT}:user/Bea"));
    check_refused(
        &world,
        "GetUser",
        &[("UserName", "Ana")],
        (404, "NoSuchEntity", "The user with name Ana cannot be found."),
    );

    let listed = iam(&world, "ListAccessKeys", &[("UserName", "Bea")]);
    let ids: Vec<&str> = listed.split("<AccessKeyId>").skip(1).map(|rest| rest.split_once('<').unwrap().0).collect();
    assert_eq!(ids.len(), 2);
    iam(&world, "UpdateAccessKey", &[("UserName", "Bea"), ("AccessKeyId", &keys.id), ("Status", "Inactive")]);
    let (status, code, _) = refusal(world.query(&keys, HOME, "sts", "GetCallerIdentity", &[]));
    assert_eq!((status, code.as_str()), (403, "InvalidClientTokenId"));
    for id in ids {
        iam(&world, "DeleteAccessKey", &[("UserName", "Bea"), ("AccessKeyId", id)]);
    }
    check_refused(
        &world,
        "DeleteUser",
        &[("UserName", "Bea")],
        (409, "DeleteConflict", "Cannot delete entity, must delete policies first."),
    );
    iam(&world, "DeleteUserPolicy", &[("UserName", "Bea"), ("PolicyName", "p")]);
    iam(&world, "DeleteUser", &[("UserName", "Bea")]);
    check_refused(
        &world,
        "GetUser",
        &[("UserName", "Bea")],
        (404, "NoSuchEntity", "The user with name Bea cannot be found."),
    );
}

#[test]
fn a_role_shows_what_each_call_shows() {
    let world = World::new();
    let document = trust(&format!("arn:aws:iam::{ACCOUNT}:root"), "");
    let created = iam(
        &world,
        "CreateRole",
        &[("RoleName", "reader"), ("AssumeRolePolicyDocument", &document), ("Description", "reads")],
    );
    assert!(!created.contains("MaxSessionDuration") && !created.contains("RoleLastUsed"), "{created}");
    assert!(text(&created, "AssumeRolePolicyDocument").starts_with("%7B%22Version%22%3A%222012-10-17%22"));
    let got = iam(&world, "GetRole", &[("RoleName", "reader")]);
    assert_eq!(text(&got, "MaxSessionDuration"), "3600");
    assert_eq!(text(&got, "RoleLastUsed"), "", "it was never used");
    assert!(!got.contains("<Tags>"));
    let listed = iam(&world, "ListRoles", &[]);
    assert!(listed.contains("<RoleName>reader</RoleName>") && !listed.contains("RoleLastUsed"));
    assert_eq!(text(&iam(&world, "ListInstanceProfilesForRole", &[("RoleName", "reader")]), "InstanceProfiles"), "");

    let absent = format!("arn:aws:iam::{ACCOUNT}:user/nobody");
    check_refused(
        &world,
        "UpdateAssumeRolePolicy",
        &[("RoleName", "reader"), ("PolicyDocument", &trust(&absent, ""))],
        (400, "MalformedPolicyDocument", &format!(r#"Invalid principal in policy: "AWS":"{absent}""#)),
    );
    check_refused(
        &world,
        "UpdateAssumeRolePolicy",
        &[("RoleName", "reader"), ("PolicyDocument", "{")],
        (400, "MalformedPolicyDocument", "This policy contains invalid Json"),
    );
    iam(&world, "UpdateRole", &[("RoleName", "reader"), ("MaxSessionDuration", "7200")]);
    let got = iam(&world, "GetRole", &[("RoleName", "reader")]);
    assert_eq!((text(&got, "MaxSessionDuration"), text(&got, "Description")), ("7200", "reads"));
    iam(&world, "TagRole", &[("RoleName", "reader"), ("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "a")]);
    iam(&world, "TagRole", &[("RoleName", "reader"), ("Tags.member.1.Key", "TEAM"), ("Tags.member.1.Value", "b")]);
    let tags = iam(&world, "ListRoleTags", &[("RoleName", "reader")]);
    assert_eq!((tags.matches("<member>").count(), text(&tags, "Value")), (1, "b"));
    iam(&world, "DeleteRole", &[("RoleName", "reader")]);
    check_refused(
        &world,
        "GetRole",
        &[("RoleName", "reader")],
        (404, "NoSuchEntity", "The role with name reader cannot be found."),
    );
}

#[test]
fn a_managed_policy_has_versions_and_uses() {
    let world = World::new();
    let created =
        iam(&world, "CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", ALLOW_KMS), ("Description", "d")]);
    let arn = format!("arn:aws:iam::{ACCOUNT}:policy/p");
    assert_eq!((text(&created, "Arn"), text(&created, "DefaultVersionId")), (arn.as_str(), "v1"));
    assert_eq!((text(&created, "AttachmentCount"), text(&created, "PermissionsBoundaryUsageCount")), ("0", "0"));
    assert!(!created.contains("<Description>"));
    check_refused(
        &world,
        "CreatePolicy",
        &[("PolicyName", "P"), ("PolicyDocument", ALLOW_KMS)],
        (409, "EntityAlreadyExists", "A policy called P already exists. Duplicate names are not allowed."),
    );

    for _ in 0..4 {
        iam(
            &world,
            "CreatePolicyVersion",
            &[("PolicyArn", &arn), ("PolicyDocument", ALLOW_KMS), ("SetAsDefault", "true")],
        );
    }
    check_refused(
        &world,
        "CreatePolicyVersion",
        &[("PolicyArn", &arn), ("PolicyDocument", ALLOW_KMS)],
        (
            409,
            "LimitExceeded",
            "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
        ),
    );
    check_refused(
        &world,
        "DeletePolicyVersion",
        &[("PolicyArn", &arn), ("VersionId", "v5")],
        (409, "DeleteConflict", "Cannot delete the default version of a policy."),
    );
    for version in ["v1", "v2", "v3", "v4"] {
        iam(&world, "DeletePolicyVersion", &[("PolicyArn", &arn), ("VersionId", version)]);
    }
    iam(&world, "CreatePolicyVersion", &[("PolicyArn", &arn), ("PolicyDocument", ALLOW_KMS)]);
    let versions = iam(&world, "ListPolicyVersions", &[("PolicyArn", &arn), ("MaxItems", "1")]);
    assert_eq!((text(&versions, "VersionId"), text(&versions, "IsTruncated")), ("v6", "true"));
    let marker = text(&versions, "Marker");
    let rest = iam(&world, "ListPolicyVersions", &[("PolicyArn", &arn), ("MaxItems", "1"), ("Marker", marker)]);
    assert_eq!((text(&rest, "VersionId"), text(&rest, "IsTruncated")), ("v5", "false"));
    check_refused(&world, "ListPolicies", &[("Marker", marker)], (400, "ValidationError", "Invalid Marker."));
    let shown = iam(&world, "GetPolicyVersion", &[("PolicyArn", &arn), ("VersionId", "v5")]);
    assert!(text(&shown, "Document").starts_with("%7B%22Version%22"));

    let document = trust(&format!("arn:aws:iam::{ACCOUNT}:root"), "");
    iam(
        &world,
        "CreateRole",
        &[("RoleName", "r"), ("AssumeRolePolicyDocument", &document), ("PermissionsBoundary", &arn)],
    );
    iam(&world, "AttachRolePolicy", &[("RoleName", "r"), ("PolicyArn", &arn)]);
    iam(&world, "AttachRolePolicy", &[("RoleName", "r"), ("PolicyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess")]);
    let got = iam(&world, "GetPolicy", &[("PolicyArn", &arn)]);
    assert_eq!((text(&got, "AttachmentCount"), text(&got, "PermissionsBoundaryUsageCount")), ("1", "1"));
    assert_eq!(
        text(&iam(&world, "GetPolicy", &[("PolicyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess")]), "AttachmentCount"),
        "1"
    );
    let users =
        iam(&world, "ListEntitiesForPolicy", &[("PolicyArn", &arn), ("PolicyUsageFilter", "PermissionsPolicy")]);
    assert_eq!(text(&users, "RoleName"), "r");
    assert_eq!(iam(&world, "ListAttachedRolePolicies", &[("RoleName", "r")]).matches("<PolicyArn>").count(), 2);
    let all = iam(&world, "ListPolicies", &[("OnlyAttached", "true"), ("Scope", "Local")]);
    assert_eq!(all.matches("<Arn>").count(), 1);
    check_refused(
        &world,
        "DeletePolicy",
        &[("PolicyArn", &arn)],
        (409, "DeleteConflict", "Cannot delete a policy attached to entities."),
    );
    check_refused(
        &world,
        "DeleteRole",
        &[("RoleName", "r")],
        (409, "DeleteConflict", "Cannot delete entity, must detach all policies first."),
    );
    check_refused(
        &world,
        "AttachRolePolicy",
        &[("RoleName", "r"), ("PolicyArn", "arn:aws:iam::000000000000:policy/absent")],
        (404, "NoSuchEntity", "Policy arn:aws:iam::000000000000:policy/absent does not exist or is not attachable."),
    );
    check_refused(
        &world,
        "AttachRolePolicy",
        &[("RoleName", "r"), ("PolicyArn", "a policy that is no arn at all")],
        (400, "ValidationError", "Invalid ARN:  Could not be parsed!"),
    );
    for attached in [arn.as_str(), "arn:aws:iam::aws:policy/ReadOnlyAccess"] {
        iam(&world, "DetachRolePolicy", &[("RoleName", "r"), ("PolicyArn", attached)]);
    }
    iam(&world, "DeleteRole", &[("RoleName", "r")]);
    iam(&world, "DeletePolicyVersion", &[("PolicyArn", &arn), ("VersionId", "v6")]);
    iam(&world, "DeletePolicy", &[("PolicyArn", &arn)]);
    check_refused(
        &world,
        "GetPolicy",
        &[("PolicyArn", &arn)],
        (404, "NoSuchEntity", &format!("Policy {arn} was not found.")),
    );
}

/// The rows of policies and of their versions, as the store has them.
fn policy_rows(world: &World) -> Vec<(Vec<u8>, Vec<u8>)> {
    let (policies, versions) = (32_u8, 37_u8);
    let snapshot = world.store(HOME).snapshot().unwrap();
    let rows = [policies, versions].map(|table| snapshot.scan(&[table], &[table + 1], usize::MAX).unwrap());
    rows.concat()
}

#[test]
fn the_default_version_of_a_policy_is_in_force_in_every_region() {
    let world = World::new();
    iam(&world, "CreateUser", &[("UserName", "ana")]);
    let keys = keys_of(&world, "ana");
    let arn = format!("arn:aws:iam::{ACCOUNT}:policy/p");
    let allow_secrets = ALLOW_KMS.replace("kms:*", "secretsmanager:*");
    iam(&world, "CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", &allow_secrets)]);
    iam(&world, "CreatePolicyVersion", &[("PolicyArn", &arn), ("PolicyDocument", ALLOW_KMS)]);
    let rows = policy_rows(&world);
    assert_eq!(rows.len(), 3);
    iam(&world, "AttachUserPolicy", &[("UserName", "ana"), ("PolicyArn", &arn)]);
    assert_eq!(policy_rows(&world), rows, "an attachment writes no policy");
    world.settle();

    let allowed = |region: &str| {
        let listed = |target| world.call_as(&keys, region, target, &serde_json::json!({})).is_ok();
        (listed("TrentService.ListKeys"), listed("secretsmanager.ListSecrets"))
    };
    assert_eq!((allowed(HOME), allowed(AWAY)), ((false, true), (false, true)));
    iam(&world, "SetDefaultPolicyVersion", &[("PolicyArn", &arn), ("VersionId", "v2")]);
    iam(&world, "DeletePolicyVersion", &[("PolicyArn", &arn), ("VersionId", "v1")]);
    world.settle();
    assert_eq!((allowed(HOME), allowed(AWAY)), ((true, false), (true, false)));

    let version =
        |id| world.query(&Keys::root(), AWAY, "iam", "GetPolicyVersion", &[("PolicyArn", &arn), ("VersionId", id)]);
    let shown = version("v2").unwrap();
    assert_eq!((text(&shown, "VersionId"), text(&shown, "IsDefaultVersion")), ("v2", "true"));
    assert!(text(&shown, "Document").contains("kms%3A%2A"), "{shown}");
    let absent = format!("Policy {arn} version v1 does not exist or is not attachable.");
    assert_eq!(refusal(version("v1")), (404, "NoSuchEntity".to_owned(), absent));

    iam(&world, "DetachUserPolicy", &[("UserName", "ana"), ("PolicyArn", &arn)]);
    iam(&world, "DeletePolicy", &[("PolicyArn", &arn)]);
    assert!(policy_rows(&world).is_empty(), "a deleted policy leaves no version behind");
}

#[test]
fn absence_is_told_only_to_those_who_may_look() {
    let world = World::new();
    iam(&world, "CreateUser", &[("UserName", "ana")]);
    let keys = keys_of(&world, "ana");
    let ask = |name: &str| refusal(world.query(&keys, HOME, "iam", "GetRole", &[("RoleName", name)]));
    let (status, code, text) = ask("absent");
    assert_eq!((status, code.as_str()), (403, "AccessDenied"));
    assert_eq!(
        text,
        "User: arn:aws:iam::000000000000:user/ana is not authorized to perform: iam:GetRole on resource: \
         arn:aws:iam::000000000000:role/absent because no identity-based policy allows the iam:GetRole action"
    );
}

#[test]
fn iam_is_written_at_home_and_read_everywhere() {
    let world = World::new();
    iam(&world, "CreateUser", &[("UserName", "ana")]);
    iam(
        &world,
        "AttachUserPolicy",
        &[("UserName", "ana"), ("PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess")],
    );
    let keys = keys_of(&world, "ana");
    world.settle();
    let there = world.query(&keys, AWAY, "iam", "GetUser", &[]).unwrap();
    assert_eq!(text(&there, "UserName"), "ana");
    let (status, code, text) = refusal(world.query(&keys, AWAY, "iam", "CreateUser", &[("UserName", "bea")]));
    assert_eq!((status, code.as_str()), (503, "ServiceUnavailable"));
    assert_eq!(text, "IAM is written in region eu-central-1, and this request reached eu-west-1. Try again later.");
}

#[test]
fn a_boundary_caps_and_can_be_taken_away() {
    let world = World::new();
    let arn = format!("arn:aws:iam::{ACCOUNT}:policy/cap");
    iam(&world, "CreateUser", &[("UserName", "ana")]);
    iam(&world, "PutUserPolicy", &[("UserName", "ana"), ("PolicyName", "p"), ("PolicyDocument", ALLOW_KMS)]);
    let keys = keys_of(&world, "ana");
    check_refused(
        &world,
        "PutUserPermissionsBoundary",
        &[("UserName", "ana"), ("PermissionsBoundary", &arn)],
        (404, "NoSuchEntity", &format!("Scope ARN: {arn} does not exist or is not attachable.")),
    );
    let document = ALLOW_KMS.replace("kms:*", "kms:ListAliases");
    iam(&world, "CreatePolicy", &[("PolicyName", "cap"), ("PolicyDocument", &document)]);
    iam(&world, "PutUserPermissionsBoundary", &[("UserName", "ana"), ("PermissionsBoundary", &arn)]);
    assert_eq!(text(&iam(&world, "GetUser", &[("UserName", "ana")]), "PermissionsBoundaryArn"), arn);
    let list = || world.call_as(&keys, HOME, "TrentService.ListKeys", &serde_json::json!({}));
    let refused = list().unwrap_err();
    let reason = "because no permissions boundary allows the kms:ListKeys action";
    assert!(refused["message"].as_str().unwrap().ends_with(reason), "{refused}");
    check_refused(
        &world,
        "DeletePolicy",
        &[("PolicyArn", &arn)],
        (409, "DeleteConflict", "Cannot delete a policy attached to entities."),
    );
    iam(&world, "DeleteUserPermissionsBoundary", &[("UserName", "ana")]);
    list().unwrap();
    iam(&world, "DeletePolicy", &[("PolicyArn", &arn)]);
}

#[test]
fn the_root_is_shown_without_what_it_does_not_have() {
    let world = World::new();
    let root = iam(&world, "GetUser", &[]);
    assert_eq!(text(&root, "UserId"), ACCOUNT);
    assert_eq!(text(&root, "Arn"), format!("arn:aws:iam::{ACCOUNT}:root"));
    assert!(text(&root, "CreateDate").starts_with("2026-"), "{root}");
    assert!(!root.contains("UserName") && !root.contains("<Path"), "{root}");
}
