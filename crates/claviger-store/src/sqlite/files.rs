//! The preparation of a store's files before SQLite opens them: owner, mode, and exclusive use.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::{Error, folder};

const OWNER_ONLY_FILE: u32 = 0o600;

/// Makes the folder and an empty file if they are missing, both for the owner only, and takes the lock. SQLite gives its own
/// files the mode of this one.
pub(super) fn prepare(path: &Path) -> Result<File, Error> {
    folder::make(folder_of(path)).map_err(|e| io_error(path, &e))?;
    let lock = lock(&beside(path, "-lock"))?;
    make_file(path).map_err(|e| io_error(path, &e))?;
    Ok(lock)
}

/// `path` with `suffix` after its last name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

fn lock(path: &Path) -> Result<File, Error> {
    // The lock belongs to the open file, so it also excludes a second handle of this process, and the system releases it when
    // the process ends, for whatever reason. It has a file of its own because closing any handle of SQLite's files would
    // release SQLite's locks.
    let file = owner_only(path).map_err(|e| io_error(path, &e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Locked),
        Err(TryLockError::Error(e)) => Err(io_error(path, &e)),
    }
}

fn make_file(path: &Path) -> io::Result<()> {
    let is_new = !path.exists();
    let file = owner_only(path)?;
    file.set_permissions(Permissions::from_mode(OWNER_ONLY_FILE))?;
    if is_new {
        file.sync_all()?;
        File::open(folder_of(path))?.sync_all()?;
    }
    Ok(())
}

fn owner_only(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(OWNER_ONLY_FILE).open(path)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn io_error(path: &Path, error: &io::Error) -> Error {
    Error::Io(format!("{}: {error}", path.display()))
}
