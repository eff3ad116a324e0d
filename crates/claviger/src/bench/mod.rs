//! `claviger bench`: throughput and latency on this machine, beside the floor.

mod in_process;

use claviger_bench::{Error, ServerProcess, Subject, serve_floor, short};

use crate::cli::BenchOptions;
use crate::failure::Failure;
use crate::output;

/// The servers that are measured are processes of their own, from this program's file, so that their processor time can be told
/// from that of the load.
pub(crate) fn run(options: &BenchOptions) -> Result<(), Failure> {
    if options.serve_floor {
        return serve_floor(print).map_err(failed);
    }
    if options.threads {
        return in_process::run(&mut print);
    }
    let binary =
        std::env::current_exe().map_err(|error| Failure::new("cannot find the file of this program", error))?;
    let mut subject = match &options.endpoint {
        Some(endpoint) => Subject::at("the endpoint", address(endpoint)?).map_err(failed)?,
        None => Subject::in_memory(&binary).map_err(failed)?,
    };
    let floor = ServerProcess::start(&[&binary.to_string_lossy(), "bench", "--serve-floor"]).map_err(failed)?;
    let measured = short::run(&mut subject, &floor, &mut print);
    let deleted = subject.fixtures.delete(&mut subject.client);
    measured.and(deleted).map_err(failed)
}

fn print(text: &str) -> Result<(), Error> {
    output::line(text).map_err(|failure| Error::Unexpected(failure.to_string()))
}

fn failed(error: Error) -> Failure {
    Failure::new("the measurement failed", error)
}

/// The host and port of an endpoint. The load speaks plain HTTP.
fn address(endpoint: &str) -> Result<&str, Failure> {
    let address = endpoint.strip_prefix("http://").map(|rest| rest.trim_end_matches('/'));
    let address = address.filter(|address| address.contains(':') && !address.contains('/'));
    let next = "claviger bench --endpoint http://127.0.0.1:4599";
    address.ok_or_else(|| Failure::usage(format!("cannot measure {endpoint}"), "it is not http://HOST:PORT").then(next))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::address;

    #[test]
    fn an_endpoint_is_a_host_and_a_port() {
        assert_eq!(address("http://127.0.0.1:4599/").unwrap(), "127.0.0.1:4599");
        assert_eq!(address("http://[::1]:1").unwrap(), "[::1]:1");
        for bad in ["https://127.0.0.1:4599", "http://localhost", "http://localhost:1/path"] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }
}
