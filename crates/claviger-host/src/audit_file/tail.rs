//! The end of an audit file, where lines are appended.

use std::fs::File;
use std::io::{self, Write};

/// The end of a file that only this process appends to.
pub(super) struct Tail<T> {
    target: T,
    /// The file's size, known without asking the system at each append.
    size: u64,
    /// Whether a part of a line stands after `size` and could not be removed yet.
    is_torn: bool,
}

/// A file that lines are appended to.
pub(super) trait Target {
    /// Appends everything, or some of it and an error.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    fn cut(&mut self, size: u64) -> io::Result<()>;
}

impl Target for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn cut(&mut self, size: u64) -> io::Result<()> {
        self.set_len(size)
    }
}

impl<T: Target> Tail<T> {
    pub(super) fn new(target: T, size: u64) -> Tail<T> {
        Tail { target, size, is_torn: false }
    }

    pub(super) fn target(&self) -> &T {
        &self.target
    }

    #[cfg(test)]
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Appends whole lines, or removes the part that was written. If even the removal fails, nothing is appended until it
    /// succeeds.
    pub(super) fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        if self.is_torn {
            self.target.cut(self.size)?;
            self.is_torn = false;
        }
        let appended = self.target.append(lines);
        match &appended {
            Ok(()) => self.size += lines.len() as u64,
            Err(_) => self.is_torn = self.target.cut(self.size).is_err(),
        }
        appended
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// A disk that fills up. With `cuts` false, it cannot be truncated either.
    struct Disk {
        bytes: Vec<u8>,
        room: usize,
        cuts: bool,
    }

    impl Target for Disk {
        fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
            let fits = bytes.len().min(self.room - self.bytes.len());
            self.bytes.extend_from_slice(&bytes[..fits]);
            if fits < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        }

        fn cut(&mut self, size: u64) -> io::Result<()> {
            if !self.cuts {
                return Err(io::ErrorKind::Other.into());
            }
            self.bytes.truncate(usize::try_from(size).unwrap());
            Ok(())
        }
    }

    fn tail(room: usize, cuts: bool) -> Tail<Disk> {
        Tail::new(Disk { bytes: Vec::new(), room, cuts }, 0)
    }

    #[test]
    fn nothing_stays_of_a_record_that_did_not_fit() {
        let mut tail = tail(6, true);
        tail.append(b"ab\n").unwrap();
        tail.append(b"cdef\n").unwrap_err();
        assert_eq!((&*tail.target.bytes, tail.size()), (&b"ab\n"[..], 3));
        tail.append(b"gh\n").unwrap();
        assert_eq!((&*tail.target.bytes, tail.size()), (&b"ab\ngh\n"[..], 6));
    }

    #[test]
    fn no_line_goes_on_where_another_broke_off() {
        let mut tail = tail(6, false);
        tail.append(b"ab\n").unwrap();
        tail.append(b"cdef\n").unwrap_err();
        tail.target.room = 100;
        tail.append(b"gh\n").unwrap_err();
        assert_eq!(tail.target.bytes, b"ab\ncde");
        tail.target.cuts = true;
        tail.append(b"gh\n").unwrap();
        assert_eq!((&*tail.target.bytes, tail.size()), (&b"ab\ngh\n"[..], 6));
    }
}
