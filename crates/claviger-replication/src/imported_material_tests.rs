#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_crypto::{Material, MaterialKind};
use claviger_types::{KeyId, KeyOrigin};
use zeroize::Zeroizing;

use super::*;
use crate::testing::{A, B, C, Net, region};

/// A primary in A without material.
fn empty_primary(net: &mut Net) -> KeyId {
    let id = net.create_key();
    let made = net.materials(A, &id)[0].id;
    net.change_key(A, &id, |tx, _, record| {
        record.origin = KeyOrigin::External;
        record.current = None;
        let known =
            ImportedMaterial { meta: MaterialMeta::new(made, Timestamp(0)), import: Some(Import { valid_to: None }) };
        key_table::save_imported_materials(tx, record, &[known]).unwrap();
        save(tx, record, &[]).unwrap();
    });
    id
}

/// Imports the material that consists of this byte.
fn import_byte(net: &mut Net, at: usize, id: &KeyId, byte: u8, valid_to: Option<Timestamp>) -> MaterialId {
    let now = net.now;
    net.change_key(at, id, |tx, site, record| {
        let material = Material::from_bytes(MaterialKind::Symmetric, Zeroizing::new(vec![byte; 32])).unwrap();
        let (id, sealed) = (material.id(&record.id), material.seal(&site.keyring, &*site.random, &record.id));
        let new = NewImport { id, sealed, description: Some(format!("number {byte}")), public_key: None, valid_to };
        import(tx, &site.region, record, new, now).unwrap();
        id
    })
}

fn rotate_at(net: &mut Net, at: usize, id: &KeyId, material: MaterialId) {
    let now = net.now;
    net.change_key(at, id, |tx, site, record| rotate(tx, &site.region, record, material, now).unwrap());
}

fn delete_at(net: &mut Net, at: usize, id: &KeyId, material: MaterialId) {
    net.change_key(at, id, |tx, site, record| delete(tx, &site.region, record, &material).unwrap());
}

fn known(net: &Net, at: usize, id: &KeyId) -> Vec<ImportedMaterial> {
    net.read(at, |tx| key_table::imported_materials(tx, id).unwrap())
}

/// Each material that the region knows, and whether it holds its bytes.
fn held_at(net: &Net, at: usize, id: &KeyId) -> Vec<(MaterialId, bool)> {
    let stored = |material: &MaterialId| net.read(at, |tx| key_table::material(tx, id, material).unwrap()).is_some();
    let check = |material: ImportedMaterial| {
        assert_eq!(material.import.is_some(), stored(&material.meta.id));
        (material.meta.id, material.import.is_some())
    };
    known(net, at, id).into_iter().map(check).collect()
}

fn state(net: &Net, at: usize, id: &KeyId) -> KeyState {
    net.key(at, id).unwrap().state
}

fn ready(net: &Net, id: &KeyId) -> Option<MaterialId> {
    let record = net.key(A, id).unwrap();
    pending(&record, &known(net, A, id)).filter(|waits| is_held_by_replicas(&record, waits))
}

/// A key with its first material in A and replicas, which lack it, in the others.
fn related(count: usize) -> (Net, KeyId, MaterialId) {
    let mut net = Net::settled(count);
    let id = empty_primary(&mut net);
    let first = import_byte(&mut net, A, &id, 1, None);
    (1..count).for_each(|at| net.replicate_key(A, &id, at));
    net.run();
    (net, id, first)
}

#[test]
fn a_key_waits_for_its_first_material() {
    let mut net = Net::settled(2);
    let id = empty_primary(&mut net);
    assert_eq!(state(&net, A, &id), KeyState::PendingImport);
    let first = import_byte(&mut net, A, &id, 1, None);
    let record = net.key(A, &id).unwrap();
    assert_eq!((record.state, record.current), (KeyState::Enabled, Some(first)));
}

#[test]
fn a_replica_knows_the_material_and_imports_it_itself() {
    let (mut net, id, first) = related(2);
    let replica = net.key(B, &id).unwrap();
    assert_eq!((replica.state, replica.current), (KeyState::PendingImport, Some(first)));
    assert_eq!(held_at(&net, B, &id), [(first, false)]);
    assert_eq!(known(&net, B, &id)[0].meta.description.as_deref(), Some("number 1"));
    assert!(net.key(A, &id).unwrap().multi_region.unwrap().pending.is_empty());

    let tomorrow = net.now.plus_days(1);
    import_byte(&mut net, B, &id, 1, Some(tomorrow));
    net.run();
    assert_eq!(state(&net, B, &id), KeyState::Enabled);
    assert_eq!(held_at(&net, B, &id), [(first, true)]);
    // The expiry is the replica's own.
    assert_eq!(net.key(A, &id).unwrap().import.unwrap().valid_to, None);
    let now = net.now.plus_days(2);
    net.change_key(B, &id, |tx, site, record| expire(tx, &site.region, record, now).unwrap());
    net.run();
    assert_eq!((state(&net, A, &id), state(&net, B, &id)), (KeyState::Enabled, KeyState::PendingImport));
    assert_eq!(held_at(&net, B, &id), [(first, false)]);
}

#[test]
fn a_rotation_waits_for_every_replica() {
    let (mut net, id, first) = related(3);
    for at in [B, C] {
        import_byte(&mut net, at, &id, 1, None);
    }
    let second = import_byte(&mut net, A, &id, 2, None);
    net.run();
    assert_eq!(ready(&net, &id), None);
    for at in [A, B, C] {
        assert_eq!((state(&net, at, &id), net.key(at, &id).unwrap().current), (KeyState::Enabled, Some(first)));
        assert_eq!(held_at(&net, at, &id), [(first, true), (second, at == A)]);
    }
    import_byte(&mut net, B, &id, 2, None);
    net.run();
    assert_eq!(ready(&net, &id), None);
    import_byte(&mut net, C, &id, 2, None);
    net.run();
    assert_eq!(ready(&net, &id), Some(second));

    rotate_at(&mut net, A, &id, second);
    net.run();
    for at in [A, B, C] {
        let record = net.key(at, &id).unwrap();
        assert_eq!((record.state, record.current), (KeyState::Enabled, Some(second)));
        let metas: Vec<_> = known(&net, at, &id).into_iter().map(|material| material.meta.rotation).collect();
        assert_eq!(metas, [None, Some(RotationType::OnDemand)]);
    }
}

#[test]
fn a_replica_that_loses_a_material_of_the_key_cannot_be_used() {
    let (mut net, id, first) = related(2);
    import_byte(&mut net, B, &id, 1, None);
    let second = import_byte(&mut net, A, &id, 2, None);
    net.run();
    import_byte(&mut net, B, &id, 2, None);
    net.run();
    rotate_at(&mut net, A, &id, second);
    net.run();
    delete_at(&mut net, B, &id, first);
    net.run();
    assert_eq!((state(&net, A, &id), state(&net, B, &id)), (KeyState::Enabled, KeyState::PendingImport));
    assert_eq!(held_at(&net, B, &id), [(first, false), (second, true)]);
    import_byte(&mut net, B, &id, 1, None);
    assert_eq!(state(&net, B, &id), KeyState::Enabled);
}

#[test]
fn pending_material_that_the_primary_deletes_is_deleted_everywhere() {
    let (mut net, id, first) = related(2);
    import_byte(&mut net, B, &id, 1, None);
    let second = import_byte(&mut net, A, &id, 2, None);
    net.run();
    import_byte(&mut net, B, &id, 2, None);
    net.run();
    delete_at(&mut net, B, &id, second);
    net.run();
    assert_eq!(held_at(&net, B, &id), [(first, true), (second, false)]);
    assert_eq!((held_at(&net, A, &id), ready(&net, &id)), (vec![(first, true), (second, true)], None));
    import_byte(&mut net, B, &id, 2, None);
    net.run();
    assert_eq!(ready(&net, &id), Some(second));

    delete_at(&mut net, A, &id, second);
    net.run();
    for at in [A, B] {
        assert_eq!(held_at(&net, at, &id), [(first, true)]);
        assert_eq!((state(&net, at, &id), net.key(at, &id).unwrap().current), (KeyState::Enabled, Some(first)));
    }
}

#[test]
fn the_role_of_the_primary_passes_with_a_rotation_that_waits() {
    let (mut net, id, first) = related(2);
    import_byte(&mut net, B, &id, 1, None);
    let second = import_byte(&mut net, A, &id, 2, None);
    net.run();
    import_byte(&mut net, B, &id, 2, None);
    net.hand_over(A, &id, B);
    net.run();
    let record = net.key(B, &id).unwrap();
    assert_eq!(record.multi_region.as_ref().unwrap().primary, region(B));
    assert_eq!((&record.state, state(&net, A, &id)), (&KeyState::Enabled, KeyState::Enabled));
    let waits = pending(&record, &known(&net, B, &id)).unwrap();
    assert!(waits == second && is_held_by_replicas(&record, &waits));
    rotate_at(&mut net, B, &id, second);
    net.run();
    assert_eq!(net.key(A, &id).unwrap().current, Some(second));
    assert_eq!(held_at(&net, A, &id), [(first, true), (second, true)]);
}

#[test]
fn material_that_expires_while_the_role_passes_leaves_the_key_pending_import() {
    let (mut net, id, first) = related(2);
    import_byte(&mut net, B, &id, 1, None);
    let tomorrow = net.now.plus_days(1);
    import_byte(&mut net, A, &id, 1, Some(tomorrow));
    net.run();
    net.hand_over(A, &id, B);
    let later = net.now.plus_days(2);
    net.change_key(A, &id, |tx, site, record| expire(tx, &site.region, record, later).unwrap());
    net.run();
    assert_eq!(net.key(A, &id).unwrap().multi_region.unwrap().primary, region(B));
    assert_eq!((state(&net, A, &id), state(&net, B, &id)), (KeyState::PendingImport, KeyState::Enabled));
    assert_eq!(held_at(&net, A, &id), [(first, false)]);
}

#[test]
fn a_report_from_before_a_deletion_does_not_count() {
    let (mut net, id, _) = related(2);
    import_byte(&mut net, B, &id, 1, None);
    let second = import_byte(&mut net, A, &id, 2, None);
    net.run();
    import_byte(&mut net, B, &id, 2, None);
    net.run();
    assert_eq!(ready(&net, &id), Some(second));
    // No message passes between the deletion and the new import of the same bytes.
    delete_at(&mut net, A, &id, second);
    assert_eq!(import_byte(&mut net, A, &id, 2, None), second);
    assert_eq!(ready(&net, &id), None);
    net.run();
    let holds = held_at(&net, B, &id).contains(&(second, true));
    assert_eq!(ready(&net, &id).is_some(), holds);
}

#[test]
fn a_key_that_was_disabled_is_disabled_again() {
    let (mut net, id, first) = related(1);
    net.change_key(A, &id, |_, _, record| record.state = KeyState::Disabled);
    delete_at(&mut net, A, &id, first);
    assert_eq!(state(&net, A, &id), KeyState::PendingImport);
    import_byte(&mut net, A, &id, 1, None);
    assert_eq!(state(&net, A, &id), KeyState::Disabled);
    net.change_key(A, &id, |_, _, record| record.state = KeyState::Enabled);
    delete_at(&mut net, A, &id, first);
    import_byte(&mut net, A, &id, 1, None);
    assert_eq!(state(&net, A, &id), KeyState::Enabled);
}

#[test]
fn an_import_while_the_role_passes_leaves_the_key_updating() {
    let (mut net, id, first) = related(2);
    import_byte(&mut net, B, &id, 1, None);
    net.run();
    net.hand_over(A, &id, B);
    delete_at(&mut net, A, &id, first);
    assert_eq!(state(&net, A, &id), KeyState::PendingImport);
    import_byte(&mut net, A, &id, 1, None);
    assert_eq!(state(&net, A, &id), KeyState::Updating);
    net.run();
    assert_eq!((state(&net, A, &id), state(&net, B, &id)), (KeyState::Enabled, KeyState::Enabled));
    assert_eq!(net.key(A, &id).unwrap().multi_region.unwrap().primary, region(B));
}
