#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use claviger_crypto::Identity;
use claviger_types::{Region, SeededRandom, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::head::Head;

fn identity(seed: u64) -> Identity {
    Identity::generate(&SeededRandom::new(seed))
}

fn record(id: usize) -> String {
    let at = Timestamp::from_secs(i64::try_from(id).unwrap()).iso8601();
    format!("{{\"eventTime\":\"{at}\",\"requestParameters\":{{\"a\":\"}}\"}},\"eventID\":\"{id}\"}}\n")
}

/// A trail of files with so many records each, and a checkpoint at the end of each. The last file has records after its checkpoint.
fn trail(files: usize, records: usize, signer: &Identity) -> Vec<Vec<u8>> {
    let (mut head, region) = (Head::default(), Region::parse("eu-west-1").unwrap());
    (0..files)
        .map(|file| {
            head.begin_file();
            let mut content = Vec::new();
            for id in 0..records {
                content.extend(head.link(record(file * records + id).as_bytes()));
            }
            let checkpoint = Checkpoint::record(&head, &region, signer, Timestamp(0), "c");
            content.extend(head.link(checkpoint.as_bytes()));
            if file + 1 == files {
                content.extend(head.link(record(files * records).as_bytes()));
            }
            content
        })
        .collect()
}

/// The summary, or the file and the fault.
fn verify(files: &[Vec<u8>]) -> Result<Summary, (usize, Finding)> {
    let mut verifier = Verifier::default();
    for (at, file) in files.iter().enumerate() {
        for line in file.split_inclusive(|byte| *byte == b'\n') {
            verifier.line(line).map_err(|found| (at, found))?;
        }
        verifier.end_of_file().map_err(|found| (at, found))?;
    }
    verifier.end().map_err(|fault| (files.len(), Finding { line: 0, fault }))?;
    Ok(verifier.summary().clone())
}

fn lines(file: &[u8]) -> Vec<Vec<u8>> {
    file.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// The fault after a change of the lines of a file.
fn fault(files: &[Vec<u8>], at: usize, change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Option<(usize, u64, TrailFault)> {
    let (mut files, mut changed) = (files.to_vec(), lines(&files[at]));
    change(&mut changed);
    files[at] = changed.concat();
    verify(&files).err().map(|(file, found)| (file, found.line, found.fault))
}

#[test]
fn a_whole_trail_is_verified() {
    let signer = identity(1);
    let summary = verify(&trail(3, 4, &signer)).unwrap();
    assert_eq!((summary.records(), summary.checkpoints, summary.first_seq, summary.last.seq), (13, 3, 1, 16));
    assert_eq!((summary.signed_to, summary.unsigned()), (15, 1));
    assert_eq!(summary.identities, [signer.public()]);
    assert_eq!(summary.times, Some(("1970-01-01T00:00:00Z".to_owned(), "1970-01-01T00:00:12Z".to_owned())));
    // The oldest files may have been deleted.
    let rest = verify(&trail(3, 4, &signer)[1..]).unwrap();
    assert_eq!((rest.first_seq, rest.records(), rest.unsigned()), (6, 9, 1));
    assert_eq!(verify(&[]).unwrap(), Summary::default());
}

#[test]
fn every_kind_of_damage_is_found_where_it_is() {
    let files = trail(3, 4, &identity(1));
    let check = |at: usize, change: &dyn Fn(&mut Vec<Vec<u8>>), expected: (usize, u64, TrailFault)| {
        assert_eq!(fault(&files, at, |lines| change(lines)), Some(expected));
    };
    check(1, &|lines| drop(lines.remove(2)), (1, 3, TrailFault::Missing { first: 8, last: 8 }));
    check(1, &|lines| lines.swap(1, 2), (1, 2, TrailFault::Missing { first: 7, last: 7 }));
    check(1, &|lines| lines.insert(2, lines[0].clone()), (1, 3, TrailFault::OutOfOrder { seq: 6, after: 7 }));
    check(1, &|lines| lines.insert(2, record(7).into_bytes()), (1, 3, TrailFault::Changed));
    check(1, &|lines| lines.push(record(7).into_bytes()), (1, 6, TrailFault::Unlinked));
    check(1, &|lines| lines.insert(0, b"\n".to_vec()), (1, 1, TrailFault::Changed));
    check(1, &|lines| lines.clear(), (2, 1, TrailFault::Missing { first: 6, last: 10 }));
    check(1, &|lines| drop(lines.pop()), (2, 1, TrailFault::Missing { first: 10, last: 10 }));
    check(2, &|lines| drop(lines.last_mut().unwrap().split_off(20)), (2, 6, TrailFault::Unlinked));
    let removed = [files[0].clone(), files[2].clone()];
    let found = verify(&removed).unwrap_err();
    assert_eq!(found, (1, Finding { line: 1, fault: TrailFault::Missing { first: 6, last: 10 } }));
    let swapped = [files[1].clone(), files[0].clone()];
    assert_eq!(verify(&swapped).unwrap_err().1.fault, TrailFault::OutOfOrder { seq: 1, after: 10 });
    // A line of another copy that has the same number.
    let other = trail(3, 4, &identity(2));
    assert_eq!(
        fault(&files, 2, |lines| lines[1] = self::lines(&other[2])[1].clone()).unwrap().2,
        TrailFault::OtherTrail { seq: 12 }
    );
    // The beginning of the first file that is there.
    let cut = [lines(&files[1])[1..].concat(), files[2].clone()];
    assert_eq!(verify(&cut).unwrap_err(), (0, Finding { line: 4, fault: TrailFault::CutBeginning { first: 6 } }));
}

#[test]
fn a_trail_that_was_made_anew_is_not_signed() {
    // The hashes are right again, and the signature is of the former ones.
    let files = trail(1, 4, &identity(1));
    let mut head = Head::default();
    let mut anew = Vec::new();
    for (at, line) in lines(&files[0]).iter().enumerate() {
        let end = line.windows(12).position(|bytes| bytes == b",\"claviger\":").unwrap();
        let record = [&line[..end], b"}\n"].concat();
        let record =
            if at == 1 { String::from_utf8(record).unwrap().replace("\"1\"", "\"9\"").into_bytes() } else { record };
        anew.extend(head.link(&record));
    }
    assert_eq!(verify(&[anew]).unwrap_err().1, Finding { line: 5, fault: TrailFault::Signature });
    // With a signature by another key, the key shows it.
    assert_ne!(verify(&trail(1, 4, &identity(2))).unwrap().identities, [identity(1).public()]);
    let mut expecting = Verifier::of_region("eu-west-2");
    let found = lines(&files[0]).iter().find_map(|line| expecting.line(line).err()).unwrap();
    assert!(matches!(found, Finding { line: 5, fault: TrailFault::Region { .. } }));
}

#[test]
fn a_file_that_was_closed_is_signed() {
    // The hashes are right, and the checkpoint at the end of the first file was left out.
    let mut head = Head::default();
    let first = head.link(record(1).as_bytes());
    head.begin_file();
    let second = head.link(record(2).as_bytes());
    assert_eq!(verify(std::slice::from_ref(&first)).unwrap().unsigned(), 1);
    let found = verify(&[first, second]).unwrap_err();
    assert_eq!(found, (1, Finding { line: 1, fault: TrailFault::Unsigned { last: 1 } }));
}

#[test]
fn a_line_that_is_known_from_elsewhere_shows_a_cut_end_and_another_trail() {
    let (files, other) = (trail(2, 4, &identity(1)), trail(2, 4, &identity(2)));
    let expecting = |files: &[Vec<u8>], seq: u64, hash: [u8; 32]| {
        let mut verifier = Verifier::default();
        verifier.expect(seq, hash);
        let mut all = files.iter().flat_map(|file| lines(file));
        all.try_for_each(|line| verifier.line(&line)).map_err(|found| found.fault).and_then(|()| verifier.end())
    };
    let link = |line: usize| Link::of(&lines(&files[1])[line]).unwrap();
    assert_eq!(expecting(&files, 7, link(1).hash), Ok(()));
    assert_eq!(expecting(&files, 11, link(5).hash), Ok(()));
    assert_eq!(expecting(&files[..1], 11, link(5).hash), Err(TrailFault::CutEnd { last: 5, seq: 11 }));
    assert_eq!(expecting(&files[1..], 5, link(0).prev), Err(TrailFault::BeginsLater { first: 6, seq: 5 }));
    assert_eq!(expecting(&other, 7, link(1).hash), Err(TrailFault::Unexpected { seq: 7 }));
}

#[test]
fn a_line_that_a_crash_cut_short_is_covered_by_the_next_one() {
    let mut head = Head::default();
    let (mut file, torn) = (head.link(record(1).as_bytes()), record(2).as_bytes()[..30].to_vec());
    file.extend(&torn);
    assert_eq!(verify(&[file.clone()]).unwrap_err().1, Finding { line: 2, fault: TrailFault::Unlinked });
    // As the next start does.
    file.push(b'\n');
    let mut head =
        Head::resume(Some(verify(&[lines(&file)[0].clone()]).unwrap().last), Some(1), [&torn[..], b"\n"].concat());
    file.extend(head.link(record(2).as_bytes()));
    assert_eq!(verify(&[file.clone()]).unwrap().lines, 2);
    assert_eq!(fault(&[file.clone()], 0, |lines| lines[1][3] ^= 1), Some((0, 2, TrailFault::Changed)));
    assert_eq!(fault(&[file], 0, |lines| drop(lines.remove(1))), Some((0, 2, TrailFault::Changed)));
}

#[test]
fn files_of_before_the_first_line_are_counted() {
    let (old, linked) = ([record(1), record(2), "{\"torn".to_owned()].concat().into_bytes(), trail(2, 4, &identity(1)));
    let with = |before: &[&[u8]], rest: &[Vec<u8>]| {
        verify(&before.iter().map(|file| file.to_vec()).chain(rest.iter().cloned()).collect::<Vec<_>>())
    };
    let summary = with(&[&old, b"", &old], &linked).unwrap();
    assert_eq!((summary.unlinked_before, summary.lines, summary.first_seq, summary.unsigned()), (6, 11, 1, 1));
    assert_eq!(summary, Summary { unlinked_before: 6, ..verify(&linked).unwrap() });
    // Only before line 1, in whole files, and if there is a linked line at all.
    let found = with(&[&old], &linked[1..]).unwrap_err();
    assert_eq!(found, (1, Finding { line: 1, fault: TrailFault::UnlinkedBefore { lines: 3, seq: 6 } }));
    assert_eq!(
        with(&[&linked[0], &old], &linked[1..]).unwrap_err(),
        (1, Finding { line: 1, fault: TrailFault::Unlinked })
    );
    let torn = [&linked[0][..], &old].concat();
    assert_eq!(with(&[&torn], &linked[1..]).unwrap_err(), (0, Finding { line: 6, fault: TrailFault::Unlinked }));
    assert_eq!(with(&[&old, &old], &[]).unwrap_err().1.fault, TrailFault::NoLink { lines: 6 });
    // The lines before the first link in its own file are covered by it.
    assert_eq!(with(&[&old], &[[&old[..], &linked[0]].concat()]).unwrap_err().1.fault, TrailFault::Changed);
}

#[test]
fn a_file_without_links_may_be_longer_than_what_a_link_can_cover() {
    let long = vec![b'\n'; 1 << 20];
    let mut verifier = Verifier::default();
    for _ in 0..=UNLINKED_BYTES_MAX >> 20 {
        verifier.line(&long).unwrap();
    }
    verifier.end_of_file().unwrap();
    let linked = trail(1, 1, &identity(1));
    lines(&linked[0]).iter().for_each(|line| verifier.line(line).unwrap());
    assert_eq!((verifier.summary().unlinked_before, verifier.summary().lines), (65, 3));
    for _ in 0..UNLINKED_BYTES_MAX >> 20 {
        verifier.line(&long).unwrap();
    }
    assert_eq!(verifier.line(&long).unwrap_err().fault, TrailFault::Unlinked);
}

#[test]
fn records_that_the_trail_was_discontinued_are_reported_and_do_not_end_the_verification() {
    let (mut head, region, signer) = (Head::default(), Region::parse("eu-west-1").unwrap(), identity(1));
    let mut file = head.link(record(1).as_bytes());
    let difference = Discontinued { expected: (9, [9; 32]), found: Some((1, *head.hash())) };
    for _ in 0..=BREAKS_MAX {
        file.extend(head.link(difference.record(&region, Timestamp(0), "b").as_bytes()));
        file.extend(head.link(Checkpoint::record(&head, &region, &signer, Timestamp(0), "c").as_bytes()));
    }
    let summary = verify(std::slice::from_ref(&file)).unwrap();
    assert_eq!((summary.break_count, summary.breaks.len(), summary.unsigned()), (101, 100, 0));
    let link = Link::of(&lines(&file)[1]).unwrap();
    assert_eq!(summary.breaks[0], Break { link, at: "1970-01-01T00:00:00Z".to_owned(), difference });
    // Without the record, the chain does not hold.
    assert!(fault(&[file], 0, |lines| drop(lines.remove(1))).is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_change_of_a_byte_is_found(place in any::<prop::sample::Index>(), flip in 1_u8..=255) {
        let mut files = trail(2, 3, &identity(1));
        let place = place.index(files.iter().map(Vec::len).sum());
        let (file, at) = if place < files[0].len() { (0, place) } else { (1, place - files[0].len()) };
        files[file][at] ^= flip;
        prop_assert!(verify(&files).is_err());
    }

    #[test]
    fn every_removal_and_insertion_of_bytes_is_found(
        place in any::<prop::sample::Index>(), removed in 0_usize..50, inserted in "[ -~\n]{0,30}"
    ) {
        let files = trail(1, 4, &identity(1));
        let (mut changed, at) = (files[0].clone(), place.index(files[0].len()));
        // The last line can be removed as a whole, and its line feed be missing.
        let end = (at + removed).min(changed.len() - lines(&files[0]).last().unwrap().len());
        prop_assume!(at < end || !inserted.is_empty());
        changed.splice(at..end.max(at), inserted.bytes());
        prop_assume!(changed != files[0]);
        prop_assert!(verify(&[changed]).is_err());
    }
}

/// Every place of a byte, with the changes that are most likely to be taken for another form.
#[test]
fn no_byte_can_be_changed() {
    let files = trail(2, 2, &identity(1));
    for file in 0..files.len() {
        for at in 0..files[file].len() {
            for byte in [b'\n', b' ', b'}', b'0', files[file][at] ^ 0x20, files[file][at] ^ 1] {
                let mut changed = files.clone();
                if std::mem::replace(&mut changed[file][at], byte) != byte {
                    assert!(verify(&changed).is_err(), "file {file}, byte {at} to {byte}");
                }
            }
        }
    }
}
