//! Reports of last accessed services.

use claviger_types::Clock;
use serde_json::json;

use crate::identities::{iam, keys_of, refusal, text, trust, user_with_policy};
use crate::kit::{AWAY, HOME, Keys, World};

const ANA: &str = "arn:aws:iam::000000000000:user/ana";
const BOB: &str = "arn:aws:iam::000000000000:user/bob";
const OPS: &str = "arn:aws:iam::000000000000:role/ops";
const TEAM: &str = "arn:aws:iam::000000000000:group/team";
const P: &str = "arn:aws:iam::000000000000:policy/p";
const DAY_MS: i64 = 86_400_000;
/// Long enough for every use to be written.
const MINUTE_MS: i64 = 60_000;

fn allow(actions: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":{actions},"Resource":"*"}}]}}"#)
}

/// `ana`, with keys, who may use KMS, Secrets Manager and STS, and the role `ops`, which may use KMS.
fn world() -> (World, Keys) {
    let world = World::new();
    let ana = user_with_policy(&world, "ana", &allow(r#"["kms:*","secretsmanager:Get*","sts:AssumeRole"]"#));
    iam(&world, "CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &trust(ANA, ""))]);
    let document = allow(r#""kms:ListKeys""#);
    iam(&world, "PutRolePolicy", &[("RoleName", "ops"), ("PolicyName", "p"), ("PolicyDocument", &document)]);
    world.settle();
    (world, ana)
}

fn assume(world: &World, ana: &Keys) -> Keys {
    let xml = world.query(ana, HOME, "sts", "AssumeRole", &[("RoleArn", OPS), ("RoleSessionName", "s1")]).unwrap();
    Keys::in_answer(&xml)
}

fn use_kms(world: &World, who: &Keys, region: &str) {
    world.call_as(who, region, "TrentService.ListKeys", &json!({})).unwrap();
}

/// A use that is denied, since `ana` may not list secrets.
fn use_secrets(world: &World, who: &Keys, region: &str) {
    world.call_as(who, region, "secretsmanager.ListSecrets", &json!({})).unwrap_err();
}

/// A use of KMS that is denied.
fn use_kms_denied(world: &World, who: &Keys, region: &str) {
    world.call_as(who, region, "TrentService.ListAliases", &json!({})).unwrap_err();
}

fn now(world: &World) -> String {
    world.clock.now().iso8601()
}

/// Lets a minute pass, with the work of both regions.
fn pass_a_minute(world: &World) {
    world.clock.advance_ms(MINUTE_MS);
    for region in [HOME, AWAY] {
        world.run_jobs(region);
    }
    world.settle();
}

/// The job of a new report.
fn job(world: &World, arn: &str) -> String {
    text(&iam(world, "GenerateServiceLastAccessedDetails", &[("Arn", arn)]), "JobId").to_owned()
}

/// The services of a report.
fn services(world: &World, job: &str) -> String {
    text(&iam(world, "GetServiceLastAccessedDetails", &[("JobId", job)]), "ServicesLastAccessed").to_owned()
}

/// The entities of a service in a report.
fn entities(world: &World, job: &str, namespace: &str) -> String {
    let parameters = [("JobId", job), ("ServiceNamespace", namespace)];
    text(&iam(world, "GetServiceLastAccessedDetailsWithEntities", &parameters), "EntityDetailsList").to_owned()
}

/// The ARNs in a list.
fn arns(shown: &str) -> Vec<String> {
    shown.split("<Arn>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

/// A used service as reports show it.
fn used(name: &str, namespace: &str, at: &str, entity: &str, region: &str, total: u32) -> String {
    format!(
        "<member><ServiceName>{name}</ServiceName><LastAuthenticated>{at}</LastAuthenticated><ServiceNamespace>{namespace}\
         </ServiceNamespace><LastAuthenticatedEntity>{entity}</LastAuthenticatedEntity><LastAuthenticatedRegion>{region}\
         </LastAuthenticatedRegion><TotalAuthenticatedEntities>{total}</TotalAuthenticatedEntities></member>"
    )
}

/// One that was not used.
fn unused(name: &str, namespace: &str) -> String {
    format!(
        "<member><ServiceName>{name}</ServiceName><ServiceNamespace>{namespace}</ServiceNamespace>\
         <TotalAuthenticatedEntities>0</TotalAuthenticatedEntities></member>"
    )
}

const KMS: &str = "AWS Key Management Service";
const SECRETS: &str = "AWS Secrets Manager";
const STS: &str = "AWS Security Token Service";

#[test]
fn each_service_shows_its_last_use_in_any_region() {
    let (world, ana) = world();
    let expected = [unused(KMS, "kms"), unused(SECRETS, "secretsmanager"), unused(STS, "sts")].concat();
    assert_eq!(services(&world, &job(&world, ANA)), expected);
    assert_eq!(services(&world, &job(&world, OPS)), unused(KMS, "kms"));
    let early = now(&world);
    use_kms(&world, &ana, HOME);
    let session = assume(&world, &ana);
    world.clock.advance_ms(1_000);
    let late = now(&world);
    use_secrets(&world, &ana, AWAY);
    world.settle();
    let of_session = now(&world);
    use_kms(&world, &session, AWAY);
    pass_a_minute(&world);
    let expected = [
        used(KMS, "kms", &early, ANA, HOME, 1),
        used(SECRETS, "secretsmanager", &late, ANA, AWAY, 1),
        used(STS, "sts", &early, ANA, HOME, 1),
    ];
    assert_eq!(services(&world, &job(&world, ANA)), expected.concat());
    assert_eq!(services(&world, &job(&world, OPS)), used(KMS, "kms", &of_session, OPS, AWAY, 1));
    // The latest use of all services is what an access key shows.
    let shown = iam(&world, "GetAccessKeyLastUsed", &[("AccessKeyId", &ana.id)]);
    assert!(shown.contains("<ServiceName>secretsmanager</ServiceName>"), "{shown}");
}

#[test]
fn a_user_keeps_its_uses_when_its_key_is_deleted_and_it_is_renamed() {
    let (world, ana) = world();
    let at = now(&world);
    use_kms(&world, &ana, AWAY);
    pass_a_minute(&world);
    iam(&world, "DeleteAccessKey", &[("UserName", "ana"), ("AccessKeyId", &ana.id)]);
    iam(&world, "UpdateUser", &[("UserName", "ana"), ("NewUserName", "bob")]);
    world.settle();
    let expected = used(KMS, "kms", &at, BOB, AWAY, 1);
    assert!(services(&world, &job(&world, BOB)).starts_with(&expected));
    // A session of the user counts for the user, and so does a second key.
    let bob = keys_of(&world, "bob");
    world.clock.advance_ms(1_000);
    let at = now(&world);
    let session = Keys::in_answer(&world.query(&bob, HOME, "sts", "GetSessionToken", &[]).unwrap());
    use_secrets(&world, &session, HOME);
    pass_a_minute(&world);
    let shown = services(&world, &job(&world, BOB));
    let more = used(SECRETS, "secretsmanager", &at, BOB, HOME, 1) + &used(STS, "sts", &at, BOB, HOME, 1);
    assert_eq!(shown, expected + &more);
}

#[test]
fn groups_and_policies_have_the_uses_of_their_users_and_roles() {
    let (world, ana) = world();
    iam(&world, "CreateUser", &[("UserName", "bob")]);
    iam(&world, "CreateGroup", &[("GroupName", "team")]);
    let document = allow(r#"["kms:Decrypt","iam:PassRole"]"#);
    iam(&world, "CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", &document)]);
    iam(&world, "AttachGroupPolicy", &[("GroupName", "team"), ("PolicyArn", P)]);
    iam(&world, "AttachRolePolicy", &[("RoleName", "ops"), ("PolicyArn", P)]);
    for user in ["ana", "bob"] {
        iam(&world, "AddUserToGroup", &[("GroupName", "team"), ("UserName", user)]);
    }
    let session = assume(&world, &ana);
    let early = now(&world);
    use_kms(&world, &ana, HOME);
    world.clock.advance_ms(1_000);
    let late = now(&world);
    use_kms(&world, &session, HOME);
    pass_a_minute(&world);
    let iam_unused = unused("AWS Identity and Access Management", "iam");
    let (of_team, of_policy) = (job(&world, TEAM), job(&world, P));
    assert_eq!(services(&world, &of_team), iam_unused.clone() + &used(KMS, "kms", &early, ANA, HOME, 1));
    assert_eq!(services(&world, &of_policy), iam_unused + &used(KMS, "kms", &late, OPS, HOME, 2));

    // The latest use first, and then those without one: users before roles (recorded as `entities_policy_s3`).
    let arns = |job: &str, namespace: &str| arns(&entities(&world, job, namespace));
    assert_eq!(arns(&of_team, "kms"), [ANA, BOB]);
    assert_eq!(arns(&of_policy, "kms"), [OPS, ANA, BOB]);
    assert_eq!(arns(&of_policy, "iam"), [ANA, BOB, OPS]);
    assert!(entities(&world, &of_policy, "iam").matches("LastAuthenticated").count() == 0);
    // Services that the resource cannot access have none.
    for other in ["sts", "s3"] {
        assert_eq!(entities(&world, &of_policy, other), "");
    }
    let all = entities(&world, &of_team, "kms");
    assert!(all.contains("<Name>ana</Name><Type>USER</Type>") && all.contains("<Path>/</Path>"), "{all}");

    // Page by page.
    let page = |marker: Option<&str>| {
        let mut parameters = vec![("JobId", &*of_policy), ("ServiceNamespace", "kms"), ("MaxItems", "2")];
        parameters.extend(marker.map(|marker| ("Marker", marker)));
        iam(&world, "GetServiceLastAccessedDetailsWithEntities", &parameters)
    };
    let first = page(None);
    assert_eq!((text(&first, "IsTruncated"), first.matches("<Arn>").count()), ("true", 2));
    // A use between the pages changes nothing: it would have made `bob` the first.
    let bob = keys_of(&world, "bob");
    use_secrets(&world, &bob, HOME);
    use_kms_denied(&world, &bob, HOME);
    pass_a_minute(&world);
    let second = page(Some(text(&first, "Marker")));
    assert_eq!((text(&second, "IsTruncated"), second.matches("<Arn>").count()), ("false", 1));
    assert!(second.contains(BOB));
    assert_eq!(arns(&of_policy, "kms"), [OPS, ANA, BOB]);
    assert_eq!(arns(&job(&world, P), "kms"), [BOB, OPS, ANA]);
}

/// As recorded: `entity_snapshot_renamed_group` to `entity_snapshot_deleted_group`.
#[test]
fn a_report_keeps_its_users_and_roles() {
    let (world, ana) = world();
    iam(&world, "CreateUser", &[("UserName", "bob")]);
    iam(&world, "CreateUser", &[("UserName", "carl")]);
    iam(&world, "CreateGroup", &[("GroupName", "team")]);
    iam(&world, "CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", &allow(r#""kms:Decrypt""#))]);
    iam(&world, "AttachGroupPolicy", &[("GroupName", "team"), ("PolicyArn", P)]);
    for user in ["ana", "bob"] {
        iam(&world, "AddUserToGroup", &[("GroupName", "team"), ("UserName", user)]);
    }
    use_kms(&world, &ana, HOME);
    pass_a_minute(&world);
    let jobs = [job(&world, TEAM), job(&world, P)];
    let both = |expected: &[&str]| {
        for job in &jobs {
            assert_eq!(arns(&entities(&world, job, "kms")), expected);
        }
    };
    both(&[ANA, BOB]);
    let renamed = "arn:aws:iam::000000000000:user/x/dora";
    iam(&world, "UpdateUser", &[("UserName", "ana"), ("NewUserName", "dora"), ("NewPath", "/x/")]);
    iam(&world, "RemoveUserFromGroup", &[("GroupName", "team"), ("UserName", "dora")]);
    iam(&world, "AddUserToGroup", &[("GroupName", "team"), ("UserName", "carl")]);
    both(&[renamed, BOB]);
    // Neither a policy nor a user of the same name takes the place of a deleted one.
    iam(&world, "DetachGroupPolicy", &[("GroupName", "team"), ("PolicyArn", P)]);
    iam(&world, "DeletePolicy", &[("PolicyArn", P)]);
    iam(&world, "CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", &allow(r#""kms:Decrypt""#))]);
    iam(&world, "AttachUserPolicy", &[("UserName", "carl"), ("PolicyArn", P)]);
    iam(&world, "RemoveUserFromGroup", &[("GroupName", "team"), ("UserName", "bob")]);
    iam(&world, "DeleteUser", &[("UserName", "bob")]);
    iam(&world, "CreateUser", &[("UserName", "bob")]);
    both(&[renamed]);
    assert!(services(&world, &jobs[0]).contains("<TotalAuthenticatedEntities>1<"));
}

/// As recorded: `page_services_different_job`, `page_services_marker_in_entities`, `page_entities_different_job`,
/// `page_entities_different_service`.
#[test]
fn a_marker_is_for_one_report_and_operation() {
    let (world, _) = world();
    let (first, other) = (job(&world, ANA), job(&world, ANA));
    let page = |action: &str, job: &str, marker: Option<&str>| {
        let mut parameters = vec![("JobId", job), ("MaxItems", "1")];
        parameters.extend((action != "GetServiceLastAccessedDetails").then_some(("ServiceNamespace", "kms")));
        parameters.extend(marker.map(|marker| ("Marker", marker)));
        world.query(&Keys::root(), HOME, "iam", action, &parameters)
    };
    let (services, entities) = ("GetServiceLastAccessedDetails", "GetServiceLastAccessedDetailsWithEntities");
    let answer = page(services, &first, None).unwrap();
    let marker = text(&answer, "Marker");
    assert!(page(services, &first, Some(marker)).is_ok());
    let invalid = (400, "InvalidInput".to_owned(), "The marker passed in the request was invalid.".to_owned());
    assert_eq!(refusal(page(services, &other, Some(marker))), invalid);
    assert_eq!(refusal(page(entities, &first, Some(marker))), invalid);
}

#[test]
fn a_report_stays_as_it_was_and_belongs_to_its_maker_for_a_day() {
    let (world, ana) = world();
    let made = job(&world, OPS);
    let before = services(&world, &made);
    assert_eq!(before, unused(KMS, "kms"));
    let session = assume(&world, &ana);
    use_kms(&world, &session, HOME);
    iam(&world, "DeleteRolePolicy", &[("RoleName", "ops"), ("PolicyName", "p")]);
    iam(&world, "DeleteRole", &[("RoleName", "ops")]);
    pass_a_minute(&world);
    assert_eq!(services(&world, &made), before);
    assert_eq!(entities(&world, &made, "kms"), "");

    let document = allow(r#""iam:*ServiceLastAccessed*""#);
    let (carl, dora) = (user_with_policy(&world, "carl", &document), user_with_policy(&world, "dora", &document));
    let other_key = keys_of(&world, "carl");
    let generated = world.query(&carl, HOME, "iam", "GenerateServiceLastAccessedDetails", &[("Arn", ANA)]).unwrap();
    let own = text(&generated, "JobId");
    let read =
        |who: &Keys, region: &str| world.query(who, region, "iam", "GetServiceLastAccessedDetails", &[("JobId", own)]);
    assert!(read(&carl, HOME).is_ok() && read(&other_key, HOME).is_ok());
    let missing = (404, "NoSuchEntity".to_owned(), format!("Job {own} does not exist."));
    for other in [&dora, &Keys::root(), &Keys::root_of("111122223333")] {
        assert_eq!(refusal(read(other, HOME)), missing);
    }
    // Only the home has reports.
    world.settle();
    assert_eq!(refusal(read(&carl, AWAY)).0, 503);
    world.clock.advance_ms(DAY_MS);
    assert_eq!(refusal(read(&carl, HOME)), missing);
}

#[test]
fn uses_of_long_ago_are_not_reported() {
    let (world, ana) = world();
    use_kms(&world, &ana, HOME);
    pass_a_minute(&world);
    world.clock.advance_ms(399 * DAY_MS);
    assert!(services(&world, &job(&world, ANA)).contains("LastAuthenticated"));
    world.clock.advance_ms(DAY_MS);
    assert!(!services(&world, &job(&world, ANA)).contains("LastAuthenticated>"));
}

#[test]
fn the_policies_that_grant_access_to_services() {
    let (world, _) = world();
    iam(&world, "CreateGroup", &[("GroupName", "team")]);
    iam(&world, "AddUserToGroup", &[("GroupName", "team"), ("UserName", "ana")]);
    iam(&world, "CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", &allow(r#""kms:*""#))]);
    iam(&world, "AttachGroupPolicy", &[("GroupName", "team"), ("PolicyArn", P)]);
    iam(&world, "AttachUserPolicy", &[("UserName", "ana"), ("PolicyArn", P)]);
    let document = allow(r#""sts:*""#);
    iam(&world, "PutGroupPolicy", &[("GroupName", "team"), ("PolicyName", "g"), ("PolicyDocument", &document)]);
    let list = |arn: &str| {
        let namespaces = ["sts", "kms", "sts", "s3"];
        let names: Vec<String> = (1..=4).map(|n| format!("ServiceNamespaces.member.{n}")).collect();
        let mut parameters = vec![("Arn", arn)];
        parameters.extend(names.iter().map(String::as_str).zip(namespaces));
        text(&iam(&world, "ListPoliciesGrantingServiceAccess", &parameters), "PoliciesGrantingServiceAccess").to_owned()
    };
    let inline = |name: &str, kind: &str, owner: &str| {
        format!(
            "<member><PolicyName>{name}</PolicyName><PolicyType>INLINE</PolicyType><EntityType>{kind}</EntityType>\
             <EntityName>{owner}</EntityName></member>"
        )
    };
    let managed = format!(
        "<member><PolicyName>p</PolicyName><PolicyType>MANAGED</PolicyType><PolicyArn>{P}</PolicyArn></member>"
    );
    let entry = |namespace: &str, policies: &str| {
        format!("<member><ServiceNamespace>{namespace}</ServiceNamespace><Policies>{policies}</Policies></member>")
    };
    let (own, of_team) = (inline("p", "USER", "ana"), inline("g", "GROUP", "team"));
    let expected =
        entry("sts", &format!("{own}{of_team}")) + &entry("kms", &format!("{own}{managed}")) + &entry("s3", "");
    assert_eq!(list(ANA), expected);
    assert_eq!(list(TEAM), entry("sts", &of_team) + &entry("kms", &managed) + &entry("s3", ""));
}

/// The namespaces that a page shows, and its marker.
fn granting_page(world: &World, namespaces: &[String], marker: Option<&str>) -> (usize, Option<String>) {
    let names: Vec<String> = (1..=namespaces.len()).map(|n| format!("ServiceNamespaces.member.{n}")).collect();
    let mut parameters = vec![("Arn", ANA)];
    parameters.extend(names.iter().map(String::as_str).zip(namespaces.iter().map(String::as_str)));
    parameters.extend(marker.map(|marker| ("Marker", marker)));
    let xml = iam(world, "ListPoliciesGrantingServiceAccess", &parameters);
    let marker = (text(&xml, "IsTruncated") == "true").then(|| text(&xml, "Marker").to_owned());
    (xml.matches("<ServiceNamespace>").count(), marker)
}

/// All namespaces that a request can name are in one page (recorded as `grants_many_namespaces_0`), unless policies take long to compare.
#[test]
fn pages_of_the_policies_that_grant_access() {
    let (world, _) = world();
    let namespaces: Vec<String> = (0..200).map(|n| format!("s{n}")).collect();
    assert_eq!(granting_page(&world, &namespaces, None), (200, None));

    // Wildcards all of which have to be compared, since all is denied.
    let pattern = |n: u32, end: &str| format!("*:*{}*{}*{}{end}*", n / 36, n / 6 % 6, n % 6);
    let actions = |end: &str| format!("{:?}", (0..200).map(|n| pattern(n, end)).collect::<Vec<_>>());
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":{},"Resource":"*"}},{{"Effect":"Deny","Action":{},"Resource":"*"}}]}}"#,
        actions("a"),
        actions("")
    );
    iam(&world, "CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", &document)]);
    iam(&world, "AttachUserPolicy", &[("UserName", "ana"), ("PolicyArn", P)]);
    let namespaces = &namespaces[..60];
    let (shown, marker) = granting_page(&world, namespaces, None);
    assert!(0 < shown && shown < 60, "{shown}");
    let (rest, end) = granting_page(&world, namespaces, marker.as_deref());
    assert_eq!((shown + rest, end), (60, None));
}

#[test]
fn resources_that_are_none() {
    let (world, _) = world();
    let check = |arn: &str, expected: (u16, &str, &str)| {
        for action in ["GenerateServiceLastAccessedDetails", "ListPoliciesGrantingServiceAccess"] {
            let parameters = [("Arn", arn), ("ServiceNamespaces.member.1", "kms")];
            let (status, code, text) = refusal(world.query(&Keys::root(), HOME, "iam", action, &parameters));
            assert_eq!((status, code.as_str(), text.as_str()), expected, "{action} {arn}");
        }
    };
    let nobody = "arn:aws:iam::000000000000:user/nobody";
    check(nobody, (404, "NoSuchEntity", "ARN arn:aws:iam::000000000000:user/nobody does not exist."));
    check("arn:aws:s3::000000000000:user/ana", (400, "ValidationError", "Invalid service in ARN"));
    check("arn:aws-cn:iam::000000000000:user/ana", (400, "ValidationError", "Invalid ARN partition"));
    let elsewhere = "arn:aws:iam::999999999999:user/ana";
    let denied = "User: arn:aws:iam::000000000000:root is not authorized to perform the operation on arn:aws:iam::999999999999:user/ana";
    check(elsewhere, (403, "AccessDenied", denied));
    // AWS owns managed policies, and no users.
    let awss = "arn:aws:iam::aws:user/ana";
    let denied =
        "User: arn:aws:iam::000000000000:root is not authorized to perform the operation on arn:aws:iam::aws:user/ana";
    check(awss, (403, "AccessDenied", denied));
    job(&world, "arn:aws:iam::aws:policy/AdministratorAccess");
    // AWS finds a resource by its name, whatever the path.
    job(&world, "arn:aws:iam::000000000000:user/other/ana");
    let list = [("Arn", P), ("ServiceNamespaces.member.1", "kms")];
    let (_, code, text) = refusal(world.query(&Keys::root(), HOME, "iam", "ListPoliciesGrantingServiceAccess", &list));
    assert_eq!((code.as_str(), text), ("InvalidInput", format!("Invalid Entity Arn: {P} is not supported.")));
    let namespace = [("JobId", &*job(&world, ANA)), ("ServiceNamespace", "KMS")];
    let action = "GetServiceLastAccessedDetailsWithEntities";
    let (_, code, text) = refusal(world.query(&Keys::root(), HOME, "iam", action, &namespace));
    assert_eq!((code.as_str(), &*text), ("InvalidInput", "Service namepace KMS is either invalid or unsupported."));
}
