//! Folders for a store that survive a power cut and only their owner can use.

use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// Makes a folder and its missing parents with mode 0700, and syncs the parent of each. Existing folders stay unchanged.
///
/// # Errors
///
/// The system's error, if a folder cannot be made or synced.
pub fn make(path: &Path) -> io::Result<()> {
    let above = path.ancestors().take_while(|folder| !folder.as_os_str().is_empty());
    let missing: Vec<&Path> = above.take_while(|folder| !folder.is_dir()).collect();
    for folder in missing.iter().rev() {
        match DirBuilder::new().mode(0o700).create(folder) {
            // Another region of this process, which starts at the same time, has made the folder; or the name ends in `..`.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
            made => made?,
        }
        File::open(folder)?.sync_all()?;
        sync_names(parent(folder))?;
    }
    // A process that was killed before the sync may have made the existing folder.
    if missing.is_empty() { sync_names(parent(path)) } else { Ok(()) }
}

/// Syncs the names of a folder's entries to the disk. A folder may allow a user to make entries in it but not to open it, and
/// without opening it the user cannot sync it. In this case only the sync of the entry itself remains, with which most file
/// systems also write its name.
fn sync_names(folder: &Path) -> io::Result<()> {
    match File::open(folder) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        opened => opened?.sync_all(),
    }
}

/// The folder that contains a path's last name; `.` for a single name.
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
    fn makes_missing_folders_for_the_owner() {
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
    fn relative_paths_start_at_the_working_directory() {
        assert_eq!(
            [parent(Path::new("a")), parent(Path::new("a/b")), parent(Path::new("/a"))],
            [".", "a", "/"].map(Path::new)
        );
        // A test's working directory is its crate's folder.
        let base = tempfile::tempdir_in(".").unwrap();
        let name = Path::new(base.path().file_name().unwrap());
        make(name).unwrap();
        make(&name.join("a/b")).unwrap();
        assert_eq!(mode(&name.join("a")), 0o700);
        assert!(base.path().join("a/b").is_dir());
    }

    #[test]
    fn a_parent_folder_need_not_be_readable() {
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
