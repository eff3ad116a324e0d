//! The short form of a fuzz target, as a test of the crate that the target belongs to: the checked-in corpus, and inputs that are
//! made from it by a few edits. The crates' own `fuzz.rs` include this file.

use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestError, TestRunner};

/// Runs a target's function over the corpus in `fuzz/corpus/<target>` and some more seeds, and over so many edited inputs.
pub(crate) fn check(target: &str, more: Vec<Vec<u8>>, cases: u32, function: fn(&[u8])) {
    let seeds = [corpus(target), more].concat();
    seeds.iter().for_each(|seed| function(seed));
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&inputs(seeds), |input| {
        function(&input);
        Ok(())
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, input)) => panic!("{target}: {reason}: {}", input.escape_ascii()),
        Err(TestError::Abort(reason)) => panic!("{target}: {reason}"),
    }
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 3, "{} holds too few seeds", folder.display());
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// A seed with up to eight edits. Sometimes random bytes.
fn inputs(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let edits = vec((0..7_u8, any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 0..9);
    let edited = (select(seeds.clone()), select(seeds), edits).prop_map(|(mut input, other, edits)| {
        for (kind, at, length, byte) in edits {
            let at = at.index(input.len() + 1);
            edit(&mut input, &other, kind, at, length, byte);
        }
        input
    });
    prop_oneof![9 => edited, 1 => vec(any::<u8>(), 0..256)]
}

/// One edit at any place, the end included.
fn edit(input: &mut Vec<u8>, other: &[u8], kind: u8, at: usize, length: prop::sample::Index, byte: u8) {
    let end = at + length.index(input.len() - at + 1).min(64);
    match kind {
        0 if at < input.len() => input[at] ^= 1 << (byte % 8),
        1 if at < input.len() => input[at] = byte,
        2 => input.insert(at, byte),
        3 => {
            input.drain(at..end);
        }
        4 => {
            let copied = input[at..end].to_vec();
            input.splice(at..at, copied);
        }
        5 => input.truncate(at),
        _ => {
            let tail = other.get(at..).unwrap_or_default();
            input.truncate(at);
            input.extend_from_slice(tail);
        }
    }
}
