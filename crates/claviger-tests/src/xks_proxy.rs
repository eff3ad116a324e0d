//! A proxy of an external key store: the public protocol over a real socket, with signatures that are verified.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use claviger_crypto::sha256;
use claviger_sigv4::{Expect, Parts, SigningKeys, check, claim, verify};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::sleep;

use crate::time::BEGIN;

/// The name under which regions reach the proxy.
pub const XKS_HOST: &str = "xks.test";
/// The id of its credentials.
pub const XKS_KEY_ID: &str = "ABCDEFGHIJKLMNOPQRST";
/// Their secret.
pub const XKS_SECRET: &str = "c2VjcmV0IG9mIHRoZSBwcm94eSwgNDMgbGV0dGVycyE=";

/// The way in which a proxy answers.
#[derive(Debug, Clone)]
pub enum Manner {
    /// By the protocol.
    Well,
    /// By the protocol, after a while.
    Slowly(Duration),
    /// With this status and body, whatever the request is.
    With(u16, String),
    /// By the protocol, but encryptions and decryptions have one wrong bit. The hash over an encryption covers it.
    WithAWrongBit,
}

impl Manner {
    /// With an error of the protocol.
    pub fn error(status: u16, name: &str) -> Manner {
        Manner::With(status, json!({"errorName": name, "errorMessage": "a text of the proxy"}).to_string())
    }
}

/// A running proxy. It has the keys `key-1` to `key-99`, `disabled` and `aes-128`.
pub struct XksProxy {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

struct State {
    manner: Manner,
    /// The paths and bodies of the requests whose signatures were right.
    seen: Vec<(String, Value)>,
    refused: usize,
}

impl XksProxy {
    /// Starts one on a free port of the loopback.
    pub async fn start() -> XksProxy {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let state = Arc::new(Mutex::new(State { manner: Manner::Well, seen: Vec::new(), refused: 0 }));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                let service = service_fn(move |request| answer(request, Arc::clone(&state)));
                tokio::spawn(async move {
                    // A client that hangs up is no fault of the test.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(socket), service)
                        .await;
                });
            }
        });
        XksProxy { address, state }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How it answers from now on.
    pub fn answer(&self, manner: Manner) {
        lock(&self.state).manner = manner;
    }

    /// Takes the paths and bodies of the requests since the last call.
    pub fn take_seen(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut lock(&self.state).seen)
    }

    /// How many requests had a wrong signature.
    pub fn refused(&self) -> usize {
        lock(&self.state).refused
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(request: Request<Incoming>, state: Arc<Mutex<State>>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let path = head.uri.path().to_owned();
    let headers: Vec<(String, Vec<u8>)> =
        head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())).collect();
    let parts = Parts { method: head.method.as_str(), path: &path, query: "", headers: &headers, body: &body };
    let is_signed = is_signed(&parts);
    let manner = {
        let mut state = lock(&state);
        let body = serde_json::from_slice(&body).unwrap_or_default();
        if is_signed {
            state.seen.push((path.clone(), body))
        } else {
            state.refused += 1
        }
        state.manner.clone()
    };
    if let Manner::Slowly(time) = manner {
        sleep(time).await;
    }
    let (status, body) = match manner {
        Manner::With(status, body) => (status, body),
        _ if !is_signed => (401, json!({"errorName": "AuthenticationFailedException"}).to_string()),
        Manner::WithAWrongBit => reply(&path, &body, 1),
        Manner::Well | Manner::Slowly(_) => reply(&path, &body, 0),
    };
    let answer = Response::builder().status(status).header("content-type", "application/json");
    Ok(answer.body(Full::new(Bytes::from(body))).expect("status and header are valid"))
}

fn is_signed(parts: &Parts<'_>) -> bool {
    let expect = Expect { service: "kms-xks-proxy", now: BEGIN, window_secs: 300, presigned_secs: None, region: None };
    claim(parts).is_ok_and(|claim| {
        let key = SigningKeys::new().derive(XKS_KEY_ID, XKS_SECRET, &claim.date, &claim.region, &claim.service);
        claim.access_key_id == XKS_KEY_ID && check(&claim, &expect).is_ok() && verify(&claim, parts, &key).is_ok()
    })
}

fn error(status: u16, name: &str) -> (u16, String) {
    (status, json!({ "errorName": name }).to_string())
}

fn reply(path: &str, body: &[u8], flip: u8) -> (u16, String) {
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return error(400, "ValidationException") };
    let Some((_, call)) = path.split_once("/kms/xks/v1/") else { return error(404, "InvalidUriPathException") };
    let answer = match call.split('/').collect::<Vec<_>>().as_slice() {
        ["health"] => health(),
        ["keys", key, _] if !is_known(key) => return error(404, "KeyNotFoundException"),
        ["keys", key, "metadata"] => json!({
            "keySpec": if *key == "aes-128" { "AES_128" } else { "AES_256" },
            "keyUsage": ["ENCRYPT", "DECRYPT", "WRAP"],
            "keyStatus": if *key == "disabled" { "DISABLED" } else { "ENABLED" },
        }),
        ["keys", key, "encrypt"] => encrypted(key, &body, flip),
        ["keys", key, "decrypt"] => match decrypted(key, &body, flip) {
            Some(answer) => answer,
            None => return error(400, "InvalidCiphertextException"),
        },
        _ => return error(404, "InvalidUriPathException"),
    };
    (200, answer.to_string())
}

fn is_known(key: &str) -> bool {
    ["disabled", "aes-128"].contains(&key) || (1..=99).any(|number| key == format!("key-{number}"))
}

fn health() -> Value {
    json!({
        "xksProxyFleetSize": 1, "xksProxyVendor": "Claviger", "xksProxyModel": "test kit", "ekmVendor": "Claviger",
        "ekmFleetDetails": [{"id": "1", "model": "test kit", "healthStatus": "ACTIVE"}],
    })
}

const METADATA: &[u8] = b"version=1";

/// A stream and a tag of SHA-256 in place of AES-GCM: this crate may use no cryptography of its own, and the protocol is what is
/// tested here. The proxy of the tests in Python encrypts with AES-GCM.
fn stream(key: &str, iv: &[u8], text: &[u8]) -> Vec<u8> {
    let block = |number: usize| sha256(&[key.as_bytes(), iv, &number.to_be_bytes()].concat());
    text.chunks(32)
        .enumerate()
        .flat_map(|(n, chunk)| chunk.iter().zip(block(n)).map(|(a, b)| a ^ b).collect::<Vec<_>>())
        .collect()
}

fn tag(key: &str, iv: &[u8], associated: &[u8], ciphertext: &[u8]) -> Vec<u8> {
    sha256(&[key.as_bytes(), iv, &sha256(associated), METADATA, ciphertext].concat())[..16].to_vec()
}

fn bytes(body: &Value, member: &str) -> Vec<u8> {
    STANDARD.decode(body[member].as_str().unwrap_or_default()).unwrap_or_default()
}

fn encrypted(key: &str, body: &Value, flip: u8) -> Value {
    let (plaintext, associated) = (bytes(body, "plaintext"), bytes(body, "additionalAuthenticatedData"));
    let iv = sha256(&plaintext)[..12].to_vec();
    let mut ciphertext = stream(key, &iv, &plaintext);
    let tag = tag(key, &iv, &associated, &ciphertext);
    if let Some(first) = ciphertext.first_mut() {
        *first ^= flip;
    }
    let integrity = sha256(&[&associated[..], METADATA, &iv, &ciphertext, &tag].concat());
    let members: BTreeMap<&str, String> = [
        ("ciphertext", STANDARD.encode(&ciphertext)),
        ("ciphertextMetadata", STANDARD.encode(METADATA)),
        ("initializationVector", STANDARD.encode(&iv)),
        ("authenticationTag", STANDARD.encode(&tag)),
        ("ciphertextDataIntegrityValue", STANDARD.encode(integrity)),
    ]
    .into();
    json!(members)
}

fn decrypted(key: &str, body: &Value, flip: u8) -> Option<Value> {
    let (ciphertext, iv) = (bytes(body, "ciphertext"), bytes(body, "initializationVector"));
    let tag = tag(key, &iv, &bytes(body, "additionalAuthenticatedData"), &ciphertext);
    let is_genuine = tag == bytes(body, "authenticationTag") && bytes(body, "ciphertextMetadata") == METADATA;
    let mut plaintext = stream(key, &iv, &ciphertext);
    if let Some(last) = plaintext.last_mut() {
        *last ^= flip;
    }
    is_genuine.then(|| json!({"plaintext": STANDARD.encode(plaintext)}))
}
