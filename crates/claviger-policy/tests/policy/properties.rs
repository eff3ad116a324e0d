//! Properties of every document and every request.

use claviger_policy::{
    Context, Decision, Inputs, NamedPolicy, Policy, PolicyKind, PolicySet, Principal, Request, ResourceModel, decide,
};
use proptest::prelude::*;
use proptest::sample::select;

use crate::{ACCOUNT, KEY, OTHER, SECRET, ask, document, root, session, user};

const KINDS: [PolicyKind; 5] =
    [PolicyKind::Identity, PolicyKind::Session, PolicyKind::Trust, PolicyKind::Key, PolicyKind::Resource];

const ACTIONS: [&str; 4] = ["kms:Decrypt", "kms:Encrypt", "kms:PutKeyPolicy", "secretsmanager:GetSecretValue"];

fn principals() -> impl Strategy<Value = Principal> {
    select(vec![
        user(ACCOUNT, "ana"),
        user(OTHER, "eve"),
        session(ACCOUNT, "ops", "s1"),
        session(OTHER, "ops", "s2"),
        root(ACCOUNT),
        root(OTHER),
    ])
}

fn contexts() -> impl Strategy<Value = Context> {
    let value = || proptest::option::of(select(vec!["ana", "*", "ten", "7", "true", "10.0.0.1"]));
    (value(), value(), prop::collection::vec(select(vec!["a", "b"]), 0..3)).prop_map(|(name, other, tags)| {
        let mut context = Context::new();
        if let Some(name) = name {
            context.set("aws:username", name);
        }
        if let Some(other) = other {
            context.set("t:other", other);
        }
        context.set_many("aws:TagKeys", tags.into_iter().map(str::to_owned).collect());
        context
    })
}

fn conditions() -> impl Strategy<Value = &'static str> {
    select(vec![
        "{}",
        "{}",
        r#"{"StringEquals":{"aws:username":"ana"}}"#,
        r#"{"StringNotLike":{"aws:username":"a*"}}"#,
        r#"{"StringLikeIfExists":{"aws:username":"${aws:username}"}}"#,
        r#"{"NumericLessThan":{"t:other":"10"}}"#,
        r#"{"NumericNotEquals":{"t:other":"10"}}"#,
        r#"{"Bool":{"t:other":"true"}}"#,
        r#"{"NotIpAddress":{"t:other":"10.0.0.0/8"}}"#,
        r#"{"Null":{"t:other":"true"}}"#,
        r#"{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}}"#,
        r#"{"ForAnyValue:StringNotEquals":{"aws:TagKeys":["a"]},"StringEquals":{"t:other":"7"}}"#,
    ])
}

/// Statements without a principal, or with one.
fn statements(with_principal: bool, effect: &'static [&'static str]) -> impl Strategy<Value = String> {
    let action = select(vec![
        r#""Action":"*""#,
        r#""Action":"kms:*""#,
        r#""Action":["kms:De*","secretsmanager:*"]"#,
        r#""NotAction":"kms:PutKeyPolicy""#,
    ]);
    let resource = select(vec![
        r#""Resource":"*""#,
        r#""Resource":"arn:aws:kms:*:*:key/*""#,
        r#""Resource":"arn:aws:secretsmanager:*:*:secret:home/${aws:username}/*""#,
        r#""NotResource":"arn:aws:secretsmanager:*:*:secret:home/${aws:username}/*""#,
    ]);
    let principal = select(vec![
        r#""Principal":"*","#,
        r#""Principal":{"AWS":"111122223333"},"#,
        r#""Principal":{"AWS":["444455556666","arn:aws:iam::111122223333:user/ana"]},"#,
        r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/path/ops"},"#,
        r#""Principal":{"AWS":"arn:aws:sts::444455556666:assumed-role/ops/s2"},"#,
    ]);
    (select(effect), action, resource, principal, conditions()).prop_map(
        move |(effect, action, resource, principal, condition)| {
            let principal = if with_principal { principal } else { "" };
            format!(r#"{{"Effect":"{effect}",{principal}{action},{resource},"Condition":{condition}}}"#)
        },
    )
}

const ANY_EFFECT: &[&str] = &["Allow", "Allow", "Deny"];
const DENY: &[&str] = &["Deny"];

fn several(with_principal: bool) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(statements(with_principal, ANY_EFFECT), 1..5)
}

fn compile(kind: PolicyKind, statements: &[String]) -> Policy {
    let text = document(&statements.join(","));
    Policy::parse(&text, kind).unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// One request with the statements of every policy that bears on it.
#[derive(Debug, Clone)]
struct Situation {
    principal: Principal,
    action: &'static str,
    resource_arn: &'static str,
    context: Context,
    identity: Vec<String>,
    boundary: Option<Vec<String>>,
    session: Option<Vec<String>>,
    resource: Option<Vec<String>>,
    model: ResourceModel,
}

impl Situation {
    fn decide(&self) -> Decision {
        let named = |statements: &Vec<String>| {
            let policy = compile(PolicyKind::Identity, statements);
            PolicySet::new(vec![NamedPolicy { id: "p".into(), policy }])
        };
        let identity = named(&self.identity);
        let boundary = self.boundary.as_ref().map(named);
        let session = self.session.as_ref().map(named);
        let resource = self.resource.as_ref().map(|statements| compile(PolicyKind::Key, statements));
        decide(&Inputs {
            request: Request {
                principal: &self.principal,
                action: self.action,
                resource: self.resource_arn,
                context: &self.context,
            },
            identity: &identity,
            boundary: boundary.as_ref(),
            session: session.as_ref(),
            resource: resource.as_ref(),
            resource_account: ACCOUNT,
            model: self.model,
        })
    }

    fn is_allowed(&self) -> bool {
        matches!(self.decide(), Decision::Allow { .. })
    }
}

fn situations() -> impl Strategy<Value = Situation> {
    let request = (principals(), select(&ACTIONS[..]), select(vec![KEY, SECRET, "*"]), contexts());
    let of_caller = (
        several(false),
        proptest::option::of(several(false)),
        proptest::option::of(several(false)),
        proptest::option::of(several(true)),
    );
    let model = select(vec![
        ResourceModel::IdentityOnly,
        ResourceModel::Ordinary,
        ResourceModel::KeyPolicy,
        ResourceModel::Trust,
        ResourceModel::OwnTrust,
    ]);
    (request, of_caller, model).prop_map(
        |((principal, action, resource_arn, context), (identity, boundary, session, resource), model)| Situation {
            principal,
            action,
            resource_arn,
            context,
            identity,
            boundary,
            session,
            resource,
            model,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn a_deny_anywhere_never_opens(
        before in situations(), place in 0..4_usize, plain in statements(false, DENY), named in statements(true, DENY),
    ) {
        let mut after = before.clone();
        match place {
            0 => after.identity.push(plain),
            1 => after.boundary.get_or_insert_default().push(plain),
            2 => after.session.get_or_insert_default().push(plain),
            _ => after.resource.get_or_insert_default().push(named),
        }
        prop_assert!(!after.is_allowed() || before.is_allowed(), "{before:?} {after:?}");
    }

    #[test]
    fn a_limit_never_opens(before in situations(), limit in several(false)) {
        let mut without = before.clone();
        without.boundary = None;
        let with = Situation { boundary: Some(limit.clone()), ..without.clone() };
        prop_assert!(!with.is_allowed() || without.is_allowed());
        without.session = None;
        let with = Situation { session: Some(limit), ..without.clone() };
        prop_assert!(!with.is_allowed() || without.is_allowed());
    }

    #[test]
    fn nothing_is_allowed_without_an_allow(mut situation in situations()) {
        prop_assume!(!situation.principal.is_root);
        let strip = |statements: &mut Vec<String>| {
            for statement in statements {
                *statement = statement.replace("\"Allow\"", "\"Deny\"");
            }
        };
        strip(&mut situation.identity);
        for list in [&mut situation.boundary, &mut situation.session, &mut situation.resource].into_iter().flatten() {
            strip(list);
        }
        prop_assert!(!situation.is_allowed());
    }

    #[test]
    fn the_order_of_statements_does_not_matter(
        statements in several(true), principal in principals(), action in select(&ACTIONS[..]), context in contexts(),
        turn in 0..5_usize,
    ) {
        let mut turned = statements.clone();
        turned.rotate_left(turn % statements.len());
        turned.reverse();
        let verdicts = [&statements, &turned].map(|order| {
            let verdict = ask(&compile(PolicyKind::Key, order), &principal, action, KEY, &context);
            let mut allows: Vec<_> = verdict.allows.iter().map(|a| format!("{:?}", a.by)).collect();
            allows.sort();
            (verdict.denied_by.is_some(), allows)
        });
        prop_assert_eq!(&verdicts[0], &verdicts[1]);
    }

    #[test]
    fn statements_judge_each_for_itself(
        statements in several(true), principal in principals(), action in select(&ACTIONS[..]), context in contexts(),
    ) {
        let together = ask(&compile(PolicyKind::Key, &statements), &principal, action, KEY, &context);
        let alone: Vec<_> = statements
            .iter()
            .map(|s| ask(&compile(PolicyKind::Key, std::slice::from_ref(s)), &principal, action, KEY, &context))
            .collect();
        prop_assert_eq!(together.denied_by.is_some(), alone.iter().any(|v| v.denied_by.is_some()));
        prop_assert_eq!(together.allows.len(), alone.iter().map(|v| v.allows.len()).sum::<usize>());
    }

    #[test]
    fn reading_mutated_documents_never_panics(
        statements in several(true), kind in select(&KINDS[..]), edits in prop::collection::vec((any::<prop::sample::Index>(), any::<char>(), 0..3_u8), 1..6),
        principal in principals(), context in contexts(),
    ) {
        let mut text: Vec<char> = document(&statements.join(",")).chars().collect();
        for (place, c, how) in edits {
            let place = place.index(text.len());
            match how {
                0 => text[place] = c,
                1 => text.insert(place, c),
                _ => text.truncate(place.max(1)),
            }
        }
        if let Ok(policy) = Policy::parse(&text.into_iter().collect::<String>(), kind) {
            ask(&policy, &principal, "kms:Decrypt", KEY, &context);
        }
    }

    #[test]
    fn reading_arbitrary_documents_never_panics(text in any::<String>(), kind in select(&KINDS[..])) {
        prop_assert!(Policy::parse(&text, kind).is_err());
    }

    #[test]
    fn reading_arbitrary_json_never_panics(json in json(), kind in select(&KINDS[..])) {
        let _ = Policy::parse(&json, kind).map(|policy| policy.public_statement(&["kms:Decrypt"], None).is_some());
    }

    #[test]
    fn values_of_any_form_never_panic(value in "[0-9TZ:.+*?/a-f${},' -]{0,24}", request in any::<String>(), operator in select(&OPERATORS[..])) {
        let escaped = value.replace('\\', "");
        let statement = format!(
            r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"{operator}":{{"t:k":"{escaped}"}}}}}}"#
        );
        if let Ok(policy) = Policy::parse(&document(&statement), PolicyKind::Identity) {
            for asked in [&request, &value] {
                let mut context = Context::new();
                context.set("t:k", asked.as_str());
                ask(&policy, &user(ACCOUNT, "ana"), "kms:Decrypt", KEY, &context);
            }
        }
    }
}

const OPERATORS: [&str; 10] = [
    "StringEquals",
    "StringLike",
    "NumericLessThan",
    "DateGreaterThan",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "ArnLike",
    "Null",
    "ForAllValues:DateNotEqualsIfExists",
];

/// JSON made of the language's own words in the wrong places.
fn json() -> impl Strategy<Value = String> {
    let word = || {
        select(vec![
            "Version",
            "2012-10-17",
            "Statement",
            "Effect",
            "Allow",
            "Deny",
            "Principal",
            "NotPrincipal",
            "AWS",
            "*",
            "Action",
            "NotAction",
            "kms:*",
            "Resource",
            "Condition",
            "StringEquals",
            "aws:username",
            "Sid",
            "111122223333",
            "${",
            "arn:aws:kms:*",
        ])
    };
    let leaf = prop_oneof![
        word().prop_map(|w| format!("\"{w}\"")),
        select(vec!["null", "true", "7", "-1.5", "{}", "[]"]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(6, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((word(), inner), 0..6).prop_map(|members| {
                let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}
