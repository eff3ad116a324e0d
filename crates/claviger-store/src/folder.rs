//! Folders for a store that outlive a power cut, for their owner only.

use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// Makes a folder and those above it that are missing, mode 0700, each on the disk under its name. What is there stays as it is.
///
/// # Errors
///
/// The system's, when it does not let a folder be made or synced.
pub fn make(path: &Path) -> io::Result<()> {
    let above = path.ancestors().take_while(|folder| !folder.as_os_str().is_empty());
    let missing: Vec<&Path> = above.take_while(|folder| !folder.is_dir()).collect();
    for folder in missing.iter().rev() {
        match DirBuilder::new().mode(0o700).create(folder) {
            // Another region of this process, which starts at the same time, was faster; or the name ends in `..`.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
            made => made?,
        }
        File::open(folder)?.sync_all()?;
        sync_names(parent(folder))?;
    }
    // One that was there may have been made by a process that was cut off before it came to this.
    if missing.is_empty() { sync_names(parent(path)) } else { Ok(()) }
}

/// Brings to the disk what a folder's entries are called. A folder may let others make entries in it and not read it, and
/// nobody can sync what he may not open; there it is left to the entry's own sync, with which most file systems write its name.
fn sync_names(folder: &Path) -> io::Result<()> {
    match File::open(folder) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        opened => opened?.sync_all(),
    }
}

/// The folder in which a path's last name is looked up; `.` for a name alone.
fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn makes_what_is_missing_for_the_owner() {
        let base = tempfile::tempdir().unwrap();
        fs::set_permissions(base.path(), Permissions::from_mode(0o755)).unwrap();
        let inner = base.path().join("a/b/c");
        make(&inner).unwrap();
        make(&inner).unwrap();
        for new in [&inner, &base.path().join("a/b"), &base.path().join("a")] {
            assert_eq!(mode(new), 0o700, "{}", new.display());
        }
        assert_eq!(mode(base.path()), 0o755);
        make(&base.path().join("x/../y")).unwrap();
        assert!(base.path().join("y").is_dir());
    }

    #[test]
    fn relative_paths_are_looked_up_here() {
        assert_eq!(
            [parent(Path::new("a")), parent(Path::new("a/b")), parent(Path::new("/a"))],
            [".", "a", "/"].map(Path::new)
        );
        // A test runs in its crate's folder.
        let base = tempfile::tempdir_in(".").unwrap();
        let name = Path::new(base.path().file_name().unwrap());
        make(name).unwrap();
        make(&name.join("a/b")).unwrap();
        assert_eq!(mode(&name.join("a")), 0o700);
        assert!(base.path().join("a/b").is_dir());
    }

    #[test]
    fn a_folder_that_may_be_entered_and_not_read_is_enough() {
        let base = tempfile::tempdir().unwrap();
        let closed = base.path().join("closed");
        fs::create_dir(&closed).unwrap();
        fs::set_permissions(&closed, Permissions::from_mode(0o300)).unwrap();
        let made = make(&closed.join("a/b"));
        fs::set_permissions(&closed, Permissions::from_mode(0o700)).unwrap();
        made.unwrap();
        assert!(closed.join("a/b").is_dir());
    }

    #[test]
    fn a_file_in_the_way_is_an_error() {
        let base = tempfile::tempdir().unwrap();
        fs::write(base.path().join("file"), "").unwrap();
        assert!(make(&base.path().join("file")).is_err());
        assert!(make(&base.path().join("file/a")).is_err());
    }
}
