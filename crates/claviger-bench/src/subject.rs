//! A server that is measured, with the requests that it gets.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::call::AccessKey;
use crate::client::Client;
use crate::error::{Error, unexpected};
use crate::floor;
use crate::load::Requests;
use crate::process::ServerProcess;
use crate::time;
use crate::workload::{Fixtures, REGION, Workload};

/// A server of the services, with fixtures: Claviger or a peer.
pub struct Subject {
    /// Its name in tables.
    pub name: &'static str,
    /// `HOST:PORT`
    pub address: String,
    /// Its process. None: it was there before.
    pub server: Option<ServerProcess>,
    /// A connection to it, as root.
    pub client: Client,
    /// What it holds.
    pub fixtures: Fixtures,
}

/// The caller of a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signer {
    /// The account's root.
    Root,
    /// The IAM user of the fixtures.
    User,
}

impl Subject {
    /// Gives a running server its fixtures.
    ///
    /// # Errors
    ///
    /// A call fails.
    pub fn new(name: &'static str, server: ServerProcess) -> Result<Subject, Error> {
        let address = server.address.clone();
        Ok(Subject { server: Some(server), ..Subject::at(name, &address)? })
    }

    /// Gives a server that this process did not start its fixtures.
    ///
    /// # Errors
    ///
    /// A call fails.
    pub fn at(name: &'static str, address: &str) -> Result<Subject, Error> {
        let mut client = Client::connect(address, REGION)?;
        let fixtures = Fixtures::make(&mut client)?;
        Ok(Subject { name, address: address.to_owned(), server: None, client, fixtures })
    }

    /// Starts `claviger dev` in memory.
    ///
    /// # Errors
    ///
    /// It does not start, or a call fails.
    pub fn in_memory(binary: &Path) -> Result<Subject, Error> {
        Subject::new("in memory", ServerProcess::claviger(binary, &[])?)
    }

    /// Starts `claviger dev --data`.
    ///
    /// # Errors
    ///
    /// It does not start, or a call fails.
    pub fn with_data(binary: &Path, folder: &Path) -> Result<Subject, Error> {
        Subject::new("--data", ServerProcess::claviger(binary, &["--data", &folder.to_string_lossy()])?)
    }

    /// Stops the server, does something, and starts the server again on its folder. Returns how long the start took.
    ///
    /// # Errors
    ///
    /// The server is not one of this process, or does not start.
    pub fn restarted(
        self,
        binary: &Path,
        folder: &Path,
        meanwhile: impl FnOnce() -> Result<(), Error>,
    ) -> Result<(Subject, Duration), Error> {
        let Subject { name, server, fixtures, .. } = self;
        server.ok_or_else(|| unexpected("a server of another process"))?.stop()?;
        meanwhile()?;
        let begun = time::instant();
        let server = ServerProcess::claviger(binary, &["--data", &folder.to_string_lossy()])?;
        let start = begun.elapsed();
        let address = server.address.clone();
        let client = Client::connect(&address, REGION)?;
        Ok((Subject { name, address, server: Some(server), client, fixtures }, start))
    }

    /// Adds the IAM user.
    ///
    /// # Errors
    ///
    /// A call fails.
    pub fn with_user(mut self) -> Result<Subject, Error> {
        self.fixtures = self.fixtures.with_user(&mut self.client)?;
        Ok(self)
    }

    /// The bytes of one signed request.
    ///
    /// # Errors
    ///
    /// There is no IAM user.
    pub fn request(&self, operation: Workload, caller: Signer) -> Result<Vec<u8>, Error> {
        Ok(self.fixtures.call(operation).request(&self.address, REGION, &self.key(caller)?))
    }

    /// The requests of a load. Signatures are valid for minutes, so a request is signed once and sent again and again: the
    /// client's own work must not hide the server's. PutSecretValue is signed each time, because each needs a new token.
    ///
    /// # Errors
    ///
    /// There is no IAM user.
    pub fn requests(&self, operation: Workload, caller: Signer) -> Result<Requests, Error> {
        if operation != Workload::PutSecretValue {
            let request: Arc<[u8]> = self.request(operation, caller)?.into();
            return Ok(Arc::new(move |_, _| request.clone()));
        }
        let (fixtures, address, key) = (self.fixtures.clone(), self.address.clone(), self.key(caller)?);
        Ok(Arc::new(move |_, _| fixtures.call(operation).request(&address, REGION, &key).into()))
    }

    /// The requests of the same load for the floor, which answers as many bytes.
    ///
    /// # Errors
    ///
    /// The call fails.
    pub fn requests_for_floor(&mut self, operation: Workload) -> Result<Requests, Error> {
        let request = self.request(operation, Signer::Root)?;
        let answer = self.client.exchange(&request)?;
        let request: Arc<[u8]> = floor::request(&request, answer.len()).into();
        Ok(Arc::new(move |_, _| request.clone()))
    }

    /// The processor time that the server has used; zero for a server that this process did not start.
    ///
    /// # Errors
    ///
    /// The process is gone.
    pub fn cpu(&self) -> Result<Duration, Error> {
        self.server.as_ref().map_or(Ok(Duration::ZERO), ServerProcess::cpu)
    }

    fn key(&self, caller: Signer) -> Result<AccessKey, Error> {
        match caller {
            Signer::Root => Ok(AccessKey::root()),
            Signer::User => self.fixtures.user.clone().ok_or_else(|| unexpected("the IAM user was not made")),
        }
    }
}
