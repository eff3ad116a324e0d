#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_types::SeededRandom;
use proptest::prelude::*;

use super::*;

fn key(seed: u64) -> OperatorKey {
    OperatorKey::generate(&SeededRandom::new(seed))
}

fn region(name: &str) -> Region {
    Region::parse(name).unwrap()
}

fn statement() -> FailoverStatement {
    FailoverStatement {
        lost: region("eu-central-1"),
        to: region("eu-west-1"),
        identity: Identity::generate(&SeededRandom::new(9)).public(),
        number: [7; 16],
        issued: Timestamp(1_800_000_000_000),
        expires: Timestamp(1_800_086_400_000),
    }
}

fn operators(seeds: &[u64], required: usize) -> Operators {
    Operators::new(seeds.iter().map(|seed| key(*seed).public()).collect(), required).unwrap()
}

#[test]
fn enough_operators_must_sign_the_same_statement() {
    let (one, two) = (key(1).sign(&statement()), key(2).sign(&statement()));
    assert_eq!(operators(&[1], 1).missing(&one), 0);
    assert_eq!(operators(&[1, 2, 3], 2).missing(&one), 1);
    let both = Authorization::together([one.clone(), two.clone()]).unwrap().unwrap();
    assert_eq!(operators(&[1, 2, 3], 2).missing(&both), 0);
    assert_eq!(operators(&[1, 2, 3], 3).missing(&both), 1);
    // The same operator twice is one, also with the signatures apart.
    let twice = Authorization {
        signatures: [one.signatures.clone(), two.signatures, one.signatures.clone()].concat(),
        ..one.clone()
    };
    assert_eq!(operators(&[1, 3], 2).missing(&twice), 1);
    // A key that this process does not name.
    assert_eq!(operators(&[4], 1).missing(&both), 1);
    let other = key(2).sign(&FailoverStatement { number: [8; 16], ..statement() });
    assert_eq!(Authorization::together([one.clone(), other.clone()]), Err(DifferentStatements));
    // A signature of another statement beside this one.
    let mixed = Authorization { signatures: [one.signatures, other.signatures].concat(), ..one };
    assert_eq!(operators(&[1, 2], 2).missing(&mixed), 1);
    assert_eq!(Authorization::together([]), Ok(None));
}

#[test]
fn a_signature_covers_every_member_of_a_statement() {
    let (signed, trusted) = (key(1).sign(&statement()), operators(&[1], 1));
    let changes: [fn(&mut FailoverStatement); 6] = [
        |s| s.lost = Region::parse("us-east-1").unwrap(),
        |s| s.to = Region::parse("us-east-1").unwrap(),
        |s| s.identity.0[0] ^= 1,
        |s| s.number[15] ^= 1,
        |s| s.issued = Timestamp(1),
        |s| s.expires = Timestamp(i64::MAX),
    ];
    for (at, change) in changes.iter().enumerate() {
        let mut altered = signed.clone();
        change(&mut altered.statement);
        assert_eq!(trusted.missing(&altered), 1, "{at}");
    }
    for bit in 0..512 {
        let mut altered = signed.clone();
        altered.signatures[0].signature[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(trusted.missing(&altered), 1, "bit {bit}");
    }
    // A region's identity that happens to be an operator's key signs nothing of this kind.
    let identity = Identity::generate(&SeededRandom::new(1));
    let mut of_region = signed.clone();
    of_region.signatures[0].signature = identity.sign("replication message", &cbor(&statement()));
    assert_eq!(trusted.missing(&of_region), 1);
}

#[test]
fn a_statement_is_of_one_day() {
    let (valid, at) = (statement(), statement().issued);
    assert_eq!(valid.check_times(at), Ok(()));
    assert_eq!(valid.check_times(at.plus_secs(86_399)), Ok(()));
    assert_eq!(valid.check_times(at.plus_secs(86_400)), Err(StatementTimeError::Expired));
    assert_eq!(valid.check_times(at.plus_secs(-3_600)), Ok(()), "clocks differ");
    assert_eq!(valid.check_times(at.plus_secs(-3_601)), Err(StatementTimeError::Future));
    let long = FailoverStatement { expires: valid.expires.plus_secs(1), ..valid };
    assert_eq!(long.check_times(at), Err(StatementTimeError::Long));
}

#[test]
fn operators_that_cannot_be_meant_are_refused() {
    let keys = |seeds: &[u64]| seeds.iter().map(|seed| key(*seed).public()).collect::<Vec<_>>();
    assert_eq!(Operators::new(keys(&[1, 2, 1]), 1), Err(OperatorsError::Twice(key(1).public())));
    assert_eq!(Operators::new(keys(&[1]), 2), Err(OperatorsError::Required { required: 2, keys: 1 }));
    assert_eq!(Operators::new(keys(&[1]), 0), Err(OperatorsError::Required { required: 0, keys: 1 }));
    assert_eq!(Operators::new((0..17).map(|seed| key(seed).public()).collect(), 1), Err(OperatorsError::TooMany));
    assert!(Operators::new(Vec::new(), 1).unwrap().is_empty());
    let nobody = key(1).sign(&statement());
    assert_eq!(Operators::default().missing(&nobody), 0);
}

#[test]
fn public_keys_are_points_of_the_curve() {
    let text = key(1).public().to_string();
    assert_eq!(OperatorPublicKey::parse(&text), Ok(key(1).public()));
    let odd = ["", "0", "zz", &text[1..], &format!("{text}0"), &text.replace(&text[..1], "g")];
    // The second is a point of small order: anybody could sign with it.
    let points = ["02".repeat(32), format!("01{}", "00".repeat(31)), "00".repeat(32)];
    for bad in odd.into_iter().chain(points.iter().map(String::as_str)) {
        assert_eq!(OperatorPublicKey::parse(bad), Err(OperatorTextError::PublicKey), "{bad}");
    }
}

#[test]
fn a_key_file_gives_the_key_back() {
    let text = key(1).to_file();
    assert_eq!(OperatorKey::from_file(&text).unwrap().public(), key(1).public());
    assert_eq!(format!("{:?}", key(1)), "OperatorKey(..)");
    let other = text.replace(&key(1).public().to_string(), &key(2).public().to_string());
    let refused = |text: &str| OperatorKey::from_file(text).unwrap_err();
    assert_eq!(refused(&other), OperatorTextError::Damaged);
    assert_eq!(refused(""), OperatorTextError::Prefix(KEY_LINE));
    assert_eq!(refused(&text[..text.len() - 2]), OperatorTextError::Malformed);
    assert_eq!(refused(&format!("{}x\n", *text)), OperatorTextError::Malformed);
}

#[test]
fn every_slip_of_the_pen_is_noticed() {
    let text = statement().to_text();
    assert_eq!(FailoverStatement::parse(&format!(" {text}\n")), Ok(statement()));
    for at in STATEMENT_PREFIX.len()..text.len() {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert_eq!(FailoverStatement::parse(&changed), Err(OperatorTextError::Damaged), "{at}");
        assert_eq!(FailoverStatement::parse(&text[..at]), Err(OperatorTextError::Damaged), "{at}");
    }
    let authorization = key(1).sign(&statement());
    assert_eq!(FailoverStatement::parse(&authorization.to_text()), Err(OperatorTextError::Prefix(STATEMENT_PREFIX)));
    assert_eq!(Authorization::parse(&text), Err(OperatorTextError::Prefix(AUTHORIZATION_PREFIX)));
    // A value that decodes to the same statement and is written otherwise: an array of indefinite length.
    let body = cbor(&statement());
    let other = [&[0x9f], &body[1..], &[0xff]].concat();
    assert_eq!(FailoverStatement::parse(&to_text(STATEMENT_PREFIX, &other)), Err(OperatorTextError::Malformed));
    assert_eq!(FailoverStatement::parse(&to_text(STATEMENT_PREFIX, &[0])), Err(OperatorTextError::Malformed));
    let many = Authorization { signatures: vec![authorization.signatures[0].clone(); 17], ..authorization };
    assert_eq!(Authorization::parse(&many.to_text()), Err(OperatorTextError::Malformed));
}

proptest! {
    #[test]
    fn texts_give_the_values_back(number: [u8; 16], identity: [u8; 32], issued: i64, expires: i64, seeds in prop::collection::vec(0..9_u64, 0..5)) {
        let statement = FailoverStatement {
            identity: PublicIdentity(identity), number, issued: Timestamp(issued), expires: Timestamp(expires), ..statement()
        };
        prop_assert_eq!(FailoverStatement::parse(&statement.to_text()), Ok(statement.clone()));
        let signatures = seeds.iter().flat_map(|seed| key(*seed).sign(&statement).signatures).collect();
        let authorization = Authorization { statement, signatures };
        prop_assert_eq!(Authorization::parse(&authorization.to_text()), Ok(authorization));
    }

    #[test]
    fn garbage_is_refused(text: String, bytes: Vec<u8>) {
        prop_assert!(FailoverStatement::parse(&text).is_err());
        prop_assert!(Authorization::parse(&to_text(AUTHORIZATION_PREFIX, &bytes)).is_err());
        prop_assert!(OperatorKey::from_file(&text).is_err());
    }
}
