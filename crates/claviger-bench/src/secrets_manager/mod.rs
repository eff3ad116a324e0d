//! What Secrets Manager must not cost: a read beside Decrypt, a batch beside single reads, a page of a long list beside one of a short list,
//! and an import.

mod import;
mod lists;
mod reads;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::compare::Slices;
use crate::error::{Error, machine};
use crate::table::{self, Out};

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Amounts {
    /// The secrets of the long list.
    pub secrets: u64,
    /// The secrets of the import.
    pub imported: u64,
    /// How long each comparison takes.
    pub slices: Slices,
}

/// Many short slices in turn, so that a busy moment of the machine meets all contenders alike.
const fn slices(count: u32) -> Slices {
    Slices { count, time: Duration::from_millis(100) }
}

impl Amounts {
    /// For figures that are published. Filling a store with so many secrets takes minutes.
    pub const FULL: Amounts = Amounts { secrets: 1_000_000, imported: 10_000, slices: slices(15) };
    /// For continuous integration: about two minutes.
    pub const SHORT: Amounts = Amounts { secrets: 10_000, imported: 1_000, slices: slices(4) };
}

/// Measures and writes the tables.
///
/// # Errors
///
/// A server or an import does not start, or a call fails.
pub fn run(binary: &Path, folder: &Path, amounts: Amounts, out: Out<'_>) -> Result<(), Error> {
    out(&format!("Measured on {}.", table::machine()))?;
    reads::run(binary, &fresh(folder, "reads")?, amounts.slices, out)?;
    import::run(binary, &fresh(folder, "import")?, amounts.imported, out)?;
    lists::run(binary, folder, amounts, out)
}

/// A folder that an earlier run has left nothing in.
fn fresh(folder: &Path, name: &str) -> Result<PathBuf, Error> {
    let fresh = folder.join(name);
    let failed = || machine(fresh.display().to_string());
    if fresh.exists() {
        std::fs::remove_dir_all(&fresh).map_err(failed())?;
    }
    std::fs::create_dir_all(&fresh).map_err(failed())?;
    Ok(fresh)
}
