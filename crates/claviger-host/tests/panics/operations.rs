//! Operations that panic, called over HTTP with real signatures.

use std::io::Write;
use std::net::Ipv4Addr;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::entry::OperationEntry;
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::service::{ServiceDefinition, Services};
use claviger_host::{Cluster, Listen};
use claviger_model::{Service, iam, kms, secretsmanager, sts};
use claviger_types::panics;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::setting::{HOME, config, region, sign_as_root};

/// The text of the panics. It must not be in a log or an answer.
const SECRET: &str = "correct horse battery staple";

macro_rules! operation {
    ($name:ident, $action:literal, $input:ty, $run:expr) => {
        struct $name;

        impl Operation for $name {
            const ACTION: &'static str = $action;
            const READ_ONLY: bool = true;
            type Input = $input;
            type Output = ();
            type Target = ();

            fn resolve(_: &Self::Input, _: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
                Ok(Resolved::open(()))
            }

            fn run(_: Self::Input, _: Authorized<()>, _: &mut RunCx<'_, '_>) -> Result<(), Error> {
                $run
            }
        }
    };
}

fn panic_with_a_secret() -> Result<(), Error> {
    let text = SECRET.to_owned();
    panic!("the plaintext is {text}")
}

operation!(ListKeys, "kms:ListKeys", kms::ListKeysRequest, panic_with_a_secret());
operation!(ListAliases, "kms:ListAliases", kms::ListAliasesRequest, Ok(()));
operation!(ListSecrets, "secretsmanager:ListSecrets", secretsmanager::ListSecretsRequest, panic_with_a_secret());
operation!(GetCallerIdentity, "sts:GetCallerIdentity", sts::GetCallerIdentityRequest, panic_with_a_secret());
operation!(ListUsers, "iam:ListUsers", iam::ListUsersRequest, panic_with_a_secret());

const fn definition(model: &'static Service, table: &'static [OperationEntry]) -> ServiceDefinition {
    ServiceDefinition { model, table, window_secs: 300, presigned_secs: None, quota_of: None }
}

static PANICKING: Services = Services(&[
    definition(&kms::SERVICE, &[OperationEntry::of::<ListKeys>(), OperationEntry::of::<ListAliases>()]),
    definition(&secretsmanager::SERVICE, &[OperationEntry::of::<ListSecrets>()]),
    definition(&sts::SERVICE, &[OperationEntry::of::<GetCallerIdentity>()]),
    definition(&iam::SERVICE, &[OperationEntry::of::<ListUsers>()]),
]);

/// The log's bytes.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A signed call on a connection: status, request id, body.
async fn call(sender: &mut SendRequest<Full<Bytes>>, service: &str, operation: &str) -> (u16, String, String) {
    let target = match service {
        "kms" => Some(format!("TrentService.{operation}")),
        "secretsmanager" => Some(format!("secretsmanager.{operation}")),
        _ => None,
    };
    let version = if service == "iam" { "2010-05-08" } else { "2011-06-15" };
    let (content_type, body) = match target {
        Some(_) => ("application/x-amz-json-1.1", "{}".to_owned()),
        None => ("application/x-www-form-urlencoded", format!("Action={operation}&Version={version}")),
    };
    let mut headers = vec![("content-type", content_type)];
    headers.extend(target.as_deref().map(|target| ("x-amz-target", target)));
    let mut request = Request::post("/");
    for (name, value) in sign_as_root(HOME, service, &headers, &body) {
        request = request.header(name, value);
    }
    sender.ready().await.unwrap();
    let answer = sender.send_request(request.body(Full::from(body)).unwrap()).await.unwrap();
    let (status, id) = (answer.status().as_u16(), answer.headers()["x-amzn-requestid"].to_str().unwrap().to_owned());
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, id, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_of_an_operation_ends_its_request_alone() {
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(|| Log).finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let mut config = config(None, Listen::Shared((Ipv4Addr::LOCALHOST, 0).into()));
    config.services = PANICKING;
    let cluster = Cluster::start(config).await.unwrap();
    let stream = TcpStream::connect(cluster.address().unwrap()).await.unwrap();
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);

    // The hook replaces the one that prints the cause of a failed test, so it is removed before the checks.
    let standard = std::panic::take_hook();
    panics::set_hook(|report| {
        tracing::error!(panic = %report, "a thread panicked");
    });
    let cases = [
        ("kms", "ListKeys", 500, "KMSInternalException"),
        ("kms", "ListAliases", 200, ""),
        ("secretsmanager", "ListSecrets", 500, "InternalServiceError"),
        ("sts", "GetCallerIdentity", 500, "<Code>InternalFailure</Code>"),
        ("iam", "ListUsers", 500, "<Code>ServiceFailure</Code>"),
        ("kms", "ListAliases", 200, ""),
    ];
    let mut answers = Vec::new();
    for (service, operation, status, code) in cases {
        answers.push((status, code, call(&mut sender, service, operation).await));
    }
    std::panic::set_hook(standard);

    let mut panics = 0;
    let log = String::from_utf8(LOG.lock().unwrap().clone()).unwrap();
    for (status, code, (found, id, body)) in answers {
        assert_eq!(found, status, "{body}");
        assert!(body.contains(code), "{code} is not in {body}");
        let line = log.lines().find(|line| line.contains(&id));
        assert_eq!(line.is_some_and(|line| line.contains("ERROR") && line.contains("operations.rs:")), status == 500);
        if status == 500 {
            panics += 1;
            assert!(line.is_some_and(|line| line.contains(&format!("panics={panics}"))), "{line:?}");
        }
        assert!(!body.contains(SECRET), "{body}");
    }
    assert!(!log.contains(SECRET), "{log}");
    let node = cluster.node(&region(HOME)).unwrap();
    assert_eq!((node.panics(), node.failure()), (panics, None));
    assert_eq!(panics, 4);
    cluster.stop().await;
}
