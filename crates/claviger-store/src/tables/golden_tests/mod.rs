//! The bytes of every record as a release writes them.
//!
//! A file in `tests/golden/<release>` holds the encoded values of one record, in hexadecimal, one on each line. If a record's
//! encoding differs from its file, this release and that one cannot read each other's stores.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod grant_records;
mod iam_records;
mod key_records;
mod key_store_records;
mod region_records;
mod secret_records;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::PathBuf;

use claviger_types::{
    AccountId, Caller, CallerKind, FederatingUser, Federation, KeyId, MaterialId, Region, SessionContext, Timestamp,
};

use super::{BoundPrincipal, Epoch, PolicyDocument, Record, StateDigest, Tag, decode, encode};

const RELEASE: &str = "0.1";

/// Checks the values of one record against its file, and returns the record's name.
type Check = fn() -> &'static str;

const CHECKS: [&[Check]; 6] = [
    grant_records::CHECKS,
    iam_records::CHECKS,
    key_records::CHECKS,
    key_store_records::CHECKS,
    region_records::CHECKS,
    secret_records::CHECKS,
];

#[test]
fn every_record_is_encoded_and_decoded_as_its_release_did() {
    for check in CHECKS.concat() {
        check();
    }
}

#[test]
fn every_record_has_a_fixture() {
    let checked: BTreeSet<String> = CHECKS.concat().iter().map(|check| check().to_owned()).collect();
    assert_eq!(checked, records_of_the_source());
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let expected: BTreeSet<String> = checked.iter().map(|name| format!("{name}.hex")).collect();
    assert_eq!(files.collect::<BTreeSet<_>>(), expected);
}

/// The names of all types that implement [`Record`].
fn records_of_the_source() -> BTreeSet<String> {
    let tables = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/tables");
    let files = std::fs::read_dir(tables).unwrap().map(|entry| entry.unwrap().path());
    let sources = files.filter(|path| path.is_file()).map(|path| std::fs::read_to_string(path).unwrap());
    let names = |source: String| -> Vec<String> {
        let implemented = source.lines().filter_map(|line| line.strip_prefix("impl Record for "));
        implemented.map(|rest| rest.trim_end_matches(" {").to_owned()).collect()
    };
    sources.flat_map(names).collect()
}

/// Compares a record's values with its file, in both directions.
fn check<T: Record + PartialEq + Debug>(values: &[T]) -> &'static str {
    let name = std::any::type_name::<T>().rsplit("::").next().unwrap();
    let written: String = values.iter().map(|value| hex(&encode(value).unwrap()) + "\n").collect();
    let stored = std::fs::read_to_string(folder().join(format!("{name}.hex"))).unwrap_or_default();
    assert_eq!(written, stored, "{name} is encoded otherwise than in release {RELEASE}");
    for (line, value) in stored.lines().zip(values) {
        assert_eq!(decode::<T>(&[], &unhex(line)).as_ref(), Ok(value), "{name}");
    }
    name
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(RELEASE)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(line: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&line[at..at + 2], 16).unwrap();
    (0..line.len()).step_by(2).map(digit).collect()
}

fn account() -> AccountId {
    AccountId::parse("111122223333").unwrap()
}

fn region(name: &str) -> Region {
    Region::parse(name).unwrap()
}

fn here() -> Region {
    region("eu-central-1")
}

fn there() -> Region {
    region("eu-west-1")
}

fn key_id() -> KeyId {
    KeyId::parse("mrk-1234abcd12ab34cd56ef1234567890ab").unwrap()
}

fn material_id(byte: u8) -> MaterialId {
    MaterialId([byte; 32])
}

fn epoch() -> Epoch {
    Epoch { counter: 3, region: here() }
}

fn tags() -> Vec<Tag> {
    vec![
        Tag { key: "team".to_owned(), value: "väst".to_owned() },
        Tag { key: "empty".to_owned(), value: String::new() },
    ]
}

fn bound() -> Vec<BoundPrincipal> {
    vec![BoundPrincipal {
        arn: "arn:aws:iam::111122223333:role/ops".to_owned(),
        id: "AROAEXAMPLEEXAMPLE001".to_owned(),
    }]
}

fn document() -> PolicyDocument {
    PolicyDocument::new(r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned())
}

/// A caller of each kind that is stored; the last two have sessions.
fn callers() -> [Caller; 4] {
    let caller = |kind, session| Caller { account: account(), kind, access_key_id: "AKIAEXAMPLE".to_owned(), session };
    let (path, name) = ("/team/".to_owned(), "ana".to_owned());
    let user = CallerKind::User { path: path.clone(), name, id: "AIDAEXAMPLE".to_owned() };
    let role = CallerKind::RoleSession {
        path,
        role: "ops".to_owned(),
        role_id: "AROAEXAMPLE".to_owned(),
        session: "night".to_owned(),
    };
    let session = SessionContext {
        issued: Timestamp(1_795_532_645_000),
        expires: Timestamp(1_795_536_245_000),
        policies: vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned()],
        tags: vec![("team".to_owned(), "blue".to_owned())],
        transitive_tags: vec!["team".to_owned()],
        source_identity: Some("ana".to_owned()),
        federation: None,
    };
    let by = FederatingUser { path: "/".to_owned(), name: "ana".to_owned(), id: "AIDAEXAMPLE".to_owned() };
    let guest = CallerKind::FederatedUser { name: "guest".to_owned(), user: Some(by) };
    let federation = Federation {
        provider: "arn:aws:iam::111122223333:oidc-provider/issuer.example".to_owned(),
        keys: vec![("issuer.example:sub".to_owned(), vec!["cart".to_owned()])],
    };
    let role_session = SessionContext { federation: Some(federation), ..session.clone() };
    [caller(CallerKind::Root, None), caller(user, None), caller(role, Some(role_session)), caller(guest, Some(session))]
}
