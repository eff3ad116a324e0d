//! Who may have a region take the place of another one.

use std::collections::BTreeSet;

use claviger_crypto::{FailoverStatement, OperatorKey, Operators, StatementTimeError};
use claviger_service::failover_permit::{self, NotPermitted, permit};
use claviger_types::{Region, SeededRandom};

use crate::kit::{AWAY, HOME, World};

fn key(seed: u64) -> OperatorKey {
    OperatorKey::generate(&SeededRandom::new(seed))
}

/// A world whose away region requires two of three operators, and what they sign.
fn world() -> (World, FailoverStatement) {
    let world = World::new();
    let node = world.node(AWAY);
    let lost = Region::parse(HOME).unwrap();
    assert_eq!(failover_permit::statement(node, &lost), None);
    let keys = [1, 2, 3].map(|seed| key(seed).public()).into();
    node.facts().operators.set(Operators::new(keys, 2).unwrap());
    let statement = failover_permit::statement(node, &lost).unwrap();
    (world, statement)
}

#[test]
fn enough_operators_sign_for_these_regions_in_time() {
    let (world, statement) = world();
    let node = world.node(AWAY);
    let lost = Region::parse(HOME).unwrap();
    let signed = |statement: &FailoverStatement, seeds: &[u64]| {
        let authorizations = seeds.iter().map(|seed| key(*seed).sign(statement)).collect();
        permit(node, &lost, authorizations).map(|_| ())
    };
    assert_eq!(signed(&statement, &[1, 3]), Ok(()));
    let lacking = |missing| Err(NotPermitted::Signatures { missing, required: 2 });
    assert_eq!(signed(&statement, &[]), lacking(2));
    assert_eq!(signed(&statement, &[2]), lacking(1));
    assert_eq!(signed(&statement, &[2, 2]), lacking(1));
    assert_eq!(signed(&statement, &[2, 4]), lacking(1));
    let other = FailoverStatement { lost: Region::parse("us-east-1").unwrap(), ..statement.clone() };
    assert!(matches!(signed(&other, &[1, 2]), Err(NotPermitted::OtherRegions { .. })));
    let other = FailoverStatement { to: lost.clone(), ..statement.clone() };
    assert!(matches!(signed(&other, &[1, 2]), Err(NotPermitted::OtherRegions { .. })));
    let other = FailoverStatement { identity: world.node(HOME).public_identity(), ..statement.clone() };
    assert!(matches!(signed(&other, &[1, 2]), Err(NotPermitted::OtherIdentity(_))));
    let second = failover_permit::statement(node, &lost).unwrap();
    assert_ne!(second.number, statement.number);
    let mixed = permit(node, &lost, vec![key(1).sign(&statement), key(2).sign(&second)]).map(|_| ());
    assert!(matches!(mixed, Err(NotPermitted::DifferentStatements(_))));

    // The audit record names the statement and those who signed it, not a key that nobody knows here.
    let signed_by = [1, 3, 4].iter().map(|seed| key(*seed).sign(&statement)).collect();
    let audited = permit(node, &lost, signed_by).unwrap().audited();
    let of = |name| audited.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()).unwrap();
    assert_eq!(of("statement"), statement.digest());
    assert_eq!(of("statementIssued"), statement.issued.iso8601().to_string());
    assert_eq!(of("statementExpires"), statement.expires.iso8601().to_string());
    let signers: BTreeSet<String> = of("operators").split(' ').map(str::to_owned).collect();
    assert_eq!(signers, [1, 3].map(|seed| key(seed).public().to_string()).into());

    world.clock.advance_ms(FailoverStatement::VALID_SECS * 1_000);
    assert_eq!(signed(&statement, &[1, 3]), Err(NotPermitted::Time(StatementTimeError::Expired)));
}

#[test]
fn a_process_without_operators_needs_nobody_and_passes_on_what_others_require() {
    let (world, statement) = world();
    let node = world.node(AWAY);
    node.facts().operators.set(Operators::default());
    let lost = Region::parse(HOME).unwrap();
    assert!(permit(node, &lost, Vec::new()).is_ok());
    assert!(permit(node, &lost, vec![key(1).sign(&statement)]).is_ok());
}
