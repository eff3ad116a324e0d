//! The newest checkpoint, as the region notes it outside of the trail's files.
//!
//! A chain of hashes shows no line that is missing at its end, and a region signs what it finds in its files. So it keeps the number
//! and the hash of its newest checkpoint in its store, and compares the files with them when it starts.

use crate::discontinued::Discontinued;
use crate::head::Head;

/// The line of a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// The number of the line.
    pub seq: u64,
    /// Its hash.
    pub hash: [u8; 32],
    /// The number of the first line of the file that it was written to.
    pub file_first: u64,
}

impl Anchor {
    /// The last line of a trail.
    pub fn of(head: &Head) -> Anchor {
        Anchor { seq: head.seq(), hash: *head.hash(), file_first: head.file_first() }
    }

    /// Compares the anchor with a trail that ends with `end`, and in which the line of the anchor's number has the hash `line`, if
    /// it is there. A trail that has more lines than the anchor knows of goes on from it: the region ended before it noted its
    /// last checkpoint, or the store is an older copy.
    ///
    /// # Errors
    ///
    /// The difference, if the trail does not go on from the anchor.
    pub fn compare(&self, line: Option<[u8; 32]>, end: &Head) -> Result<(), Discontinued> {
        let found = match line {
            Some(hash) if hash == self.hash && end.seq() >= self.seq => return Ok(()),
            Some(hash) if hash != self.hash => Some((self.seq, hash)),
            _ => (end.seq() > 0).then(|| (end.seq(), *end.hash())),
        };
        Err(Discontinued { expected: (self.seq, self.hash), found })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::Link;

    fn end(seq: u64) -> Head {
        Head::resume(Some(Link { seq, prev: [0; 32], hash: [9; 32] }), Some(1), Vec::new())
    }

    #[test]
    fn a_trail_goes_on_from_its_anchor_or_not() {
        let anchor = Anchor { seq: 7, hash: [7; 32], file_first: 1 };
        let check = |line: Option<u8>, end: &Head, expected: Option<Option<(u64, u8)>>| {
            let found = expected.map(|found| found.map(|(seq, byte)| (seq, [byte; 32])));
            let expected = found.map(|found| Discontinued { expected: (7, [7; 32]), found });
            assert_eq!(anchor.compare(line.map(|byte| [byte; 32]), end).err(), expected);
        };
        let at_anchor = Head::resume(Some(Link { seq: 7, prev: [0; 32], hash: [7; 32] }), Some(1), Vec::new());
        check(Some(7), &at_anchor, None);
        check(Some(7), &end(8), None);
        check(Some(7), &end(7_000), None);
        // Made anew, with as many lines, or more.
        check(Some(1), &end(7), Some(Some((7, 1))));
        check(Some(1), &end(70), Some(Some((7, 1))));
        // The end was cut off.
        check(None, &end(6), Some(Some((6, 9))));
        // The files begin later.
        check(None, &end(70), Some(Some((70, 9))));
        // A line from before was copied to the end.
        check(Some(7), &end(3), Some(Some((3, 9))));
        // There is no linked line.
        check(None, &Head::default(), Some(None));
        assert_eq!(Anchor::of(&at_anchor), anchor);
    }
}
