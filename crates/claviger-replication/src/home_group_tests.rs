#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_store::tables::group_table::{self, GroupRecord};
use claviger_store::tables::iam_table::{self, Identity, UserRecord};
use claviger_types::Timestamp;

use super::*;
use crate::testing::{A, B, C, Net, account, region};

const POLICY: &str = "arn:aws:iam::000000000000:policy/reader";

fn identity(name: &str, id: &str, attached: &[&str]) -> Identity {
    Identity {
        account: account(),
        name: name.to_owned(),
        path: "/".to_owned(),
        id: id.to_owned(),
        created: Timestamp(1),
        tags: Vec::new(),
        attached: attached.iter().map(|arn| (*arn).to_owned()).collect(),
        inline: Vec::new(),
        boundary: None,
    }
}

fn group(name: &str, id: &str) -> GroupRecord {
    GroupRecord { identity: identity(name, id, &[POLICY]) }
}

fn ada(groups: &[&str]) -> UserRecord {
    UserRecord { identity: identity("ada", "AIDA1", &[]), groups: groups.iter().map(|id| (*id).to_owned()).collect() }
}

/// Writes a record at the home, and announces it.
fn write<R: Named>(net: &mut Net, record: &R) {
    net.commit(A, |tx, _| {
        claviger_store::tables::save(tx, record).unwrap();
        announce::<R>(tx, &[region(B), region(C)], &record.row_name()).unwrap();
    });
}

/// What a region knows of groups: the id and the members of the group of each name, and the ids of those that the policy is
/// attached to.
type Known = (Vec<Option<(String, Vec<String>)>>, Vec<String>);

fn known(net: &Net, at: usize, names: &[&str]) -> Known {
    net.read(at, |tx| {
        let members = |id: &str| -> Vec<String> {
            let members = group_table::members(tx, &account(), id, None, 100).unwrap();
            members.into_iter().map(|(_, member)| member.user).collect()
        };
        let named = |name: &&str| {
            let found = group_table::group_named(tx, &account(), name).unwrap();
            found.map(|group| (group.identity.id.clone(), members(&group.identity.id)))
        };
        let uses = iam_table::policy_uses(tx, &account(), POLICY, None, 100).unwrap();
        (names.iter().map(named).collect(), uses.into_iter().map(|(_, used)| used.id).collect())
    })
}

fn member_of(id: &str) -> Option<(String, Vec<String>)> {
    Some((id.to_owned(), vec!["ada".to_owned()]))
}

#[test]
fn groups_and_members_are_copied_renamed_and_deleted_everywhere() {
    let mut net = Net::settled(3);
    write(&mut net, &group("Team", "AGPA1"));
    write(&mut net, &ada(&["AGPA1"]));
    net.run();
    for at in [A, B, C] {
        assert_eq!(known(&net, at, &["team", "crew"]), (vec![member_of("AGPA1"), None], vec!["AGPA1".to_owned()]));
    }
    write(&mut net, &group("crew", "AGPA1"));
    net.run();
    for at in [A, B, C] {
        assert_eq!(known(&net, at, &["team", "crew"]), (vec![None, member_of("AGPA1")], vec!["AGPA1".to_owned()]));
    }
    write(&mut net, &ada(&[]));
    net.commit(A, |tx, _| {
        let record = group("crew", "AGPA1");
        delete(tx, &record).unwrap();
        announce::<GroupRecord>(tx, &[region(B), region(C)], &record.row_name()).unwrap();
    });
    net.run();
    for at in [A, B, C] {
        assert_eq!(known(&net, at, &["team", "crew"]), (vec![None, None], Vec::new()));
    }
}

/// A snapshot lists deleted rows at its end, so that the copy has the new group and the old one for a while.
#[test]
fn a_new_group_takes_the_name_of_one_whose_deletion_was_not_announced() {
    let mut net = Net::settled(2);
    write(&mut net, &group("team", "AGPA1"));
    write(&mut net, &ada(&["AGPA1"]));
    net.run();
    let new = GroupRecord { identity: Identity { created: Timestamp(2), ..group("TEAM", "AGPA2").identity } };
    net.commit(A, |tx, _| {
        delete(tx, &group("team", "AGPA1")).unwrap();
        claviger_store::tables::save(tx, &new).unwrap();
        claviger_store::tables::save(tx, &ada(&["AGPA2"])).unwrap();
    });
    // Both groups, whose index rows must not be one.
    net.commit(B, |tx, _| claviger_store::tables::save(tx, &new).unwrap());
    let (named, mut uses) = known(&net, B, &["team"]);
    uses.sort();
    assert_eq!((named, uses), (vec![Some(("AGPA2".to_owned(), Vec::new()))], vec!["AGPA1".into(), "AGPA2".into()]));
    net.commit(A, |tx, _| crate::resync(tx, &region(B)).unwrap());
    (0..5).for_each(|_| net.run());
    assert_eq!(known(&net, B, &["team"]), (vec![member_of("AGPA2")], vec!["AGPA2".to_owned()]));
    assert_eq!(known(&net, B, &["team"]), known(&net, A, &["team"]));
}

/// The deletion of the old group must not take the name from the new one, in whatever order the rows come.
#[test]
fn the_deletion_of_an_old_group_leaves_the_new_one_its_name() {
    let mut net = Net::settled(2);
    write(&mut net, &group("team", "AGPA1"));
    net.run();
    net.commit(A, |tx, _| {
        let (old, new) = (group("team", "AGPA1"), group("team", "AGPA2"));
        delete(tx, &old).unwrap();
        claviger_store::tables::save(tx, &new).unwrap();
        announce::<GroupRecord>(tx, &[region(B)], &new.row_name()).unwrap();
        announce::<GroupRecord>(tx, &[region(B)], &old.row_name()).unwrap();
    });
    net.run();
    let there = (vec![Some(("AGPA2".to_owned(), Vec::new()))], vec!["AGPA2".to_owned()]);
    assert_eq!((known(&net, A, &["team"]), known(&net, B, &["team"])), (there.clone(), there));
}
