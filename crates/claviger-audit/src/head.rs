//! The end of a trail, to which new lines are linked.

use claviger_crypto::sha256;

use crate::link::{self, Link};

/// The number and the hash of the last line of a trail. The default is that of a trail without lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    seq: u64,
    hash: [u8; 32],
    /// The number of the first line of the present file, if it has one.
    file_first: Option<u64>,
    /// Whether the last line is a checkpoint.
    is_signed: bool,
    /// The bytes after the last linked line: a part of a line that a crash left. The next link covers them.
    unlinked: Vec<u8>,
}

impl Head {
    /// The end of a trail whose last linked line has this link. `file_first` is the number of the first linked line of the present
    /// file, and `unlinked` are the bytes after the last linked line in the present file.
    pub fn resume(last: Option<Link>, file_first: Option<u64>, unlinked: Vec<u8>) -> Head {
        let Link { seq, hash, .. } = last.unwrap_or_default();
        Head { seq, hash, file_first, is_signed: false, unlinked }
    }

    /// Notes that the last line is a checkpoint.
    pub fn set_signed(&mut self) {
        self.is_signed = true;
    }

    /// Whether there is nothing to sign: no line, or a checkpoint is the last one. Lines without links, of an older release, are signed too.
    pub fn is_signed(&self) -> bool {
        self.is_signed || (self.seq == 0 && self.unlinked.is_empty())
    }

    /// The number of the last line; 0 if there is none.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The hash of the last line.
    pub fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// The number of the present file's first line, which may be the next one.
    pub fn file_first(&self) -> u64 {
        self.file_first.unwrap_or(self.seq.saturating_add(1))
    }

    /// The next line is the first of another file.
    pub fn begin_file(&mut self) {
        self.file_first = None;
    }

    /// The lines with a link each. A line that is not an object gets none, and is covered by the next link. Costs one SHA-256 of
    /// each line.
    pub fn link(&mut self, lines: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(lines.len() + lines.len() / 4 + 256);
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            match line.strip_suffix(b"}\n").filter(|record| record.starts_with(b"{")) {
                Some(record) => self.link_record(record, &mut out),
                None => {
                    out.extend_from_slice(line);
                    self.unlinked.extend_from_slice(line);
                }
            }
        }
        out
    }

    /// `record` is an object without its closing brace.
    fn link_record(&mut self, record: &[u8], out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(record);
        if record.len() > 1 {
            out.push(b',');
        }
        let seq = self.seq.saturating_add(1);
        link::write_covered(out, seq, &self.hash);
        let covered = out.get(start..).unwrap_or_default();
        self.hash = hash(&self.unlinked, covered);
        self.unlinked.clear();
        self.seq = seq;
        self.is_signed = false;
        self.file_first.get_or_insert(seq);
        link::write_hash(out, &self.hash);
    }
}

/// The hash of a line, with the bytes before it that have no link.
pub(crate) fn hash(unlinked: &[u8], covered: &[u8]) -> [u8; 32] {
    match unlinked {
        [] => sha256(covered),
        _ => sha256(&[unlinked, covered].concat()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected hashes are those of `hashlib.sha256` in Python, over the bytes before the digits.
    #[test]
    fn the_form_of_linked_lines() {
        let mut head = Head::default();
        let text = String::from_utf8(head.link(b"{\"a\":1}\n{}\n")).unwrap();
        let zeros = "0".repeat(64);
        let first = "e29b0e7c6e193e545802e683e0a7024f0c808fbec1b566c9f36f50d69434fa77";
        let second = "56bf1a86f709ae85821ebbe62507c62d1494092494bdcb0cd5314929a657474f";
        assert_eq!(
            text,
            format!(
                "{{\"a\":1,\"claviger\":{{\"seq\":1,\"prev\":\"{zeros}\",\"hash\":\"{first}\"}}}}\n{{\"claviger\":{{\"seq\":2,\"prev\":\"{first}\",\"hash\":\"{second}\"}}}}\n"
            )
        );
        assert_eq!((head.seq(), head.file_first()), (2, 1));
        head.begin_file();
        assert_eq!(head.file_first(), 3);
    }

    #[test]
    fn a_trail_goes_on_where_it_ended() {
        let (mut whole, records) = (Head::default(), [&b"{\"a\":1}\n"[..], b"{\"a\":2}\n", b"{\"a\":3}\n"]);
        let lines = records.map(|record| whole.link(record));
        let mut resumed = Head::resume(Link::of(&lines[1]), Some(1), Vec::new());
        assert_eq!(resumed.link(records[2]), lines[2]);
        assert_eq!(resumed, whole);
    }
}
