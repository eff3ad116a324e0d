//! The eight kinds of callers, and what each of them gets.

use serde_json::json;

use super::grants;
use super::needs::{Holder, Need, Why};
use super::people::{self, Who};
use super::rules::Across;
use super::run::Run;
use super::stage::Stage;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Anonymous,
    SameAccount,
    OtherAccountOneSide,
    OtherAccountBothSides,
    ExplicitDeny,
    SessionPolicy,
    Boundary,
    Grant,
}

pub(crate) const ALL: [Kind; 8] = [
    Kind::Anonymous,
    Kind::SameAccount,
    Kind::OtherAccountOneSide,
    Kind::OtherAccountBothSides,
    Kind::ExplicitDeny,
    Kind::SessionPolicy,
    Kind::Boundary,
    Kind::Grant,
];

pub(crate) fn check_all(run: &mut Run) {
    for kind in ALL {
        run.begin(kind);
        match kind {
            Kind::Anonymous => anonymous(run),
            Kind::SameAccount => same_account(run),
            Kind::OtherAccountOneSide => other_account_one_side(run),
            Kind::OtherAccountBothSides => other_account_both_sides(run),
            Kind::ExplicitDeny => explicit_deny(run),
            Kind::SessionPolicy => session_policy(run),
            Kind::Boundary => boundary(run),
            Kind::Grant => grant(run),
        }
    }
}

/// A request without a signature is refused, also where keys and secrets allow everyone.
fn anonymous(run: &mut Run) {
    let nobody = Who::nobody();
    run.stage.hold_for("Allow", &run.needs(), &nobody);
    run.check_refused(
        &nobody,
        "MissingAuthenticationTokenException",
        "Request is missing Authentication Token",
        "unsigned",
    );
}

/// A user whom an identity policy allows.
fn same_account(run: &mut Run) {
    let who = Who::user(&run.stage, "user");
    let needs = run.needs();
    for (lacking, others) in each_left_out(&needs) {
        who.allow(&run.stage, &others);
        run.check_denied(&who, &lacking, Why::NoIdentity);
    }
    who.allow(&run.stage, &needs);
    run.check_allowed(&who);
}

/// Each permission in turn is allowed by one of the two accounts alone, and all others by both.
fn other_account_one_side(run: &mut Run) {
    let who = Who::stranger(&run.stage, "one-side");
    let needs = run.needs();
    match run.rule.across {
        Across::Missing(code, text) => {
            run.stage.hold_for("Allow", &needs, &who);
            // Where nothing but the caller's policies counts, they come before the lookup.
            match needs.iter().all(|need| need.holder == Holder::Caller) {
                true => run.check_denied(&who, &needs[0], Why::NoIdentity),
                false => run.check_missing(&who, code, text),
            }
            run.stage.hold(Vec::new());
            who.allow(&run.stage, &needs);
            run.check_missing(&who, code, text);
        }
        Across::ByGrant => {
            run.stage.hold_for("Allow", &needs, &who);
            run.check_denied(&who, &needs[0], Why::NoResource);
            run.stage.hold(Vec::new());
            who.allow(&run.stage, &needs);
            run.check_denied(&who, &needs[0], Why::NoResource);
        }
        Across::Permitted | Across::ByCiphertext | Across::Own | Across::NoPolicy => {
            for (need, others) in each_left_out(&needs) {
                who.allow(&run.stage, &others);
                run.stage.hold_for("Allow", &needs, &who);
                let is_elsewhere = need.holder == Holder::Elsewhere;
                run.check_denied(&who, &need, if is_elsewhere { Why::NoResource } else { Why::NoIdentity });
                if need.holder != Holder::Caller {
                    who.allow(&run.stage, &needs);
                    run.stage.hold_for("Allow", &others, &who);
                    run.check_denied(&who, &need, Why::NoResource);
                }
            }
        }
    }
}

/// The resource's policy and an identity policy of the caller allow all permissions.
fn other_account_both_sides(run: &mut Run) {
    let who = Who::stranger(&run.stage, "both-sides");
    let needs = run.needs();
    who.allow(&run.stage, &needs);
    run.stage.hold_for("Allow", &needs, &who);
    match run.rule.across {
        Across::Permitted | Across::ByCiphertext | Across::Own => run.check_allowed(&who),
        Across::Missing(code, text) => run.check_missing(&who, code, text),
        Across::ByGrant => run.check_denied(&who, &needs[0], Why::NoResource),
        Across::NoPolicy => {
            let beyond =
                needs.iter().find(|need| need.holder == Holder::Elsewhere).expect("a resource without a policy");
            run.check_denied(&who, beyond, Why::NoResource);
        }
    }
}

/// Each permission in turn is denied by the caller's own policy, and by that of its resource.
fn explicit_deny(run: &mut Run) {
    let who = Who::user(&run.stage, "denied");
    let needs = run.needs();
    check_denials(run, &who, &needs);
    // Across accounts a denial is a denial, too.
    if matches!(run.rule.across, Across::Permitted | Across::ByCiphertext | Across::Own) {
        let who = Who::stranger(&run.stage, "denied");
        check_denials(run, &who, &needs);
    }
}

fn check_denials(run: &mut Run, who: &Who, needs: &[Need]) {
    run.stage.hold_for("Allow", needs, who);
    for need in needs {
        who.may(&run.stage, [people::everything(), need.statement("Deny")].into_iter());
        run.check_denied(who, need, Why::DenyOfIdentity);
    }
    who.may(&run.stage, [people::everything()].into_iter());
    for need in needs.iter().filter(|need| need.policy_of().is_some()) {
        let with_policy = needs.iter().filter(|need| need.policy_of().is_some());
        let allowed = with_policy.map(|need| (need, need.statement_for("Allow", &who.arn)));
        let denied = (need, need.statement_for("Deny", &who.arn));
        run.stage.hold(allowed.chain([denied]).collect());
        run.check_denied(who, need, Why::DenyOfResource);
    }
    run.stage.hold(Vec::new());
}

/// A session of a role that may do everything: its session policy limits it.
fn session_policy(run: &mut Run) {
    people::make_role(&run.stage);
    let needs = run.needs();
    for (lacking, others) in each_left_out(&needs) {
        let who = Who::session(&run.stage, &others);
        run.check_denied(&who, &lacking, Why::NoSession);
    }
    let who = Who::session(&run.stage, &needs);
    run.check_allowed(&who);
}

/// A user that may do everything: its permissions boundary limits it.
fn boundary(run: &mut Run) {
    let who = Who::user(&run.stage, "bounded");
    who.may(&run.stage, [people::everything()].into_iter());
    let needs = run.needs();
    for (n, (lacking, others)) in each_left_out(&needs).into_iter().enumerate() {
        who.bound(&run.stage, &format!("without-{n}"), &others);
        run.check_denied(&who, &lacking, Why::NoBoundary);
    }
    who.bound(&run.stage, "whole", &needs);
    run.check_allowed(&who);
}

/// A user who has grants on all keys of the request, and for everything else an identity policy.
fn grant(run: &mut Run) {
    let who = Who::user(&run.stage, "grantee");
    let needs = run.needs();
    let keys = keys(run, &needs);
    let on_keys: Vec<&Need> = needs.iter().filter(|need| need.holder == Holder::Key).collect();
    // A grant on a key gives nothing but permissions on that key.
    if needs.iter().any(|need| need.holder != Holder::Key) {
        let lacking = needs.iter().find(|need| !need.is_grantable()).expect("a permission that no grant gives");
        grants::grant(&run.stage, &keys, &who, "");
        run.check_denied(&who, lacking, Why::NoIdentity);
    }
    if on_keys.is_empty() {
        return;
    }
    let is_across = matches!(run.rule.across, Across::Permitted | Across::ByCiphertext | Across::Own | Across::ByGrant);
    match on_keys.iter().find(|need| !need.is_grantable()) {
        Some(lacking) => {
            who.allow(&run.stage, needs.iter().filter(|need| need.holder != Holder::Key));
            grants::grant(&run.stage, &keys, &who, "");
            run.check_denied(&who, lacking, Why::NoIdentity);
            if is_across {
                let stranger = Who::stranger(&run.stage, "grantee");
                grants::grant(&run.stage, &keys, &stranger, "");
                run.check_denied(&stranger, lacking, Why::NoResource);
            }
        }
        None => {
            check_grant(run, Who::user, Why::NoIdentity);
            if is_across {
                check_grant(run, Who::stranger, Why::NoResource);
            }
        }
    }
}

/// A grant without the operation gives nothing, and one with it all that is needed.
fn check_grant(run: &mut Run, make: impl FnOnce(&Stage, &'static str) -> Who, why: Why) {
    let who = make(&run.stage, "through-grant");
    let needs = run.needs();
    let keys = keys(run, &needs);
    let (on_keys, others): (Vec<Need>, Vec<Need>) = needs.into_iter().partition(|need| need.holder == Holder::Key);
    who.allow(&run.stage, &others);
    // A key policy gives nothing to those who retire grants.
    let held = if matches!(run.rule.across, Across::ByGrant) { &on_keys } else { &others };
    run.stage.hold_for("Allow", held, &who);
    grants::grant(&run.stage, &keys, &who, on_keys[0].action.trim_start_matches("kms:"));
    run.check_denied(&who, &on_keys[0], why);
    grants::grant(&run.stage, &keys, &who, "");
    run.check_allowed(&who);
}

/// The ARNs of the keys of the request; of another key if it is about none.
fn keys(run: &Run, needs: &[Need]) -> Vec<String> {
    let on_keys = needs.iter().filter(|need| need.holder == Holder::Key);
    let mut keys: Vec<String> = on_keys.filter_map(|need| need.policy_of().map(str::to_owned)).collect();
    if keys.is_empty() {
        let made = run.stage.root("kms", "CreateKey", &json!({}));
        keys.push(made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned());
    }
    keys.sort();
    keys.dedup();
    keys
}

/// Each permission with all others.
fn each_left_out(needs: &[Need]) -> Vec<(Need, Vec<Need>)> {
    let others = |left_out: usize| {
        needs.iter().enumerate().filter(|(n, _)| *n != left_out).map(|(_, need)| need.clone()).collect()
    };
    needs.iter().enumerate().map(|(n, need)| (need.clone(), others(n))).collect()
}
