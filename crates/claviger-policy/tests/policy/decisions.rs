//! How policies weigh against one another.

use claviger_policy::{
    AllowedAs, Context, Decision, Inputs, NamedPolicy, Policy, PolicyKind, PolicySet, PolicyType, Principal, Request,
    ResourceModel, decide, decide_with_grant, decide_with_grant_to_account,
};

use crate::{ACCOUNT, KEY, OTHER, about_all, document, policy, root, session, user};
use ResourceModel::{IdentityOnly, KeyPolicy, Ordinary, OwnTrust, Trust};

/// A small language for a case: `i=` identity policies, `b=` boundary, `s=` session policies, `r=` statements of the
/// resource's policy, each a list. Of the caller's policies `A` allows all, `D` denies all, `-` is about something else. A
/// resource's statement names the principal as `exact`, `role`, `account`, `anyone` or `stranger`, and denies with a `!`.
struct Case {
    identity: Vec<NamedPolicy>,
    boundary: Option<NamedPolicy>,
    session: Option<Vec<NamedPolicy>>,
    resource: Option<Policy>,
}

impl Case {
    fn read(text: &str, model: ResourceModel, principal: &Principal) -> Case {
        let mut case = Case { identity: vec![], boundary: None, session: None, resource: None };
        for part in text.split_whitespace() {
            let (name, list) = part.split_once('=').unwrap();
            let items = list.split(',').filter(|item| !item.is_empty());
            match name {
                "i" => case.identity = items.map(of_caller).collect(),
                "b" => case.boundary = items.map(of_caller).next(),
                "s" => case.session = Some(items.map(of_caller).collect()),
                "r" => {
                    let statements: Vec<_> = items.map(|item| of_resource(item, model, principal)).collect();
                    let kind = if model == Trust { PolicyKind::Trust } else { PolicyKind::Key };
                    case.resource = Some(policy(kind, &statements.join(",")));
                }
                _ => panic!("{name}"),
            }
        }
        case
    }
}

fn of_caller(item: &str) -> NamedPolicy {
    let (effect, action) = match item {
        "A" => ("Allow", "*"),
        "D" => ("Deny", "*"),
        _ => ("Allow", "s3:GetObject"),
    };
    let statement = format!(r#"{{"Sid":"{effect}","Effect":"{effect}","Action":"{action}","Resource":"*"}}"#);
    NamedPolicy { id: format!("policy/{item}").into(), policy: policy(PolicyKind::Identity, &statement) }
}

fn of_resource(item: &str, model: ResourceModel, principal: &Principal) -> String {
    let (effect, form) = match item.strip_prefix('!') {
        Some(form) => ("Deny", form),
        None => ("Allow", item),
    };
    let name = match form {
        "exact" => principal.arn.clone(),
        "role" => principal.role_arn.clone().unwrap(),
        "account" => principal.account.clone(),
        "anyone" => "*".to_owned(),
        _ => "999999999999".to_owned(),
    };
    let statement = about_all(effect, &format!(r#"{{"AWS":"{name}"}}"#));
    if model == Trust { statement.replace(r#""*:*","Resource":"*""#, "\"sts:*\"") } else { statement }
}

/// `allow`, or `no <type>` for what lacks an Allow, or `deny <type>` for an explicit Deny.
fn check(model: ResourceModel, principal: &Principal, case: &str, expected: &str) {
    let decision = judge(model, principal, case, decide);
    assert_eq!(in_words(&decision), expected, "{model:?} {} {case}", principal.arn);
}

fn judge(model: ResourceModel, principal: &Principal, case: &str, by: fn(&Inputs<'_>) -> Decision) -> Decision {
    let Case { identity, boundary, session, resource } = Case::read(case, model, principal);
    let context = Context::new();
    let (action, resource_arn) = match model {
        Trust => ("sts:AssumeRole", "arn:aws:iam::111122223333:role/target"),
        _ => ("kms:Decrypt", KEY),
    };
    by(&Inputs {
        request: Request { principal, action, resource: resource_arn, context: &context },
        identity: &PolicySet::new(identity),
        boundary: boundary.map(|policy| PolicySet::new(vec![policy])).as_ref(),
        session: session.map(PolicySet::new).as_ref(),
        resource: resource.as_ref(),
        resource_account: ACCOUNT,
        model,
    })
}

fn in_words(decision: &Decision) -> String {
    match decision {
        Decision::Allow { by } => {
            assert!(!by.is_empty());
            "allow".to_owned()
        }
        Decision::Deny(denial) => {
            assert_eq!(denial.statement.is_some(), denial.explicit);
            let verb = if denial.explicit { "deny" } else { "no" };
            format!("{verb} {:?}", denial.policy_type).to_lowercase()
        }
    }
}

#[test]
fn identity_only() {
    let (ana, ops) = (user(ACCOUNT, "ana"), session(ACCOUNT, "ops", "s"));
    let check = |principal: &Principal, case: &str, expected: &str| check(IdentityOnly, principal, case, expected);
    check(&ana, "", "no identity");
    check(&ana, "i=-", "no identity");
    check(&ana, "i=A", "allow");
    check(&ana, "i=-,A", "allow");
    check(&ana, "i=A,D", "deny identity");
    check(&ana, "i=D", "deny identity");
    check(&ana, "i=A b=A", "allow");
    check(&ana, "i=A b=-", "no boundary");
    check(&ana, "i=A b=D", "deny boundary");
    check(&ana, "i=- b=A", "no identity");
    check(&ana, "i=- b=-", "no identity");
    check(&ops, "i=A s=A", "allow");
    check(&ops, "i=A s=-", "no session");
    check(&ops, "i=A s=-,A", "allow");
    check(&ops, "i=A s=A,D", "deny session");
    check(&ops, "i=A s=", "no session");
    check(&ops, "i=- s=A", "no identity");
    check(&ops, "i=A b=A s=A", "allow");
    check(&ops, "i=A b=- s=A", "no boundary");
    check(&ops, "i=A b=- s=-", "no boundary");
    check(&ops, "i=D b=D s=D", "deny identity");
    check(&ops, "i=A b=D s=D", "deny boundary");
    check(&root(ACCOUNT), "", "allow");
    check(&root(ACCOUNT), "s=A", "allow");
    check(&root(ACCOUNT), "s=-", "no session");
    check(&root(ACCOUNT), "s=", "no session");
    check(&user(OTHER, "eve"), "i=A", "no resource");
    check(&root(OTHER), "", "no resource");
}

#[test]
fn ordinary_resources_in_the_account() {
    let (ana, ops, owner) = (user(ACCOUNT, "ana"), session(ACCOUNT, "ops", "s"), root(ACCOUNT));
    let check = |principal: &Principal, case: &str, expected: &str| check(Ordinary, principal, case, expected);
    check(&ana, "", "no identity");
    check(&ana, "i=A", "allow");
    check(&ana, "i=A r=stranger", "allow");
    check(&ana, "r=stranger", "no identity");
    check(&ana, "r=account", "no identity");
    check(&ana, "i=A r=account", "allow");
    check(&owner, "s=A r=account", "allow");
    check(&owner, "s=- r=account", "no session");
    check(&ana, "r=exact", "allow");
    check(&ana, "r=anyone", "allow");
    check(&ops, "r=role", "allow");
    check(&ops, "r=exact", "allow");
    // A user or session that is named itself is above implicit limits.
    check(&ana, "r=exact b=-", "allow");
    check(&ops, "r=exact s=- b=-", "allow");
    check(&ops, "r=exact s=", "allow");
    // A role or everyone is not.
    check(&ops, "r=role s=-", "no session");
    check(&ops, "r=role b=-", "no boundary");
    check(&ops, "r=role b=A s=A", "allow");
    check(&ana, "r=anyone b=-", "no boundary");
    check(&ops, "r=anyone s=-", "no session");
    check(&ops, "r=role,exact s=-", "allow");
    check(&ana, "i=A b=- r=account", "no boundary");
    check(&ops, "i=A s=- r=account", "no session");
    // A Deny is above everything.
    check(&ana, "i=A r=!account", "deny resource");
    check(&ana, "i=A r=!anyone", "deny resource");
    check(&ana, "i=A r=exact,!exact", "deny resource");
    check(&ops, "i=A r=exact,!role", "deny resource");
    check(&ana, "i=D r=exact", "deny identity");
    check(&ana, "r=exact b=D", "deny boundary");
    check(&ops, "r=exact s=D", "deny session");
    check(&ana, "i=D r=!exact", "deny resource");
    check(&ana, "i=A r=!stranger", "allow");
    // Root needs no policy, but a resource's Deny holds for it too.
    check(&owner, "", "allow");
    check(&owner, "r=stranger", "allow");
    check(&owner, "r=account", "allow");
    check(&owner, "r=!account", "deny resource");
    check(&owner, "r=!anyone", "deny resource");
}

#[test]
fn key_policies_in_the_account() {
    let (ana, ops, owner) = (user(ACCOUNT, "ana"), session(ACCOUNT, "ops", "s"), root(ACCOUNT));
    let check = |principal: &Principal, case: &str, expected: &str| check(KeyPolicy, principal, case, expected);
    check(&ana, "i=A", "no resource");
    check(&ana, "i=A r=stranger", "no resource");
    check(&ana, "r=stranger", "no resource");
    check(&ana, "r=account", "no identity");
    check(&ana, "i=- r=account", "no identity");
    check(&ana, "i=A r=account", "allow");
    check(&ana, "i=A b=- r=account", "no boundary");
    check(&ops, "i=A s=- r=account", "no session");
    check(&ops, "i=A b=A s=A r=account", "allow");
    check(&ana, "r=exact", "allow");
    check(&ana, "r=exact b=-", "allow");
    check(&ops, "r=exact s=-", "allow");
    check(&ops, "r=role", "allow");
    check(&ops, "r=role,account", "allow");
    check(&ops, "r=role s=-", "no session");
    check(&ops, "r=role b=-", "no boundary");
    check(&ana, "r=anyone", "allow");
    check(&ana, "r=anyone b=-", "no boundary");
    check(&ana, "i=D r=exact", "deny identity");
    check(&ana, "i=D r=stranger", "deny identity");
    check(&ana, "i=A r=account,!exact", "deny resource");
    check(&ana, "i=A r=account,!account", "deny resource");
    check(&ana, "i=D r=account,!anyone", "deny resource");
    check(&ops, "i=A s=D r=account", "deny session");
    check(&owner, "", "no resource");
    check(&owner, "r=stranger", "no resource");
    check(&owner, "r=account", "allow");
    check(&owner, "r=exact", "allow");
    check(&owner, "r=anyone", "allow");
    check(&owner, "r=account,!account", "deny resource");
}

#[test]
fn across_accounts_both_sides_must_allow() {
    let (eve, ops, other_root) = (user(OTHER, "eve"), session(OTHER, "ops", "s"), root(OTHER));
    for model in [Ordinary, KeyPolicy] {
        let check = |principal: &Principal, case: &str, expected: &str| check(model, principal, case, expected);
        check(&eve, "", "no resource");
        check(&eve, "i=A", "no resource");
        check(&eve, "i=A r=stranger", "no resource");
        check(&eve, "r=stranger", "no resource");
        for form in ["exact", "account", "anyone"] {
            check(&eve, &format!("r={form}"), "no identity");
            check(&eve, &format!("i=- r={form}"), "no identity");
            check(&eve, &format!("i=A r={form}"), "allow");
            check(&eve, &format!("i=A b=- r={form}"), "no boundary");
            check(&ops, &format!("i=A s=- r={form}"), "no session");
            check(&ops, &format!("i=A b=A s=A r={form}"), "allow");
        }
        check(&ops, "r=role", "no identity");
        check(&ops, "i=A r=role", "allow");
        check(&ops, "i=A s= r=role", "no session");
        check(&eve, "i=D r=exact", "deny identity");
        // The caller's own policies say nothing of what it was not let in to.
        check(&eve, "i=D", "no resource");
        check(&eve, "i=D r=stranger", "no resource");
        check(&ops, "b=D s=D r=stranger", "no resource");
        check(&eve, "i=D r=exact,!account", "deny resource");
        check(&eve, "i=A r=exact,!account", "deny resource");
        check(&eve, "i=A r=!exact", "deny resource");
        check(&other_root, "", "no resource");
        check(&other_root, "r=account", "allow");
        check(&other_root, "r=anyone", "allow");
        check(&other_root, "r=account,!anyone", "deny resource");
    }
}

#[test]
fn trust_policies() {
    let (ana, ops) = (user(ACCOUNT, "ana"), session(ACCOUNT, "ops", "s"));
    let (eve, far) = (user(OTHER, "eve"), session(OTHER, "ops", "s"));
    let check = |principal: &Principal, case: &str, expected: &str| check(Trust, principal, case, expected);
    check(&ana, "", "no trust");
    check(&ana, "i=A", "no trust");
    check(&ana, "i=A r=stranger", "no trust");
    check(&ana, "r=exact", "allow");
    check(&ana, "r=anyone", "allow");
    check(&ops, "r=role", "allow");
    check(&ops, "r=exact", "allow");
    check(&ana, "r=account", "no identity");
    check(&ana, "i=A r=account", "allow");
    check(&ana, "i=A b=- r=account", "no boundary");
    check(&ops, "r=role s=-", "no session");
    check(&ana, "i=D r=exact", "deny identity");
    check(&ana, "i=A r=exact,!account", "deny trust");
    check(&eve, "i=A", "no trust");
    check(&eve, "r=exact", "no identity");
    check(&eve, "i=A r=exact", "allow");
    check(&eve, "r=account", "no identity");
    check(&eve, "i=A r=account", "allow");
    check(&eve, "r=anyone", "no identity");
    check(&eve, "i=A r=anyone", "allow");
    check(&far, "r=role", "no identity");
    check(&far, "i=A r=role", "allow");
    check(&far, "i=A s=- r=role", "no session");
    // Roles may not be assumed by root accounts.
    check(&root(ACCOUNT), "r=account", "no trust");
    check(&root(OTHER), "r=anyone", "no trust");
}

#[test]
fn a_role_begins_itself_anew_only_by_name() {
    let ops = session(ACCOUNT, "ops", "s");
    let check = |case: &str, expected: &str| check(OwnTrust, &ops, case, expected);
    check("r=role", "allow");
    check("r=exact", "allow");
    check("i=A", "no trust");
    check("i=A r=account", "no trust");
    check("i=A r=anyone", "no trust");
    check("i=D r=role", "deny identity");
    check("r=role,!anyone", "deny trust");
    check("r=role s=-", "no session");
}

#[test]
fn grants() {
    let check = |principal: &Principal, case: &str, expected: &str| {
        let decision = judge(KeyPolicy, principal, case, decide_with_grant);
        assert_eq!(in_words(&decision), expected, "{} {case}", principal.arn);
    };
    let (ana, ops, eve) = (user(ACCOUNT, "ana"), session(ACCOUNT, "ops", "s"), user(OTHER, "eve"));
    check(&ana, "", "allow");
    check(&ana, "r=stranger", "allow");
    check(&ana, "r=account", "allow");
    check(&ops, "s=A b=A r=stranger", "allow");
    check(&ops, "s=- r=stranger", "no session");
    check(&ana, "b=- r=stranger", "no boundary");
    check(&ana, "b=- r=exact", "allow");
    check(&ana, "i=D", "deny identity");
    check(&ana, "r=!exact", "deny resource");
    check(&eve, "r=stranger", "allow");
    check(&eve, "i=D r=stranger", "deny identity");
}

#[test]
fn grants_to_accounts() {
    let check = |principal: &Principal, case: &str, expected: &str| {
        let decision = judge(KeyPolicy, principal, case, decide_with_grant_to_account);
        assert_eq!(in_words(&decision), expected, "{} {case}", principal.arn);
    };
    let (ana, eve) = (user(ACCOUNT, "ana"), user(OTHER, "eve"));
    check(&ana, "r=stranger", "no identity");
    check(&ana, "i=A r=stranger", "allow");
    check(&ana, "i=A b=- r=stranger", "no boundary");
    check(&ana, "i=A r=!anyone", "deny resource");
    check(&eve, "r=stranger", "no identity");
    check(&eve, "i=A r=stranger", "allow");
    check(&eve, "i=A,D r=stranger", "deny identity");
    check(&root(ACCOUNT), "r=stranger", "allow");
    check(&root(OTHER), "r=stranger", "allow");
    check(&root(OTHER), "r=!anyone", "deny resource");
}

#[test]
fn texts() {
    let check = |model: ResourceModel, case: &str, expected: &str| match judge(
        model,
        &session(ACCOUNT, "ops", "s"),
        case,
        decide,
    ) {
        Decision::Deny(denial) => assert_eq!(denial.tail("kms:Decrypt"), expected, "{case}"),
        Decision::Allow { .. } => panic!("{case}"),
    };
    check(Ordinary, "", "because no identity-based policy allows the kms:Decrypt action");
    check(KeyPolicy, "", "because no resource-based policy allows the kms:Decrypt action");
    check(Ordinary, "i=A b=-", "because no permissions boundary allows the kms:Decrypt action");
    check(Ordinary, "i=A s=-", "because no session policy allows the kms:Decrypt action");
    check(Trust, "", "because no role trust policy allows the kms:Decrypt action");
    check(Ordinary, "i=D", "with an explicit deny in an identity-based policy");
    check(Ordinary, "r=!role", "with an explicit deny in a resource-based policy");
    check(Ordinary, "b=D", "with an explicit deny in a permissions boundary");
    check(Ordinary, "s=D", "with an explicit deny in a session policy");
    check(Trust, "r=!role", "with an explicit deny in the role trust policy");
}

#[test]
fn a_decision_names_what_decided() {
    let ops = session(ACCOUNT, "ops", "s");
    let Decision::Deny(denial) = judge(KeyPolicy, &ops, "i=-,D r=role", decide) else { panic!() };
    assert_eq!(denial.policy.as_deref(), Some("policy/D"));
    assert_eq!(denial.statement.unwrap().sid.as_deref(), Some("Deny"));

    let Decision::Allow { by } = judge(KeyPolicy, &ops, "i=-,A b=A s=A r=stranger,account", decide) else { panic!() };
    let types: Vec<_> = by.iter().map(|reason| (reason.policy_type, reason.by)).collect();
    let (account, identity) = (AllowedAs::Account, AllowedAs::Identity);
    let expected = [
        (PolicyType::Resource, account),
        (PolicyType::Identity, identity),
        (PolicyType::Boundary, identity),
        (PolicyType::Session, identity),
    ];
    assert_eq!(types, expected);
    assert_eq!(by[0].statement.as_ref().unwrap().index, 1);
    assert_eq!(by[1].policy.as_deref(), Some("policy/A"));
}

#[test]
fn an_external_id_is_asked_for_by_the_trust_policy() {
    let statement = r#"{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"sts:AssumeRole",
                        "Condition":{"StringEquals":{"sts:ExternalId":"s3cret"}}}"#;
    let trust = Policy::parse(&document(statement), PolicyKind::Trust).unwrap();
    let (eve, identity) = (user(OTHER, "eve"), PolicySet::new(vec![of_caller("A")]));
    let check = |external_id: Option<&str>, expected: &str| {
        let mut context = Context::new();
        if let Some(id) = external_id {
            context.set("sts:ExternalId", id);
        }
        let resource = "arn:aws:iam::111122223333:role/target";
        let request = Request { principal: &eve, action: "sts:AssumeRole", resource, context: &context };
        let inputs = Inputs {
            request,
            identity: &identity,
            boundary: None,
            session: None,
            resource: Some(&trust),
            resource_account: ACCOUNT,
            model: Trust,
        };
        assert_eq!(in_words(&decide(&inputs)), expected, "{external_id:?}");
    };
    check(Some("s3cret"), "allow");
    check(Some("S3cret"), "no trust");
    check(None, "no trust");
}

#[test]
fn the_key_policy_of_secrets_manager_lets_in_only_its_own_calls() {
    let statement = r#"{"Sid":"Allow access through AWS Secrets Manager","Effect":"Allow","Principal":{"AWS":"*"},
        "Action":["kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","kms:CreateGrant","kms:DescribeKey"],"Resource":"*",
        "Condition":{"StringEquals":{"kms:CallerAccount":"111122223333",
                                     "kms:ViaService":"secretsmanager.eu-west-1.amazonaws.com"}}}"#;
    let key_policy = policy(PolicyKind::Key, statement);
    let ana = user(ACCOUNT, "ana");
    let check = |via: Option<&str>, account: &str, action: &str, expected: &str| {
        let mut context = Context::new();
        context.set("kms:CallerAccount", account);
        if let Some(via) = via {
            context.set("kms:ViaService", via);
        }
        let inputs = Inputs {
            request: Request { principal: &ana, action, resource: KEY, context: &context },
            identity: &PolicySet::default(),
            boundary: None,
            session: None,
            resource: Some(&key_policy),
            resource_account: ACCOUNT,
            model: KeyPolicy,
        };
        assert_eq!(in_words(&decide(&inputs)), expected, "{via:?} {account} {action}");
    };
    let service = "secretsmanager.eu-west-1.amazonaws.com";
    check(Some(service), ACCOUNT, "kms:Decrypt", "allow");
    check(Some(service), ACCOUNT, "kms:ReEncryptFrom", "allow");
    check(Some(service), ACCOUNT, "kms:PutKeyPolicy", "no resource");
    check(Some("secretsmanager.us-east-1.amazonaws.com"), ACCOUNT, "kms:Decrypt", "no resource");
    check(Some(service), OTHER, "kms:Decrypt", "no resource");
    check(None, ACCOUNT, "kms:Decrypt", "no resource");
}
