//! Random transactions on stale and fresh snapshots, compared with a model that keeps every earlier state.

use std::collections::{BTreeMap, BTreeSet};

use claviger_types::SeededRandom;

use super::{delete, put};
use crate::store::bounds;
use crate::{Batch, Error, Key, Snapshot, Store, Write, commit_blocking};

pub(super) const SEEDS: u64 = 8;

const STEPS: usize = 120;
const SNAPSHOTS_MAX: usize = 6;

/// The state after each commit, with the rows that the commit wrote.
struct Model(Vec<(Rows, BTreeSet<Key>)>);

type Rows = BTreeMap<Key, Vec<u8>>;

impl Model {
    fn at(&self, position: u64) -> &Rows {
        &self.0[usize::try_from(position).unwrap()].0
    }

    fn last(&self) -> u64 {
        self.0.len() as u64 - 1
    }

    fn conflicts(&self, batch: &Batch) -> bool {
        let in_range = |key: &Key| {
            let hit = |(start, end): &(Key, Key)| key >= start && (end.is_empty() || key < end);
            batch.ranges.iter().any(hit)
        };
        let later = self.0.iter().skip(usize::try_from(batch.position).unwrap() + 1);
        later.flat_map(|(_, written)| written).any(|key| batch.reads.contains(key) || in_range(key))
    }

    fn apply(&mut self, writes: Vec<Write>) {
        let (mut rows, mut written) = (self.at(self.last()).clone(), BTreeSet::new());
        let position = self.last() + 1;
        for write in writes {
            let (key, value) = write.resolve(position).unwrap();
            written.insert(key.clone());
            match value {
                Some(value) => rows.insert(key, value),
                None => rows.remove(&key),
            };
        }
        self.0.push((rows, written));
    }
}

/// Takes random steps, which are the same for equal seeds.
pub(super) fn check(store: &dyn Store, seed: u64) {
    let random = SeededRandom::new(seed);
    let mut model = Model(vec![(BTreeMap::new(), BTreeSet::new())]);
    let mut snapshots: Vec<Box<dyn Snapshot + '_>> = Vec::new();
    for step in 0..STEPS {
        if snapshots.len() < SNAPSHOTS_MAX && random.below(3) == 0 {
            let snapshot = store.snapshot().unwrap();
            assert_eq!(snapshot.position(), model.last(), "seed {seed}, step {step}");
            snapshots.push(snapshot);
        } else if !snapshots.is_empty() && random.below(2) == 0 {
            let index = usize::try_from(random.below(snapshots.len() as u64)).unwrap();
            let snapshot = snapshots.swap_remove(index);
            transact(store, &*snapshot, &mut model, &random);
        }
        snapshots.iter().for_each(|snapshot| read(&**snapshot, &model, &random));
    }
}

fn transact(store: &dyn Store, snapshot: &dyn Snapshot, model: &mut Model, random: &SeededRandom) {
    let some = |most: u64| 0..random.below(most + 1);
    let writes = some(4).map(|_| match random.below(5) {
        0 => delete(&key(random)),
        1 => {
            Write::PutStamped { key: [b"\x02".as_slice(), &[0; 8], &key(random)].concat(), stamp_at: 1, value: vec![] }
        }
        _ => put(&key(random), &random.next().to_be_bytes()),
    });
    let batch = Batch {
        position: snapshot.position(),
        writes: writes.collect(),
        reads: some(3).map(|_| key(random)).collect(),
        ranges: some(1).map(|_| (key(random), key(random))).collect(),
    };
    let expected = match model.conflicts(&batch) {
        true => Err(Error::Conflict),
        false if batch.writes.is_empty() => Ok(model.last()),
        false => Ok(model.last() + 1),
    };
    if expected.is_ok() && !batch.writes.is_empty() {
        model.apply(batch.writes.clone());
    }
    assert_eq!(commit_blocking(store, batch.clone()), expected, "{batch:?}");
}

fn read(snapshot: &dyn Snapshot, model: &Model, random: &SeededRandom) {
    let rows = model.at(snapshot.position());
    let (start, end, limit) = (key(random), key(random), usize::try_from(random.below(20)).unwrap());
    assert_eq!(snapshot.get(&start).unwrap().as_ref(), rows.get(&start));
    let range = bounds(&start, &end);
    let expected = range.map(|range| rows.range::<[u8], _>(range).take(limit).map(|(k, v)| (k.clone(), v.clone())));
    assert_eq!(snapshot.scan(&start, &end, limit).unwrap(), expected.into_iter().flatten().collect::<Vec<_>>());
}

/// One of few keys, so that transactions conflict. One of them is empty.
fn key(random: &SeededRandom) -> Key {
    let len = random.below(3);
    (0..len).map(|_| [0, 1, 2, 255][usize::try_from(random.below(4)).unwrap()]).collect()
}
