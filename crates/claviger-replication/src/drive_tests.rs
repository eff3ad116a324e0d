#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_crypto::{Material, MaterialKind};
use claviger_store::tables::key_table::{self, KeyRecord};
use claviger_types::KeyId;

use super::*;
use crate::resync;
use crate::testing::{A, Net, primary, region};

#[test]
fn a_snapshot_of_many_keys_takes_several_calls() {
    let mut net = Net::settled(2);
    let (site, engine) = (&net.sites[A], &mut net.engines[A]);
    let before = site.begin().unwrap();
    let position = |tx: Tx<'_>| tx.into_batch().position;
    let before = position(before);
    let mut tx = site.begin().unwrap();
    let material = Material::generate(MaterialKind::Symmetric, &*net.random).id(&KeyId::generate(&*net.random, false));
    // More pages of 128 keys than one call walks. None of the keys is shared with the peer.
    for _ in 0..STEPS_MAX * 128 + 1 {
        let id = KeyId::generate(&*net.random, false);
        key_table::save_key(&mut tx, &KeyRecord { multi_region: None, ..primary(&id, material, net.now) }).unwrap();
    }
    resync(&mut tx, &region(1)).unwrap();
    site.commit(tx.into_batch()).unwrap();

    let local =
        LocalRegion { store: &site.store, barrier: &site.barrier, rows: None, hooks: site, env: site.env(net.now) };
    let mut call = || drive(engine, &Event::Committed, &local).unwrap();
    assert!(call().more);
    let after = position(site.begin().unwrap());
    assert!(after <= before + 1 + STEPS_MAX as u64, "one call commits {} times", after - before);
    let calls = (0..STEPS_MAX).take_while(|_| call().more).count();
    assert!(calls < STEPS_MAX - 1, "the walk does not end");
}
