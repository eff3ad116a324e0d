#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use tokio::time::Instant;

use hyper::Response;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;

const HOST: &str = "proxy.test";
const HOST_HEADER: &str = "host";
/// Enough for a busy machine.
const LONG: Duration = Duration::from_secs(20);

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A TLS server that answers each request with its path, its `x-amz-date` and its body.
async fn tls_server(authority: &CertifiedIssuer<'_, KeyPair>, name: &str, alpn: &[&str]) -> SocketAddr {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    let (listener, acceptor) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), TlsAcceptor::from(Arc::new(config)));
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let Ok(stream) = acceptor.accept(socket).await else { continue };
            let echo = service_fn(|request: Request<hyper::body::Incoming>| async move {
                let date = request.headers()["x-amz-date"].to_str().unwrap().to_owned();
                let host = request.uri().authority().map(ToString::to_string);
                let host = host.unwrap_or_else(|| request.headers()[HOST_HEADER].to_str().unwrap().to_owned());
                let head = format!("{:?} {host}{} {date} ", request.version(), request.uri().path());
                let body = request.into_body().collect().await?.to_bytes();
                Ok::<_, hyper::Error>(Response::new(Full::new(Bytes::from([head.as_bytes(), &body].concat()))))
            });
            tokio::spawn(async move {
                let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), echo).await;
            });
        }
    });
    address
}

/// A server without TLS that reads a little and then sends these bytes.
async fn plain_server(answer: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                let _ = socket.read(&mut [0; 4096]).await;
                let _ = socket.write_all(&answer).await;
            });
        }
    });
    address
}

fn request(url: &str) -> OutboundRequest {
    let headers = vec![("x-amz-date", Sensitive::new("now".to_owned()))];
    OutboundRequest {
        method: OutboundMethod::Post,
        reach: Reach::Listed,
        url: url.to_owned(),
        headers,
        body: Sensitive::new(b"body".to_vec()),
    }
}

/// The client for a server at an address, under the name of the tests.
fn client(roots: Option<&CertifiedIssuer<'_, KeyPair>>, address: SocketAddr) -> HttpsClient {
    let settings = Settings { roots: roots.map(|ca| ca.pem().into_bytes()), time: LONG, ..Settings::default() };
    HttpsClient::with_names(settings, Names::with([(HOST.to_owned(), address)].into(), Addresses::Any)).unwrap()
}

fn plain_client(address: SocketAddr) -> HttpsClient {
    HttpsClient::new(Settings { plain: vec![(HOST.to_owned(), address)], time: LONG, ..Settings::default() }).unwrap()
}

async fn failure(client: &HttpsClient) -> OutboundFailure {
    client.send(request("https://proxy.test/health")).await.unwrap_err()
}

#[tokio::test]
async fn requests_are_sent_over_tls_with_both_versions_of_http() {
    let authority = authority();
    for (alpn, version) in [(&["http/1.1"][..], "HTTP/1.1"), (&["h2", "http/1.1"], "HTTP/2.0"), (&[], "HTTP/1.1")] {
        let client = client(Some(&authority), tls_server(&authority, HOST, alpn).await);
        for _ in 0..3 {
            let answer = client.send(request("https://proxy.test/a/b")).await.unwrap();
            let text = String::from_utf8(answer.body.expose().clone()).unwrap();
            assert_eq!((answer.status, text), (200, format!("{version} proxy.test/a/b now body")));
        }
    }
}

#[tokio::test]
async fn certificates_of_other_names_and_other_authorities_are_refused() {
    let (ours, theirs) = (authority(), authority());
    let other_name = tls_server(&ours, "other.test", &[]).await;
    assert_eq!(failure(&client(Some(&ours), other_name)).await, OutboundFailure::Tls);
    let other_authority = tls_server(&theirs, HOST, &[]).await;
    assert_eq!(failure(&client(Some(&ours), other_authority)).await, OutboundFailure::Tls);
    assert_eq!(failure(&client(None, other_authority)).await, OutboundFailure::Tls);
    let no_tls = plain_server(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()).await;
    assert_eq!(failure(&client(Some(&ours), no_tls)).await, OutboundFailure::Tls);
}

#[tokio::test]
async fn answers_of_any_status_are_handed_over_and_what_is_none_is_not() {
    let answers = |text: &str| plain_server(text.as_bytes().to_vec());
    let denied = plain_client(answers("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\n{}").await);
    let answer = denied.send(request("https://proxy.test/health")).await.unwrap();
    assert_eq!((answer.status, answer.body.expose().as_slice()), (403, &b"{}"[..]));
    let moved = plain_client(answers("HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 0\r\n\r\n").await);
    assert_eq!(moved.send(request("https://proxy.test/health")).await.unwrap().status, 302);
    for garbled in ["SMTP\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 70000\r\n\r\n"] {
        assert_eq!(failure(&plain_client(answers(garbled).await)).await, OutboundFailure::Garbled, "{garbled}");
    }
    let long = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(70_000));
    assert_eq!(failure(&plain_client(answers(&long).await)).await, OutboundFailure::Garbled);
    for cut in ["", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nx"] {
        assert_eq!(failure(&plain_client(answers(cut).await)).await, OutboundFailure::Unreachable, "{cut}");
    }
}

#[tokio::test]
async fn no_request_takes_longer_than_its_time() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let plain = vec![(HOST.to_owned(), silent.local_addr().unwrap())];
    let client = HttpsClient::new(Settings { plain, ..Settings::default() }).unwrap();
    let begin = Instant::now();
    assert_eq!(failure(&client).await, OutboundFailure::TimedOut);
    assert!((TIME_MAX..TIME_MAX * 8).contains(&begin.elapsed()), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_closed_port_and_an_unknown_name_are_unreachable() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(failure(&plain_client(closed)).await, OutboundFailure::Unreachable);
    let answer = plain_client(closed).send(request("https://no-such-name.invalid/")).await;
    assert!(matches!(answer, Err(OutboundFailure::Unreachable | OutboundFailure::TimedOut)), "{answer:?}");
}

#[tokio::test]
async fn other_urls_are_not_called() {
    let server = plain_server(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
    let client = plain_client(server);
    assert!(client.send(request("https://proxy.test/health")).await.is_ok());
    for url in [
        format!("http://{server}/"),
        format!("https://{server}/"),
        "http://proxy.test/".to_owned(),
        "https://proxy.test".to_owned(),
        "https://a@proxy.test/".to_owned(),
        "ftp://proxy.test/".to_owned(),
        String::new(),
    ] {
        assert_eq!(client.send(request(&url)).await.unwrap_err(), OutboundFailure::Unreachable, "{url}");
    }
}

#[test]
fn settings_that_would_send_in_the_clear_or_trust_no_one_are_refused() {
    let plain = |address: &str| {
        HttpsClient::new(Settings { plain: vec![(HOST.to_owned(), address.parse().unwrap())], ..Settings::default() })
    };
    assert!(plain("127.0.0.1:1").is_ok() && plain("[::1]:1").is_ok());
    for address in ["10.0.0.1:80", "0.0.0.0:80", "[::]:80", "192.168.1.1:443"] {
        assert!(matches!(plain(address), Err(SettingsError::NotLoopback(_))), "{address}");
    }
    for roots in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let settings = Settings { roots: Some(roots.as_bytes().to_vec()), ..Settings::default() };
        assert!(matches!(HttpsClient::new(settings), Err(SettingsError::Roots(_))), "{roots}");
    }
}

#[tokio::test]
async fn ports_answer_headers_and_longer_answers_are_a_matter_of_settings() {
    let authority = authority();
    let address = tls_server(&authority, "localhost", &[]).await;
    let url = format!("https://localhost:{}/a", address.port());
    let settings = Settings { roots: Some(authority.pem().into_bytes()), time: LONG, ..Settings::default() };
    let refused = HttpsClient::new(settings.clone()).unwrap().send(request(&url)).await;
    assert_eq!(refused.unwrap_err(), OutboundFailure::Unreachable);
    let client = HttpsClient::new(Settings { ports: true, ..settings.clone() }).unwrap();
    assert_eq!(client.send(request(&url)).await.unwrap().status, 200);
    assert_eq!(client.send(request("https://a@localhost/")).await.unwrap_err(), OutboundFailure::Unreachable);

    let long = format!("HTTP/1.1 200 OK\r\nx-error: Unhandled\r\n\r\n{}", "x".repeat(70_000));
    let plain = vec![(HOST.to_owned(), plain_server(long.into_bytes()).await)];
    let client =
        HttpsClient::new(Settings { plain, answer_bytes: 100_000, time: LONG, ..Settings::default() }).unwrap();
    let (answer, headers) = client.send_for_headers(request("https://proxy.test/")).await.unwrap();
    assert_eq!((answer.body.expose().len(), headers["x-error"].to_str().unwrap()), (70_000, "Unhandled"));
}
