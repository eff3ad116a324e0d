//! The end of an audit file, where lines are appended.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

/// The most bytes that an attempt to write tries: a page of the disk, and more than most records.
const PROBE_BYTES: usize = 4096;

/// The end of a file that only this process appends to.
pub(super) struct Tail<T> {
    target: T,
    /// The file's size, known without asking the system at each append.
    size: u64,
    /// Whether a part of a line stands after `size` and could not be removed yet.
    is_torn: bool,
}

/// A file that lines are appended to. A clone is another handle of the same file.
pub(super) trait Target: Clone + Send + 'static {
    /// Appends everything, or some of it and an error.
    fn append(&self, bytes: &[u8]) -> io::Result<()>;
    fn cut(&self, size: u64) -> io::Result<()>;
    fn sync(&self) -> io::Result<()>;
}

impl Target for Arc<File> {
    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        (&**self).write_all(bytes)
    }

    fn cut(&self, size: u64) -> io::Result<()> {
        self.set_len(size)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }
}

impl<T: Target> Tail<T> {
    pub(super) fn new(target: T, size: u64) -> Tail<T> {
        Tail { target, size, is_torn: false }
    }

    pub(super) fn target(&self) -> T {
        self.target.clone()
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Appends whole lines, or removes the part that was written. If even the removal fails, nothing is appended until it
    /// succeeds.
    pub(super) fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        self.remove_torn()?;
        // Also if the append panics.
        self.is_torn = true;
        let appended = self.target.append(lines);
        self.is_torn = appended.is_err() && self.target.cut(self.size).is_err();
        if appended.is_ok() {
            self.size += lines.len() as u64;
        }
        appended
    }

    /// Tries to append some bytes, and removes them again. They are empty lines, which readers of JSON lines leave out if a
    /// crash leaves them in the file.
    pub(super) fn probe(&mut self) -> io::Result<()> {
        self.remove_torn()?;
        let appended = self.target.append(&[b'\n'; PROBE_BYTES]);
        self.is_torn = self.target.cut(self.size).is_err();
        appended
    }

    /// Removes a part of a line that an append left.
    pub(super) fn remove_torn(&mut self) -> io::Result<()> {
        if self.is_torn {
            self.target.cut(self.size)?;
            self.is_torn = false;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
pub(super) mod tests {
    use std::sync::Mutex;

    use super::*;

    /// A disk that fills up. With `cuts` false, it cannot be truncated either.
    pub(in super::super) struct Disk(Mutex<State>);

    struct State {
        bytes: Vec<u8>,
        room: usize,
        cuts: bool,
        syncs: bool,
    }

    impl Disk {
        pub(in super::super) fn new(room: usize, cuts: bool) -> Disk {
            Disk(Mutex::new(State { bytes: Vec::new(), room, cuts, syncs: true }))
        }

        pub(in super::super) fn set_room(&self, room: usize) {
            self.0.lock().unwrap().room = room;
        }

        /// It can be truncated from now on.
        pub(in super::super) fn set_cuts(&self) {
            self.0.lock().unwrap().cuts = true;
        }

        /// As the system does: it reports a failure once, and takes the bytes for written from then on.
        pub(in super::super) fn break_next_sync(&self) {
            self.0.lock().unwrap().syncs = false;
        }

        pub(in super::super) fn bytes(&self) -> Vec<u8> {
            self.0.lock().unwrap().bytes.clone()
        }
    }

    impl Target for Arc<Disk> {
        fn append(&self, bytes: &[u8]) -> io::Result<()> {
            let mut state = self.0.lock().unwrap();
            let fits = bytes.len().min(state.room - state.bytes.len());
            state.bytes.extend_from_slice(&bytes[..fits]);
            if fits < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        }

        fn cut(&self, size: u64) -> io::Result<()> {
            let mut state = self.0.lock().unwrap();
            if !state.cuts {
                return Err(io::ErrorKind::Other.into());
            }
            state.bytes.truncate(usize::try_from(size).unwrap());
            Ok(())
        }

        fn sync(&self) -> io::Result<()> {
            let synced = std::mem::replace(&mut self.0.lock().unwrap().syncs, true);
            if synced { Ok(()) } else { Err(io::ErrorKind::Other.into()) }
        }
    }

    fn tail(room: usize, cuts: bool) -> (Tail<Arc<Disk>>, Arc<Disk>) {
        let disk = Arc::new(Disk::new(room, cuts));
        (Tail::new(Arc::clone(&disk), 0), disk)
    }

    #[test]
    fn nothing_stays_of_a_record_that_did_not_fit() {
        let (mut tail, disk) = tail(6, true);
        tail.append(b"ab\n").unwrap();
        tail.append(b"cdef\n").unwrap_err();
        assert_eq!((disk.bytes(), tail.size()), (b"ab\n".to_vec(), 3));
        tail.append(b"gh\n").unwrap();
        assert_eq!((disk.bytes(), tail.size()), (b"ab\ngh\n".to_vec(), 6));
    }

    #[test]
    fn no_line_goes_on_where_another_broke_off() {
        let (mut tail, disk) = tail(6, false);
        tail.append(b"ab\n").unwrap();
        tail.append(b"cdef\n").unwrap_err();
        disk.set_room(100);
        tail.append(b"gh\n").unwrap_err();
        tail.probe().unwrap_err();
        assert_eq!(disk.bytes(), b"ab\ncde");
        disk.set_cuts();
        tail.append(b"gh\n").unwrap();
        assert_eq!((disk.bytes(), tail.size()), (b"ab\ngh\n".to_vec(), 6));
    }
}
