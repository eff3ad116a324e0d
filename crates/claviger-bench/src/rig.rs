//! The servers that are compared.

use std::path::{Path, PathBuf};

use crate::compare::{Contender, Figures, Slices, compare};
use crate::error::Error;
use crate::process::ServerProcess;
use crate::subject::{Signer, Subject};
use crate::workload::Workload;

/// How many requests moto_server gets in a slice. It takes some milliseconds for each.
const MOTO_REQUESTS: u64 = 60;

/// The floor and Claviger, in memory and with a data folder, and moto_server if it is installed.
pub struct Rig {
    /// The binary that is measured.
    pub binary: PathBuf,
    /// A folder on the disk that is measured.
    pub folder: PathBuf,
    pub(crate) floor: ServerProcess,
    pub(crate) memory: Subject,
    pub(crate) data: Subject,
    pub(crate) moto: Option<Subject>,
}

/// The figures of a workload.
pub(crate) struct Compared {
    pub(crate) floor: Figures,
    pub(crate) memory: Figures,
    pub(crate) data: Figures,
    pub(crate) moto: Option<Figures>,
}

impl Rig {
    /// Starts all of them. `floor` is the command line of the floor. `moto` is the folder of moto_server.
    ///
    /// # Errors
    ///
    /// One does not start, or a call fails.
    pub fn start(binary: &Path, folder: &Path, floor: &[&str], moto: Option<&Path>) -> Result<Rig, Error> {
        let moto = moto.map(ServerProcess::moto).transpose()?.flatten();
        Ok(Rig {
            binary: binary.to_owned(),
            folder: folder.to_owned(),
            floor: ServerProcess::start(floor)?,
            memory: Subject::in_memory(binary)?.with_user()?,
            data: Subject::with_data(binary, &folder.join("data"))?.with_user()?,
            moto: moto.map(|server| Subject::new("moto_server", server)).transpose()?,
        })
    }

    /// Whether moto_server is compared.
    pub fn has_moto(&self) -> bool {
        self.moto.is_some()
    }

    pub(crate) fn compare(
        &mut self,
        workload: Workload,
        connections: usize,
        slices: Slices,
    ) -> Result<Compared, Error> {
        let for_floor = self.memory.requests_for_floor(workload)?;
        let mut contenders = vec![
            Contender::new(&self.floor.address, for_floor, Some(&self.floor)),
            Contender::of(&self.memory, workload, Signer::Root)?,
            Contender::of(&self.data, workload, Signer::Root)?,
        ];
        if let Some(moto) = &self.moto {
            contenders.push(Contender::of(moto, workload, Signer::Root)?.limited(MOTO_REQUESTS));
        }
        let mut figures = compare(&contenders, connections, slices)?.into_iter();
        let mut next = || figures.next().unwrap_or_default();
        let (floor, memory, data) = (next(), next(), next());
        Ok(Compared { floor, memory, data, moto: figures.next() })
    }
}
