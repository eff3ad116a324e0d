//! How regions' root keys are kept between two runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use claviger_crypto::{Passphrase, PassphraseCost, RootKey, SealedRootError};
use claviger_types::{Random, Region};

/// How one region's root key is kept.
#[derive(Debug, Clone, Default)]
pub enum RootSeal {
    /// In the clear, in the file `root.key` that only its owner can read.
    #[default]
    File,
    /// In the file `root.sealed`, which this passphrase opens.
    Passphrase {
        /// The passphrase.
        passphrase: Arc<Passphrase>,
        /// The cost of a new file. A file that is there has its own.
        cost: PassphraseCost,
    },
}

/// The seals of all regions. Regions that are not named have [`RootSeal::File`].
#[derive(Debug, Clone, Default)]
pub struct RootSeals(Arc<BTreeMap<Region, RootSeal>>);

impl RootSeals {
    /// These seals.
    pub fn new(seals: BTreeMap<Region, RootSeal>) -> RootSeals {
        RootSeals(Arc::new(seals))
    }

    pub(crate) fn of(&self, region: &Region) -> RootSeal {
        self.0.get(region).cloned().unwrap_or_default()
    }
}

/// Held while a passphrase is tried. Regions open at the same time, and each trial takes hundreds of megabytes.
static TRIAL: Mutex<()> = Mutex::new(());

/// RootSeals a new root key with a passphrase.
pub(crate) fn seal(root: &RootKey, passphrase: &Passphrase, cost: PassphraseCost, random: &dyn Random) -> String {
    let _trial = TRIAL.lock().unwrap_or_else(PoisonError::into_inner);
    root.to_sealed_file(passphrase, cost, random)
}

/// Opens a sealed root key.
pub(crate) fn open(text: &str, passphrase: &Passphrase) -> Result<RootKey, SealedRootError> {
    let _trial = TRIAL.lock().unwrap_or_else(PoisonError::into_inner);
    RootKey::from_sealed_file(text, passphrase)
}
