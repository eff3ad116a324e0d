//! Checks that only the server's own user can use its folder and its keys.

use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::system;

/// A file of keys or certificates has some kilobytes. A file over this limit is not one.
const BYTES_MAX: u64 = 1 << 20;

/// Fails if others than its owner may use a folder or file, or if it is not there.
pub(crate) fn require_private(path: &Path, mode: &str) -> Result<(), Failure> {
    let found = fs::metadata(path).map_err(|error| cannot_read(path, &error))?.mode() & 0o7777;
    if found & 0o077 == 0 {
        return Ok(());
    }
    let why = format!("it has mode {found:04o}, so others than its owner may use it");
    Err(Failure::new(format!("will not use {}", path.display()), why).then(format!("chmod {mode} {}", path.display())))
}

/// Fails if others than its owner may write a file.
pub(crate) fn require_own(path: &Path) -> Result<(), Failure> {
    let found = fs::metadata(path).map_err(|error| cannot_read(path, &error))?.mode() & 0o7777;
    if found & 0o022 == 0 {
        return Ok(());
    }
    let why = format!("it has mode {found:04o}, so others than its owner may change it");
    Err(Failure::new(format!("will not use {}", path.display()), why).then(format!("chmod go-w {}", path.display())))
}

/// The content of a file, wiped when it is dropped.
pub(crate) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let file = fs::File::open(path).map_err(|error| cannot_read(path, &error))?;
    let len = file.metadata().map_err(|error| cannot_read(path, &error))?.len();
    // Allocated at its final size: a buffer that grows leaves copies of a key in freed memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(len.min(BYTES_MAX)).unwrap_or_default() + 1));
    file.take(BYTES_MAX).read_to_end(&mut bytes).map_err(|error| cannot_read(path, &error))?;
    Ok(bytes)
}

/// The content of a file of secrets, which others must not be able to read. A credential of systemd is for the service alone, whatever
/// its mode shows.
pub(crate) fn read_private(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let is_credential =
        system::variable("CREDENTIALS_DIRECTORY").is_some_and(|folder| path.starts_with(Path::new(&folder)));
    if !is_credential {
        require_private(path, "0400")?;
    }
    read(path)
}

fn cannot_read(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("cannot read {}", path.display()), error)
}
