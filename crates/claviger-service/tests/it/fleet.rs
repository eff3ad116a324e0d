//! Admission to the fleet.

use claviger_crypto::Identity;
use claviger_service::fleet::{self, Refused};
use claviger_store::tables::fleet_table::MemberRecord;
use claviger_types::{Clock, Region};

use crate::kit::{HOME, World};

const NEW: &str = "us-east-1";

fn joiner(region: &str, seed: u8, address: &str) -> MemberRecord {
    let identity = Identity::from_seed(&[seed; 32]).unwrap().public();
    MemberRecord { region: Region::parse(region).unwrap(), identity, addresses: vec![address.to_owned()] }
}

#[test]
fn a_lost_answer_is_given_again_to_the_region_that_was_admitted_and_to_no_other() {
    let world = World::new();
    let home = world.node(HOME);
    let region = Region::parse(NEW).unwrap();
    let expires = world.clock.now().plus_secs(900);
    let invitation = || fleet::invite(home, &region, false, expires).unwrap().id();
    let (id, unused) = (invitation(), invitation());
    let (first, other) = (joiner(NEW, 7, "a.test:1"), joiner(NEW, 8, "b.test:1"));
    let locals = [(home.region().clone(), home.public_identity())];
    fleet::set_addresses(home, &locals, &["home.test:1".to_owned()]).unwrap();
    let described = fleet::admit(home, &id, &first).unwrap();
    assert!(described.members.iter().any(|member| member.region.as_str() == HOME));

    assert_eq!(fleet::admit(home, &id, &first), Ok(described.clone()));
    assert_eq!(fleet::admit(home, &id, &other), Err(Refused::Used));
    assert_eq!(fleet::admit(home, &id, &joiner("us-east-2", 7, "a.test:1")), Err(Refused::OtherRegion));
    // An invitation that was not used is for a region that is no member yet.
    assert_eq!(fleet::admit(home, &unused, &first), Err(Refused::Unknown));
    // It was started again at another address before it had the answer.
    let moved = joiner(NEW, 7, "c.test:1");
    assert_eq!(fleet::admit(home, &id, &moved), Ok(described));
    assert!(fleet::members(home).unwrap().contains(&moved));

    world.clock.advance_ms(901_000);
    assert_eq!(fleet::admit(home, &id, &moved), Err(Refused::Used));
}

#[test]
fn a_region_that_was_removed_does_not_come_back_by_its_old_invitation() {
    let world = World::new();
    let home = world.node(HOME);
    let region = Region::parse(NEW).unwrap();
    let id = fleet::invite(home, &region, false, world.clock.now().plus_secs(900)).unwrap().id();
    let first = joiner(NEW, 7, "a.test:1");
    assert!(fleet::admit(home, &id, &first).is_ok());
    fleet::remove(home, &region).unwrap();
    assert_eq!(fleet::admit(home, &id, &first), Err(Refused::Used));
}
