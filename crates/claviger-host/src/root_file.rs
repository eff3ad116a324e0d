//! The file that holds a region's root key, and the folder it lies in.
//!
//! A process that can read this file and the store can read everything that the region holds. Without the file, all of it is
//! lost. So the file is readable by its owner alone, is on the disk before anything is sealed with it, and is never made anew
//! beside a store.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use claviger_crypto::{RootFileError, RootKey, SealedRootError};
use claviger_types::Random;
use zeroize::Zeroizing;

use crate::root_seal::{self, RootSeal};

/// A root key file has some 200 bytes. A file over this limit is not one.
const BYTES_MAX: u64 = 4096;

/// The file of a root key that is kept in the clear.
const CLEAR: &str = "root.key";

/// The file of a root key that a passphrase opens.
const SEALED: &str = "root.sealed";

/// The error of reading or making a root key.
#[derive(Debug, thiserror::Error)]
pub enum RootKeyError {
    /// The system refused to read or write.
    #[error("cannot {doing} {path}: {source}")]
    Io {
        /// `read`, `create`, ...
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Others than its owner can read the file or enter the folder.
    #[error("{path} has mode {mode:04o}, so others than its owner may use it; run: chmod {fix} {path}")]
    Mode {
        /// The file or folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
        /// The required permission bits.
        fix: &'static str,
    },
    /// There is a store, and the key that it is sealed with is gone.
    #[error(
        "{path} is missing, and the store beside it cannot be opened without it; put the file back from its backup"
    )]
    Missing {
        /// Where the file should be.
        path: PathBuf,
    },
    /// The file is not a root key file.
    #[error("{path} is not a root key file: {source}; put the file back from its backup")]
    Content {
        /// The file.
        path: PathBuf,
        /// The fault of the content.
        source: RootFileError,
    },
    /// The sealed root key does not open.
    #[error("the root key {path} does not open: {source}; see the passphrase, or put the file back from its backup")]
    Sealed {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: SealedRootError,
    },
    /// The root key is kept in another way than the configuration says.
    #[error(
        "{path} is there, so the root key is kept under another seal than the configuration says; change the seal of the region"
    )]
    OtherSeal {
        /// The file that is there.
        path: PathBuf,
    },
}

/// Creates a region's folder if it is missing, and checks that only its owner can use it.
///
/// # Errors
///
/// [`RootKeyError::Io`] and [`RootKeyError::Mode`].
pub(crate) fn private_folder(path: &Path) -> Result<(), RootKeyError> {
    claviger_store::folder::make(path).map_err(failed("create", path))?;
    let mode = fs::metadata(path).map_err(failed("read", path))?.mode();
    check_mode(path, mode, "0700")
}

/// The root key in a folder: read if it is there, made if there is none and nothing was ever sealed with one.
///
/// The caller must hold the lock of the store beside the key. Otherwise two processes could each make a key.
///
/// # Errors
///
/// See [`RootKeyError`].
pub(crate) fn load_or_create(
    folder: &Path,
    store_is_empty: bool,
    seal: &RootSeal,
    random: &dyn Random,
) -> Result<RootKey, RootKeyError> {
    let (path, other) = match seal {
        RootSeal::File => (folder.join(CLEAR), folder.join(SEALED)),
        RootSeal::Passphrase { .. } => (folder.join(SEALED), folder.join(CLEAR)),
    };
    match File::open(&path) {
        Ok(file) => read(&path, file, seal),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if fs::symlink_metadata(&other).is_ok() {
                Err(RootKeyError::OtherSeal { path: other })
            } else if store_is_empty {
                create(folder, &path, seal, random)
            } else {
                Err(RootKeyError::Missing { path })
            }
        }
        Err(source) => Err(RootKeyError::Io { doing: "read", path, source }),
    }
}

fn read(path: &Path, file: File, seal: &RootSeal) -> Result<RootKey, RootKeyError> {
    check_mode(path, file.metadata().map_err(failed("read", path))?.mode(), "0400")?;
    let mut text = Zeroizing::new(String::with_capacity(BYTES_MAX as usize));
    file.take(BYTES_MAX).read_to_string(&mut text).map_err(failed("read", path))?;
    match seal {
        RootSeal::File => {
            RootKey::from_file(&text).map_err(|source| RootKeyError::Content { path: path.to_owned(), source })
        }
        RootSeal::Passphrase { passphrase, .. } => {
            root_seal::open(&text, passphrase).map_err(|source| RootKeyError::Sealed { path: path.to_owned(), source })
        }
    }
}

/// Written under another name first, so that a crash leaves either no key or a whole one.
fn create(folder: &Path, path: &Path, seal: &RootSeal, random: &dyn Random) -> Result<RootKey, RootKeyError> {
    let draft = path.with_extension(match seal {
        RootSeal::File => "key.new",
        RootSeal::Passphrase { .. } => "sealed.new",
    });
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed("remove", &draft)(error)),
        _ => {}
    }
    let root = RootKey::generate(random);
    let text = match seal {
        RootSeal::File => root.to_file(),
        RootSeal::Passphrase { passphrase, cost } => Zeroizing::new(root_seal::seal(&root, passphrase, *cost, random)),
    };
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o400).open(&draft).map_err(failed("create", &draft))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed("write", &draft))?;
    fs::rename(&draft, path).map_err(failed("create", path))?;
    sync_folder(folder)?;
    Ok(root)
}

fn check_mode(path: &Path, mode: u32, fix: &'static str) -> Result<(), RootKeyError> {
    let mode = mode & 0o7777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(RootKeyError::Mode { path: path.to_owned(), mode, fix }) }
}

fn sync_folder(path: &Path) -> Result<(), RootKeyError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(failed("write", path))
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> RootKeyError {
    let path = path.to_owned();
    move |source| RootKeyError::Io { doing, path, source }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::sync::Arc;

    use claviger_crypto::{Passphrase, PassphraseCost};
    use claviger_types::SeededRandom;

    use super::*;

    struct Place {
        folder: tempfile::TempDir,
        random: SeededRandom,
    }

    impl Place {
        fn new() -> Place {
            let folder = tempfile::tempdir().unwrap();
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
            Place { folder, random: SeededRandom::new(0) }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn load_sealed(&self, empty_store: bool, seal: &RootSeal) -> Result<RootKey, RootKeyError> {
            load_or_create(self.folder.path(), empty_store, seal, &self.random)
        }

        fn load(&self) -> Result<RootKey, RootKeyError> {
            self.load_beside(true)
        }

        fn load_beside(&self, empty_store: bool) -> Result<RootKey, RootKeyError> {
            self.load_sealed(empty_store, &RootSeal::File)
        }
    }

    fn sealed_with(text: &str) -> RootSeal {
        let passphrase = Arc::new(Passphrase::new(Zeroizing::new(text.as_bytes().to_vec())));
        RootSeal::Passphrase { passphrase, cost: PassphraseCost::LEAST }
    }

    #[test]
    fn a_sealed_key_is_made_once_and_needs_its_passphrase() {
        let place = Place::new();
        let made = place.load_sealed(true, &sealed_with("p")).unwrap().id();
        assert_eq!(fs::metadata(place.path("root.sealed")).unwrap().mode() & 0o7777, 0o400);
        assert!(!place.path("root.key").exists() && !place.path("root.sealed.new").exists());
        assert_eq!(place.load_sealed(false, &sealed_with("p")).unwrap().id(), made);
        assert!(matches!(place.load_sealed(false, &sealed_with("q")), Err(RootKeyError::Sealed { .. })));
        fs::remove_file(place.path("root.sealed")).unwrap();
        assert!(matches!(place.load_sealed(false, &sealed_with("p")), Err(RootKeyError::Missing { .. })));
    }

    #[test]
    fn a_key_under_another_seal_is_not_replaced() {
        for (first, second, file) in
            [(RootSeal::File, sealed_with("p"), "root.key"), (sealed_with("p"), RootSeal::File, "root.sealed")]
        {
            let place = Place::new();
            place.load_sealed(true, &first).unwrap();
            let refused = place.load_sealed(true, &second).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(refused.contains(file) && refused.contains("another seal"), "{refused}");
            place.load_sealed(true, &first).unwrap();
        }
    }

    #[test]
    fn the_key_is_made_once() {
        let place = Place::new();
        let made = place.load().unwrap().id();
        assert_eq!(fs::metadata(place.path("root.key")).unwrap().mode() & 0o7777, 0o400);
        assert!(!place.path("root.key.new").exists());
        assert_eq!(place.load().unwrap().id(), made);
        assert_eq!(place.load_beside(false).unwrap().id(), made);
    }

    #[test]
    fn a_draft_of_a_crash_is_replaced() {
        let place = Place::new();
        fs::write(place.path("root.key.new"), "half a").unwrap();
        assert!(place.load().is_ok());
    }

    #[test]
    fn a_key_is_never_made_beside_a_store() {
        let place = Place::new();
        assert!(matches!(place.load_beside(false), Err(RootKeyError::Missing { .. })));
        assert!(!place.path("root.key").exists());
    }

    #[test]
    fn files_that_others_may_use_are_refused() {
        for mode in [0o440, 0o404, 0o420, 0o410, 0o644] {
            let place = Place::new();
            place.load().unwrap();
            fs::set_permissions(place.path("root.key"), fs::Permissions::from_mode(mode)).unwrap();
            let refused = place.load().err().map(|e| e.to_string()).unwrap_or_default();
            assert!(refused.contains(&format!("mode {mode:04o}")) && refused.contains("chmod 0400"), "{refused}");
        }
    }

    #[test]
    fn files_that_are_something_else_are_refused() {
        for content in [&b""[..], b"claviger-root-key 1\n", b"\xff\xfe", &[b'a'; 10_000]] {
            let place = Place::new();
            fs::write(place.path("root.key"), content).unwrap();
            fs::set_permissions(place.path("root.key"), fs::Permissions::from_mode(0o600)).unwrap();
            assert!(matches!(place.load(), Err(RootKeyError::Content { .. } | RootKeyError::Io { .. })));
        }
    }

    #[test]
    fn folders_are_private() {
        let place = Place::new();
        let inner = place.path("a/b");
        private_folder(&inner).unwrap();
        assert_eq!(fs::metadata(&inner).unwrap().mode() & 0o7777, 0o700);
        fs::set_permissions(&inner, fs::Permissions::from_mode(0o750)).unwrap();
        assert!(matches!(private_folder(&inner), Err(RootKeyError::Mode { mode: 0o750, .. })));
    }
}
