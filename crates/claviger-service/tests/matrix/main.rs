//! A matrix over the tables of operations: each operation that this release builds has an entry with a success, a denial of each
//! permission, a validation failure and the audit records of all of them. An operation without an entry fails the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod callers;
mod case;
mod check;
mod client;
mod fixture;
mod iam;
#[path = "../it/kit.rs"]
#[expect(dead_code, reason = "the other test binary uses the rest of it")]
mod kit;
mod kms;
mod secrets;
mod sts;
mod template;

use std::collections::BTreeSet;

use claviger_service::SERVICES;

use case::Case;

/// The entries of a service, by its signing name.
fn cases(service: &str) -> Vec<&'static Case> {
    let tables: &[&'static [Case]] = match service {
        "kms" => &[
            kms::keys::CASES,
            kms::aliases::CASES,
            kms::asymmetric::CASES,
            kms::cryptography::CASES,
            kms::grants::CASES,
            kms::imports::CASES,
            kms::key_stores::CASES,
        ],
        "secretsmanager" => &[secrets::CASES],
        "sts" => &[sts::CASES],
        "iam" => &[
            iam::users::CASES,
            iam::user_policies::CASES,
            iam::groups::CASES,
            iam::roles::CASES,
            iam::role_policies::CASES,
            iam::policies::CASES,
            iam::instance_profiles::CASES,
            iam::identity_providers::CASES,
            iam::account_aliases::CASES,
            iam::simulation::CASES,
            iam::last_accessed::CASES,
        ],
        _ => &[],
    };
    tables.iter().copied().flatten().collect()
}

#[test]
fn each_operation_of_each_service_has_one_whole_entry() {
    let mut wrong = Vec::new();
    for service in SERVICES.0 {
        let name = service.model.signing_name;
        // The requests of the matrix are signed. Those that carry a token instead are tested by boto3, with an issuer.
        let built: BTreeSet<&str> =
            service.table.iter().filter(|entry| !entry.takes_token()).map(|entry| entry.name).collect();
        let mut seen = BTreeSet::new();
        for case in cases(name) {
            if !seen.insert(case.operation) {
                wrong.push(format!("{name}: {} has two entries", case.operation));
            }
            wrong.extend(case.gaps().into_iter().map(|gap| format!("{name}: {}: {gap}", case.operation)));
        }
        wrong.extend(built.difference(&seen).map(|operation| format!("{name}: {operation} has no entry")));
        wrong.extend(seen.difference(&built).map(|operation| format!("{name}: {operation} is not in the table")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn check_service(service: &str) {
    let cases = cases(service);
    assert!(!cases.is_empty(), "{service} has no entries");
    let wrong: Vec<String> = cases.into_iter().flat_map(|case| check::check(service, case)).collect();
    assert!(wrong.is_empty(), "{} of {service}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn kms_answers_refuses_and_records() {
    check_service("kms");
}

#[test]
fn secrets_manager_answers_refuses_and_records() {
    check_service("secretsmanager");
}

#[test]
fn sts_answers_refuses_and_records() {
    check_service("sts");
}

#[test]
fn iam_answers_refuses_and_records() {
    check_service("iam");
}
