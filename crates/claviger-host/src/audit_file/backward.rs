//! Reads the lines of a file from its end.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

const CHUNK_BYTES: u64 = 256 << 10;

pub(super) struct Backward {
    file: File,
    /// The part of the file that has not been read: its first bytes.
    unread: u64,
    /// The bytes after it that have not been returned.
    rest: Vec<u8>,
    /// Where the line begins that was returned last.
    line_start: u64,
}

impl Backward {
    pub(super) fn new(file: File) -> io::Result<Backward> {
        let unread = file.metadata()?.len();
        Ok(Backward { file, unread, rest: Vec::new(), line_start: unread })
    }

    /// Where the bytes begin that have been read.
    pub(super) fn read_from(&self) -> u64 {
        self.unread
    }

    /// Where the line begins that was returned last.
    pub(super) fn line_start(&self) -> u64 {
        self.line_start
    }

    /// The last line that has not been returned, without its line feed. Empty lines are left out.
    pub(super) fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(end) = self.rest.iter().rposition(|b| *b == b'\n') {
                let line = self.rest.split_off(end + 1);
                self.rest.truncate(end);
                if !line.is_empty() {
                    self.line_start = self.unread + end as u64 + 1;
                    return Ok(Some(line));
                }
            } else if self.unread == 0 {
                let line = std::mem::take(&mut self.rest);
                self.line_start = 0;
                return Ok((!line.is_empty()).then_some(line));
            } else {
                self.read_chunk()?;
            }
        }
    }

    fn read_chunk(&mut self) -> io::Result<()> {
        let size = self.unread.min(CHUNK_BYTES);
        let mut chunk = vec![0; usize::try_from(size).unwrap_or(0)];
        self.file.read_exact_at(&mut chunk, self.unread - size)?;
        self.unread -= size;
        chunk.append(&mut self.rest);
        self.rest = chunk;
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::io::Write;

    use super::*;

    fn lines(content: &[u8]) -> Vec<Vec<u8>> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(content).unwrap();
        let mut backward = Backward::new(file).unwrap();
        std::iter::from_fn(|| {
            let line = backward.next_line().unwrap()?;
            let start = usize::try_from(backward.line_start()).unwrap();
            assert!(content[start..].starts_with(&line));
            Some(line)
        })
        .collect()
    }

    #[test]
    fn lines_come_from_the_end() {
        assert_eq!(lines(b"a\nbc\n\nd\n"), [b"d".to_vec(), b"bc".to_vec(), b"a".to_vec()]);
        assert_eq!(lines(b"a\ntorn"), [b"torn".to_vec(), b"a".to_vec()]);
        assert!(lines(b"").is_empty() && lines(b"\n\n").is_empty());
    }

    #[test]
    fn lines_may_be_longer_than_a_chunk() {
        let long = vec![b'x'; usize::try_from(CHUNK_BYTES).unwrap() * 2 + 7];
        assert_eq!(lines(&[&b"a\n"[..], &long, b"\nb\n"].concat()), [b"b".to_vec(), long, b"a".to_vec()]);
    }
}
