//! Runs the functions that ARNs are bound to.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use claviger_types::{Clock, RotationCall, RotationFailure, RotationFunctions};
use tokio::runtime::Runtime;

use crate::binding::{Binding, BindingError, Bindings};
use crate::built_in::{self, AlternatingUsers, Connector, MySql, Postgres, RandomPassword, RotatedSystem, SingleUser};
use crate::command::{self, ProgramSettings};
use crate::failure_text::Reported;
use crate::secrets_api::EndpointApi;
use crate::target::{self, BindingTargetError, BuiltIn, HttpTarget, Target};
use crate::{config, http, python};

/// Where the bindings of a server come from.
#[derive(Debug, Clone, Default)]
pub struct BindingSources {
    /// `ARN-OR-PATTERN=TARGET`, from the command line. They come first.
    pub texts: Vec<String>,
    /// The JSON file.
    pub file: Option<PathBuf>,
    /// The server's `PATH`, `HOME` and `LANG`, as far as they are set. Programs get these and no other variable of the server.
    pub inherited: Vec<(String, String)>,
    /// The words of a command that runs [`guard_process_group`](crate::guard_process_group) on its standard input. It leads the process
    /// group of each program.
    pub guard: Vec<String>,
}

/// Where the server listens.
struct Endpoint {
    url: String,
    target: HttpTarget,
}

/// The functions of a server.
pub struct RotationBindings {
    bindings: Bindings,
    inherited: Vec<(String, String)>,
    guard: Vec<String>,
    endpoint: OnceLock<Endpoint>,
    clock: Arc<dyn Clock>,
}

impl RotationBindings {
    /// Reads the bindings, the file, and the files that it names.
    ///
    /// # Errors
    ///
    /// See [`BindingError`].
    pub fn load(sources: BindingSources, clock: Arc<dyn Clock>) -> Result<RotationBindings, BindingError> {
        let mut list = sources.texts.iter().map(|text| Binding::parse(text)).collect::<Result<Vec<_>, _>>()?;
        if let Some(file) = &sources.file {
            list.extend(config::read(file)?);
        }
        let bindings = Bindings::new(list)?;
        let BindingSources { inherited, guard, .. } = sources;
        Ok(RotationBindings { bindings, inherited, guard, endpoint: OnceLock::new(), clock })
    }

    /// Tells the functions where the server listens, such as `http://127.0.0.1:4566`. The first call counts. No function runs before.
    ///
    /// # Errors
    ///
    /// [`BindingTargetError`] for a URL that is neither https nor an address of this machine.
    pub fn set_endpoint(&self, url: &str) -> Result<(), BindingTargetError> {
        let url = url.trim_end_matches('/').to_owned();
        let target = target::http(&url)?;
        let _ = self.endpoint.set(Endpoint { url, target });
        Ok(())
    }

    fn run(
        &self,
        binding: &Binding,
        runtime: &Runtime,
        endpoint: &Endpoint,
        call: &RotationCall,
    ) -> Result<(), RotationFailure> {
        let Endpoint { url, target } = endpoint;
        let options = &binding.options;
        let api = EndpointApi { endpoint: target, clock: &*self.clock, runtime };
        let settings = ProgramSettings { endpoint: url, inherited: &self.inherited, guard: &self.guard };
        let shown = |outcome: Result<(), Reported>| outcome.map_err(|reported| reported.shown(&api, call));
        match &binding.target {
            Target::Command(words) => shown(runtime.block_on(command::run(words, options, &settings, call))),
            Target::Python { path, handler } => {
                let words = python::command(path, handler, &call.function_arn, options);
                shown(runtime.block_on(command::run(&words, options, &settings, call)))
            }
            Target::Http(to) => shown(runtime.block_on(http::invoke(to, options, url, self.clock.now(), call))),
            Target::BuiltIn(built_in) => {
                let connector = Connector { runtime, roots: options.roots.as_deref(), stop: &call.stop };
                let system: Box<dyn RotatedSystem + '_> = match built_in {
                    BuiltIn::RandomPassword => Box::new(RandomPassword),
                    BuiltIn::PostgresSingleUser => Box::new(SingleUser(Postgres(connector))),
                    BuiltIn::PostgresAlternatingUsers => Box::new(AlternatingUsers(Postgres(connector))),
                    BuiltIn::MySqlSingleUser => Box::new(SingleUser(MySql(connector))),
                    BuiltIn::MySqlAlternatingUsers => Box::new(AlternatingUsers(MySql(connector))),
                };
                built_in::run(&*system, &api, &options.passwords, call)
            }
        }
    }
}

impl RotationFunctions for RotationBindings {
    fn is_bound(&self, function_arn: &str) -> bool {
        self.bindings.find(function_arn).is_some()
    }

    fn role(&self, function_arn: &str) -> Option<String> {
        self.bindings.find(function_arn)?.options.role.clone()
    }

    /// Call it from a thread of its own, and not from a task of an async runtime, which it would block.
    fn invoke(&self, call: &RotationCall) -> Result<(), RotationFailure> {
        let binding = self.bindings.find(&call.function_arn).ok_or(RotationFailure::Unbound)?;
        let Some(endpoint) = self.endpoint.get() else {
            return Err(RotationFailure::Unreachable("the server does not listen yet".to_owned()));
        };
        // Rotations are rare, so each step has a runtime of its own, which ends with it.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| RotationFailure::Unreachable(error.to_string()))?;
        let outcome = self.run(binding, &runtime, endpoint, call);
        // A look-up of a name may still hold a thread.
        runtime.shutdown_background();
        outcome
    }
}
