//! Properties of every request: a signed one is accepted, a changed one is not, and no bytes make the reader panic.

use claviger_sigv4::{Credentials, Expect, check, claim, presign, sign, verify, verify_unknown_key};
use claviger_types::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::{Request, accept, time};

const SECRET: &str = "a secret of no fixed length";

fn now() -> Timestamp {
    time("20261124T150405Z")
}

fn expect() -> Expect<'static> {
    Expect { service: "kms", now: now(), window_secs: 300, presigned_secs: None, region: Some("eu-west-1") }
}

fn signed(mut request: Request, token: Option<&str>) -> Request {
    let credentials = Credentials { access_key_id: "AKIDEXAMPLE", secret_access_key: SECRET, session_token: token };
    for (name, value) in sign(&request.parts(), &credentials, "eu-west-1", "kms", now()) {
        request = request.with(&name, &value);
    }
    request
}

fn presigned(request: Request, token: Option<&str>) -> Request {
    let credentials = Credentials { access_key_id: "AKIDEXAMPLE", secret_access_key: SECRET, session_token: token };
    let query = presign(&request.parts(), &credentials, "eu-west-1", "kms", now(), 300);
    Request { query, ..request }
}

/// Bytes that may stand in a header: all but control characters.
fn header_value() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>().prop_filter("not a control character", |b| !b.is_ascii_control() || *b == b'\t'), 0..24)
}

/// Any pairs of bytes, fully escaped, or loose text without escapes.
fn raw_query() -> impl Strategy<Value = String> {
    let escaped = |bytes: Vec<u8>| bytes.iter().map(|b| format!("%{b:02x}")).collect::<String>();
    let pair = (vec(any::<u8>(), 0..6), vec(any::<u8>(), 0..6));
    let pair = pair.prop_map(move |(name, value)| format!("{}={}", escaped(name), escaped(value)));
    prop_oneof![vec(pair, 0..5).prop_map(|pairs| pairs.join("&")), "[a-zA-Z0-9+.&=~_/é-]{0,40}"]
}

fn unsigned() -> impl Strategy<Value = Request> {
    let path = prop_oneof![Just(String::new()), "/([a-z.~;=@ é]{0,4}(%[0-9a-fA-F]{2})?/?){0,5}"];
    let extra = vec(("x-amz-[a-c]{1,2}", header_value()), 0..4);
    (select(vec!["GET", "POST"]), path, raw_query(), "[a-z.:0-9]{1,16}", extra, vec(any::<u8>(), 0..64)).prop_map(
        |(method, path, query, host, extra, body)| {
            let mut request = Request::new(method, &path, &query, &[("host", &host)], &body);
            request = request.with("x-amz-target", "TrentService.Encrypt").with("content-type", "text/plain");
            request.headers.extend(extra);
            request
        },
    )
}

/// Changes one thing that the signature covers; `None` where the request has no such thing.
fn change(request: &Request, kind: usize, at: &Index) -> Option<Request> {
    let mut out = request.clone();
    match kind {
        0 => *out.body.get_mut(at.index(request.body.len().max(1)))? ^= 0x20,
        1 => out.body.insert(at.index(request.body.len() + 1), b'x'),
        2 => {
            let value = &mut out.headers[at.index(request.headers.len())].1;
            value.insert(at.index(value.len() + 1), b'Q');
        }
        3 => drop(out.headers.remove(at.index(request.headers.len()))),
        4 => out.headers.push(("x-amz-zz".to_owned(), b"1".to_vec())),
        5 => out.query.push_str("&zz=1"),
        6 => out.query.insert_str(0, "zz&"),
        7 => out.path.push_str("/zz"),
        8 => out.method = "PATCH".to_owned(),
        9 => out.headers.push(out.headers[at.index(request.headers.len())].clone()),
        10 => {
            let same = |pair: &&(String, Vec<u8>)| pair.0 == "x-amz-a";
            let (first, last) = (out.headers.iter().find(same)?.1.clone(), out.headers.iter().rfind(same)?.1.clone());
            let words = |value: &[u8]| -> Vec<Vec<u8>> {
                value.split(|b| matches!(b, b' ' | b'\t')).filter(|w| !w.is_empty()).map(<[u8]>::to_vec).collect()
            };
            // Swapping two different values of one name changes the order, which is signed too.
            if words(&first) == words(&last) || out.headers.iter().filter(same).count() != 2 {
                return None;
            }
            for header in out.headers.iter_mut().filter(|(name, _)| name == "x-amz-a") {
                header.1 = if header.1 == first { last.clone() } else { first.clone() };
            }
        }
        _ => {
            let start = out.query.find("X-Amz-")?;
            let index = start + at.index(out.query.len() - start);
            // Only the case of a digit inside an escape may differ, so the new character is never a digit.
            if out.query.get(index..=index)? == "q" {
                return None;
            }
            out.query.replace_range(index..=index, "q");
        }
    }
    Some(out)
}

const CHANGES: usize = 12;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_signed_request_is_accepted(request in unsigned(), token in proptest::option::of("[!-~]{1,64}")) {
        let claim = accept(&signed(request.clone(), token.as_deref()), SECRET, &expect());
        prop_assert_eq!(&claim.map(|c| c.session_token), &Ok(token.clone()));
        let claim = accept(&presigned(request, token.as_deref()), SECRET, &expect());
        prop_assert_eq!(claim.map(|c| c.session_token), Ok(token));
    }

    #[test]
    fn a_changed_request_is_refused(request in unsigned(), kind in 0..CHANGES, at: Index) {
        for original in [signed(request.clone(), None), presigned(request, Some("token"))] {
            if let Some(changed) = change(&original, kind, &at) {
                prop_assert!(accept(&changed, SECRET, &expect()).is_err(), "{:?}", changed);
            }
        }
    }

    #[test]
    fn another_secret_place_or_day_is_refused(request in unsigned(), secret in "[ -~]{0,50}", secs in 301i64..100_000_000) {
        let request = signed(request, None);
        let verdicts = [
            accept(&request, &secret, &expect()),
            accept(&request, SECRET, &Expect { service: "sts", ..expect() }),
            accept(&request, SECRET, &Expect { region: Some("eu-west-2"), ..expect() }),
            accept(&request, SECRET, &Expect { now: now().plus_secs(secs), ..expect() }),
            accept(&request, SECRET, &Expect { now: now().plus_secs(-secs), ..expect() }),
        ];
        prop_assert!(verdicts.iter().all(Result::is_err), "{:?}", verdicts);
    }

    /// Arbitrary bytes have no expected result, but must be answered without a panic.
    #[test]
    fn no_bytes_make_it_panic(request in wild(), at in any::<i64>(), window in any::<i64>()) {
        let parts = request.parts();
        if let Ok(claim) = claim(&parts) {
            let _ = check(&claim, &Expect { service: "kms", now: Timestamp(at), window_secs: window, presigned_secs: None, region: None });
            let key = claviger_sigv4::SigningKey::derive(SECRET, &claim.date, &claim.region, &claim.service);
            prop_assert!(verify(&claim, &parts, &key).is_err());
            verify_unknown_key(&claim, &parts);
        }
        signed(request.clone(), Some("token"));
        presigned(request, Some("token"));
    }
}

/// Requests with combinations of complete, broken and random parts of a signature.
fn wild() -> impl Strategy<Value = Request> {
    let names = vec![
        "authorization",
        "host",
        ":authority",
        "date",
        "x-amz-date",
        "x-amz-security-token",
        "x-amz-content-sha256",
        "x-amz-target",
        "content-type",
        "",
        "é",
    ];
    let piece = select(vec![
        "AWS4-HMAC-SHA256",
        " ",
        ", ",
        ",",
        "=",
        "/",
        ";",
        "Credential=",
        "Signature=",
        "SignedHeaders=",
        "host",
        "host;x-amz-date",
        "AKID/20261124/eu-west-1/kms/aws4_request",
        "20261124T150405Z",
        "é",
        "\t",
        "%",
        "00",
        "AWS4-HMAC-SHA256 Credential=AKID/20261124/eu-west-1/kms/aws4_request, SignedHeaders=host, Signature=00",
    ]);
    let text = vec(piece, 0..8).prop_map(|pieces| pieces.concat().into_bytes());
    let value = prop_oneof![text, vec(any::<u8>(), 0..40)];
    let parameter = select(vec![
        "X-Amz-Algorithm=AWS4-HMAC-SHA256",
        "X-Amz-Credential=AKID%2F20261124%2Feu-west-1%2Fkms%2Faws4_request",
        "X-Amz-Date=20261124T150405Z",
        "X-Amz-Expires=60",
        "X-Amz-SignedHeaders=host",
        "X-Amz-Signature=00",
        "%",
        "%4",
        "%é",
        "a=%zz",
        "=",
        "é=é",
        "X-Amz-Security-Token=",
        "X-Amz-Algorithm=",
        "X-Amz-Content-Sha256=",
    ]);
    let query = prop_oneof![
        vec(parameter, 0..10).prop_map(|parameters| parameters.join("&")),
        proptest::string::string_regex("\\PC{0,40}").unwrap(),
    ];
    let path = prop_oneof![Just("/".to_owned()), Just(String::new()), Just("/%é".to_owned()), "\\PC{0,20}"];
    (".{0,6}", path, query, vec((select(names), value), 0..6), vec(any::<u8>(), 0..20)).prop_map(
        |(method, path, query, headers, body)| {
            let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            Request { method, path, query, headers, body }
        },
    )
}
