//! The admin endpoint of dev mode: requests under `/_claviger/` on the API's own listener, for the process that owns the regions.
//!
//! They are not signed, so a web page must not be able to send them. Every request needs a header of its own, for which a browser
//! asks by a preflight that is never granted, and a `Host` of this machine: a page whose name was made to lead to a loopback
//! address sends its own name there.

use std::net::{Ipv4Addr, Ipv6Addr};

use claviger_service::wire::{RawRequest, RawResponse};
use tokio::sync::{mpsc, oneshot};

use crate::plain_answer::plain;

/// The beginning of the paths.
const PREFIX: &str = "/_claviger/";

/// The header that every request has to have, with the value `1`.
const HEADER: &str = "x-claviger-admin";

/// The most bytes of a request's body.
pub(crate) const BODY_BYTES_MAX: usize = 4096;

/// Requests that wait for their turn.
const WAITING_MAX: usize = 16;

/// A request that passed the checks, for the process to answer.
#[derive(Debug)]
pub struct LocalAdminCall {
    /// `GET` or `POST`.
    pub method: String,
    /// The path after `/_claviger/`.
    pub command: String,
    /// The body.
    pub body: Vec<u8>,
    answer: oneshot::Sender<(u16, String)>,
}

impl LocalAdminCall {
    /// Answers with a status and JSON. A caller that is gone is no failure.
    pub fn answer(self, status: u16, json: String) {
        let _ = self.answer.send((status, json));
    }
}

/// The way of such requests from the listeners to the process.
#[derive(Debug, Clone)]
pub struct LocalAdmin(mpsc::Sender<LocalAdminCall>);

impl LocalAdmin {
    /// A way, and its end.
    pub fn channel() -> (LocalAdmin, mpsc::Receiver<LocalAdminCall>) {
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        (LocalAdmin(sender), receiver)
    }

    pub(crate) async fn answer(&self, request: &RawRequest) -> RawResponse {
        if !host_is_local(request.header("host").unwrap_or_default()) {
            return failure(
                403,
                "the request was not made to this machine",
                "its Host is neither localhost nor a loopback address",
            );
        }
        if request.header(HEADER) != Some("1") {
            return failure(
                403,
                "the request was not made by an admin's tool",
                "it lacks the header x-claviger-admin: 1",
            );
        }
        if !matches!(request.method.as_str(), "GET" | "POST") {
            return failure(405, "the command was not done", "only GET and POST are taken");
        }
        let (answer, answered) = oneshot::channel();
        let call = LocalAdminCall {
            method: request.method.clone(),
            command: request.path.get(PREFIX.len()..).unwrap_or_default().to_owned(),
            body: request.body.to_vec(),
            answer,
        };
        if self.0.send(call).await.is_ok()
            && let Ok((status, json)) = answered.await
        {
            return plain(status, "application/json", json);
        }
        failure(503, "the command was not done", "the process is ending")
    }
}

/// Whether the path of a request is one of the admin endpoint's.
pub(crate) fn is_admin(request: &RawRequest) -> bool {
    request.path.starts_with(PREFIX)
}

/// None of the texts holds a character that JSON would have to escape.
fn failure(status: u16, what: &str, why: &str) -> RawResponse {
    plain(status, "application/json", format!("{{\"what\":\"{what}\",\"why\":\"{why}\"}}"))
}

/// Whether a `Host` is `localhost` or a loopback address, with or without a port.
fn host_is_local(host: &str) -> bool {
    if let Some((address, port)) = host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return is_port(port) && address.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback());
    }
    let (name, port) = host.split_at(host.find(':').unwrap_or(host.len()));
    is_port(port)
        && (name.eq_ignore_ascii_case("localhost")
            || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback()))
}

/// Nothing, or a colon and digits.
fn is_port(text: &str) -> bool {
    text.strip_prefix(':').map_or(text.is_empty(), |digits| digits.parse::<u16>().is_ok())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_this_machine() {
        for local in ["localhost", "LOCALHOST:4599", "127.0.0.1", "127.8.9.1:80", "[::1]", "[::1]:4599"] {
            assert!(host_is_local(local), "{local}");
        }
        for foreign in [
            "",
            "example.com",
            "localhost.example.com",
            "127.0.0.1.example.com",
            "127.0.0.1:80.example.com",
            "10.0.0.1",
            "0.0.0.0:4599",
            "[::2]",
            "[::1]x",
            "evil@localhost",
            "localhost:x",
        ] {
            assert!(!host_is_local(foreign), "{foreign}");
        }
    }

    fn request(headers: &[(&str, &str)]) -> RawRequest {
        RawRequest {
            method: "POST".to_owned(),
            path: "/_claviger/link/heal".to_owned(),
            query: String::new(),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect(),
            body: b"{}".to_vec().into(),
            id: String::new(),
            peer: None,
            secure: false,
        }
    }

    #[tokio::test]
    async fn only_checked_requests_get_through() {
        let (admin, mut calls) = LocalAdmin::channel();
        let (host, header) = (("host", "127.0.0.1:4599"), (HEADER, "1"));
        for refused in [&[host][..], &[header], &[("host", "evil.example"), header], &[host, (HEADER, "0")]] {
            assert_eq!(admin.answer(&request(refused)).await.status, 403, "{refused:?}");
        }
        assert!(calls.try_recv().is_err());
        let answering = tokio::spawn(async move { admin.answer(&request(&[host, header])).await });
        let call = calls.recv().await.unwrap();
        assert_eq!(
            (call.method.as_str(), call.command.as_str(), call.body.as_slice()),
            ("POST", "link/heal", &b"{}"[..])
        );
        call.answer(200, "[]".to_owned());
        let answer = answering.await.unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (200, &b"[]"[..]));
    }

    #[tokio::test]
    async fn a_process_that_ends_says_so() {
        let (admin, calls) = LocalAdmin::channel();
        drop(calls);
        assert_eq!(admin.answer(&request(&[("host", "localhost"), (HEADER, "1")])).await.status, 503);
    }
}
