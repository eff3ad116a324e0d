//! What the tests of database functions share.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use claviger_types::{RotationFailure, RotationStep};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::json;

use crate::kit::TOKEN;
use crate::secrets::{Secrets, bound_to};

pub(crate) const MASTER: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:master-AbCdEf";
pub(crate) const SECOND: &str = "22222222-2222-4333-8444-555555555555";

/// Says on the error output why a test does not run. It is the process's own, which `cargo test` does not hold back. Of the tests that pass,
/// `.config/nextest.toml` names those whose output cargo-nextest shows.
pub(crate) fn say_skipped(why: &str) {
    std::io::stderr().write_all(format!("SKIPPED: {why}\n").as_bytes()).unwrap();
}

/// The failure of a step.
pub(crate) fn refusal(secrets: &Secrets, target: &str, step: RotationStep) -> String {
    match secrets.step(&bound_to(secrets, target, &json!({})), step, TOKEN) {
        Err(RotationFailure::Failed(why)) => why,
        other => panic!("{other:?}"),
    }
}

/// The files of a server's certificate for the name `localhost`, and of its authority.
pub(crate) fn certificates(folder: &Path) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    fs::write(folder.join("authority.pem"), authority.pem()).unwrap();
    fs::write(folder.join("server.pem"), certificate.pem()).unwrap();
    fs::write(folder.join("server.key"), key.serialize_pem()).unwrap();
    // PostgreSQL refuses a key that others can read.
    let private = Command::new("chmod").arg("600").arg(folder.join("server.key")).status().unwrap();
    assert!(private.success());
}

/// Passes connections on. The first one with one of the statements `changes` is cut when the server's answer has `done`, and the client does
/// not get that. An answer to an earlier statement may still be on its way, so `done` is what only the change's own answer has.
pub(crate) fn cutting_proxy(to: u16, changes: Vec<&'static str>, done: &'static [u8], breaks: Arc<AtomicBool>) -> u16 {
    let has = |bytes: &[u8], text: &[u8]| bytes.windows(text.len()).any(|of| of == text);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(("127.0.0.1", to)).unwrap();
            let cut = Arc::new(AtomicBool::new(false));
            let (breaks, cut_here, changes) = (Arc::clone(&breaks), Arc::clone(&cut), changes.clone());
            let (from, into) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || {
                pass(from, into, |bytes| {
                    let found = changes.iter().any(|text| has(bytes, text.as_bytes()));
                    if found && breaks.swap(false, Ordering::SeqCst) {
                        cut_here.store(true, Ordering::SeqCst);
                    }
                    true
                });
            });
            std::thread::spawn(move || pass(server, client, |bytes| !(cut.load(Ordering::SeqCst) && has(bytes, done))));
        }
    });
    port
}

fn pass(mut from: TcpStream, mut into: TcpStream, mut passes: impl FnMut(&[u8]) -> bool) {
    let mut buffer = [0; 65_536];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        if !passes(&buffer[..read]) || into.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), into.shutdown(Shutdown::Both));
}
