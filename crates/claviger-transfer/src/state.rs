//! The file that lets a second run continue an import which was cut off. It holds names and version ids, and no value.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// Why there can be no state file.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// It cannot be read or written.
    #[error("{0}: {1}")]
    Io(PathBuf, io::Error),
    /// It was begun by an import from or to somewhere else.
    #[error("{0} belongs to an import of {1}")]
    Other(PathBuf, String),
    /// It is another file.
    #[error("{0} is not the state of an import")]
    Form(PathBuf),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    /// The first line: what is imported from where to where.
    Import(String),
    /// A secret is about to be written, its versions under these ids.
    Begin { name: String, ids: Vec<String> },
    /// It is written.
    Done(String),
}

/// The state of an import.
pub struct State {
    path: PathBuf,
    file: Mutex<File>,
    begun: HashMap<String, Vec<String>>,
}

impl State {
    /// Opens or begins the file of an import, which `import` describes.
    ///
    /// # Errors
    ///
    /// See [`StateError`].
    pub fn open(path: &Path, import: &str) -> Result<State, StateError> {
        let failed = |error| StateError::Io(path.to_owned(), error);
        let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path);
        let mut file = file.map_err(failed)?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(failed)?;
        let mut begun = HashMap::new();
        // The last line may have been cut off.
        let whole = text.rfind('\n').map_or("", |end| text.get(..=end).unwrap_or_default());
        for (at, line) in whole.lines().enumerate() {
            match serde_json::from_str(line) {
                Ok(Line::Import(of)) if at == 0 && of == import => {}
                Ok(Line::Import(of)) => return Err(StateError::Other(path.to_owned(), of)),
                Ok(Line::Begin { name, ids }) if at > 0 => drop(begun.insert(name, ids)),
                Ok(Line::Done(name)) if at > 0 => drop(begun.remove(&name)),
                _ => return Err(StateError::Form(path.to_owned())),
            }
        }
        if whole.is_empty() && !text.is_empty() {
            return Err(StateError::Form(path.to_owned()));
        }
        file.set_len(whole.len() as u64).map_err(failed)?;
        let state = State { path: path.to_owned(), file: Mutex::new(file), begun };
        if whole.is_empty() {
            state.append(&Line::Import(import.to_owned())).map_err(failed)?;
            state.file.lock().unwrap_or_else(PoisonError::into_inner).sync_all().map_err(failed)?;
        }
        Ok(state)
    }

    /// The version ids of a secret that an earlier run began and did not end.
    pub fn begun(&self, name: &str) -> Option<&[String]> {
        self.begun.get(name).map(Vec::as_slice)
    }

    /// Notes that a secret is about to be written.
    pub(crate) fn begin(&self, name: &str, ids: &[String]) -> io::Result<()> {
        self.append(&Line::Begin { name: name.to_owned(), ids: ids.to_vec() })
    }

    /// Notes that it is written.
    pub(crate) fn done(&self, name: &str) -> io::Result<()> {
        self.append(&Line::Done(name.to_owned()))
    }

    /// Removes the file, after an import that has nothing left to continue.
    ///
    /// # Errors
    ///
    /// It cannot be removed.
    pub fn remove(self) -> Result<(), StateError> {
        std::fs::remove_file(&self.path).map_err(|error| StateError::Io(self.path, error))
    }

    /// One write for a line, so that a killed process leaves at most the last line cut off.
    fn append(&self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_second_run_knows_what_the_first_began() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let first = State::open(&path, "a to b").unwrap();
        first.begin("x", &["1".to_owned()]).unwrap();
        first.begin("y", &[]).unwrap();
        first.done("y").unwrap();
        drop(first);
        let mut cut = OpenOptions::new().append(true).open(&path).unwrap();
        cut.write_all(b"{\"begin\":{\"name\":\"z").unwrap();
        let second = State::open(&path, "a to b").unwrap();
        assert_eq!(second.begun("x").unwrap(), ["1"]);
        assert!(second.begun("y").is_none() && second.begun("z").is_none());
        second.done("x").unwrap();
        let third = State::open(&path, "a to b").unwrap();
        assert!(third.begun("x").is_none());
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        third.remove().unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn other_files_are_refused_and_stay_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        drop(State::open(&path, "a to b").unwrap());
        assert!(matches!(State::open(&path, "a to c"), Err(StateError::Other(..))));
        for text in ["something", "something\n", "{\"done\":\"x\"}\n"] {
            std::fs::write(&path, text).unwrap();
            assert!(matches!(State::open(&path, "a to b"), Err(StateError::Form(_))), "{text}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }
}
