//! Requests signed by botocore (`tests/make_vectors.py`): each is accepted, none is once anything is changed, and our own
//! signer writes the same signatures.

use claviger_sigv4::{Credentials, Expect, Reason, Refusal, check, claim, presign, sign};
use claviger_types::Timestamp;
use serde_json::Value;

use crate::{Request, accept, time};

struct Vector {
    name: String,
    service: String,
    region: String,
    access_key_id: String,
    secret: String,
    token: Option<String>,
    now: Timestamp,
    /// Given for the presigned ones.
    expires: Option<u32>,
    unsigned_query: String,
    request: Request,
}

impl Vector {
    fn expect(&self) -> Expect<'_> {
        Expect {
            service: &self.service,
            now: self.now,
            window_secs: 300,
            presigned_secs: None,
            region: Some(&self.region),
        }
    }

    fn credentials(&self) -> Credentials<'_> {
        Credentials {
            access_key_id: &self.access_key_id,
            secret_access_key: &self.secret,
            session_token: self.token.as_deref(),
        }
    }

    /// Asserts that a change makes the request invalid. In the header form the signature does not cover the key id. A request
    /// with a changed key id is refused because it belongs to another secret or to none.
    fn refuses(&self, change: &str, request: &Request) -> Refusal {
        match accept(request, &self.secret, &self.expect()) {
            Ok(claim) if claim.access_key_id != self.access_key_id => Refusal::unknown_key(),
            Ok(_) => panic!("{}: accepted with {change}", self.name),
            Err(refusal) => refusal,
        }
    }
}

fn vectors() -> Vec<Vector> {
    let file: Value = serde_json::from_str(include_str!("../vectors.json")).unwrap();
    let all: Vec<Vector> = file["vectors"].as_array().unwrap().iter().map(vector).collect();
    assert!(all.len() >= 18, "the file is not cut short");
    all
}

fn vector(json: &Value) -> Vector {
    let text = |field: &str| json[field].as_str().unwrap().to_owned();
    let headers = json["headers"].as_array().unwrap().iter();
    let headers = headers.map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().into()));
    Vector {
        name: text("name"),
        service: text("service"),
        region: text("region"),
        access_key_id: text("access_key_id"),
        secret: text("secret"),
        token: json["token"].as_str().map(str::to_owned),
        now: time(&text("now")),
        expires: json["expires"].as_u64().map(|secs| u32::try_from(secs).unwrap()),
        unsigned_query: text("unsigned_target").split_once('?').unwrap_or_default().1.to_owned(),
        request: Request {
            method: text("method"),
            path: text("path"),
            query: text("query"),
            headers: headers.collect(),
            body: text("body").into_bytes(),
        },
    }
}

#[test]
fn accepts_what_botocore_signs() {
    for v in vectors() {
        let claim = accept(&v.request, &v.secret, &v.expect()).unwrap_or_else(|r| panic!("{}: {r:?}", v.name));
        assert_eq!(claim.access_key_id, v.access_key_id, "{}", v.name);
        assert_eq!(claim.date, "20261124", "{}", v.name);
        assert_eq!((claim.region.as_str(), claim.service.as_str()), (v.region.as_str(), v.service.as_str()));
        assert_eq!(claim.session_token, v.token, "{}", v.name);
        assert_eq!(claim.time(), v.now, "{}", v.name);
        let anywhere = Expect { region: None, ..v.expect() };
        assert!(accept(&v.request, &v.secret, &anywhere).is_ok(), "{}", v.name);
    }
}

#[test]
fn refuses_every_changed_header() {
    for v in vectors() {
        for index in 0..v.request.headers.len() {
            let mut changed = v.request.clone();
            changed.headers[index].1.push(b'x');
            v.refuses(&format!("header {index} changed"), &changed);
            let mut removed = v.request.clone();
            removed.headers.remove(index);
            v.refuses(&format!("header {index} removed"), &removed);
            let mut repeated = v.request.clone();
            repeated.headers.push(v.request.headers[index].clone());
            v.refuses(&format!("header {index} repeated"), &repeated);
        }
        let added = v.refuses("an x-amz header added", &v.request.clone().with("x-amz-extra", "1"));
        assert_eq!(added, mismatch("'x-amz-extra' must be a 'SignedHeader' in the AWS Authorization."));
        // Headers that a proxy adds are not signed and do not break the signature.
        let via = v.request.clone().with("x-amzn-trace-id", "Root=1").with("via", "1.1 proxy");
        assert!(accept(&via, &v.secret, &v.expect()).is_ok(), "{}", v.name);
    }
}

#[test]
fn refuses_every_other_change() {
    for v in vectors() {
        let changed = |change: &str, edit: &dyn Fn(&mut Request)| {
            let mut request = v.request.clone();
            edit(&mut request);
            v.refuses(change, &request)
        };
        let wrong = Refusal {
            reason: Reason::SignatureMismatch,
            message: Some(
                "The request signature we calculated does not match the signature you provided. Check your AWS \
                 Secret Access Key and signing method. Consult the service documentation for details."
                    .to_owned(),
            ),
        };
        if v.request.header("x-amz-content-sha256").is_none() {
            assert_eq!(changed("a longer body", &|r| r.body.push(b' ')), wrong);
        }
        assert_eq!(changed("another method", &|r| r.method = "PUT".to_owned()), wrong);
        assert_eq!(changed("another path", &|r| r.path.push_str("/x")), wrong);
        assert_eq!(changed("a longer query", &|r| r.query.push_str("&extra=1")), wrong);
        for index in 0..v.request.body.len() {
            changed("a flipped bit in the body", &|r| r.body[index] ^= 1);
        }
        let other = accept(&v.request, "another secret", &v.expect());
        assert_eq!(other.unwrap_err(), wrong, "{}", v.name);
    }
}

#[test]
fn refuses_every_changed_character_of_the_signature() {
    for v in vectors() {
        let text = v.request.header("authorization").unwrap_or(&v.request.query).to_owned();
        for (index, old) in text.char_indices() {
            for new in ['q', '0', 'A'].into_iter().filter(|new| *new != old) {
                let mut edited = text.clone();
                edited.replace_range(index..index + old.len_utf8(), &new.to_string());
                let mut request = v.request.clone();
                match v.expires {
                    None => request = request.set("authorization", &edited),
                    Some(_) => request.query = edited.clone(),
                }
                v.refuses(&edited, &request);
            }
        }
    }
}

#[test]
fn refuses_another_place_and_time() {
    for v in vectors() {
        let claim = claim(&v.request.parts()).unwrap();
        let message = |expect: Expect<'_>| check(&claim, &expect).expect_err(&v.name).message.unwrap();
        let region = message(Expect { region: Some("eu-north-1"), ..v.expect() });
        assert_eq!(region, format!("Credential should be scoped to a valid region, not '{}'.", v.region));
        let service = message(Expect { service: "ec2", ..v.expect() });
        assert_eq!(service, "Credential should be scoped to correct service: 'ec2'.");

        let life = v.expires.map_or(300, i64::from);
        let at = |secs| check(&claim, &Expect { now: v.now.plus_secs(secs), ..v.expect() });
        assert_eq!((at(life), at(-300)), (Ok(()), Ok(())), "{}", v.name);
        let late = at(life + 1).unwrap_err().message.unwrap();
        assert!(
            late.starts_with("Signature expired: 20261124T150405Z is now earlier than 20261124T150406Z ("),
            "{late}"
        );
        let early = at(-301).unwrap_err().message.unwrap();
        assert!(early.starts_with("Signature not yet current: 20261124T150405Z is still later than"), "{early}");
    }
}

#[test]
fn signs_as_botocore_does() {
    let mut compared = (0, 0);
    for v in vectors() {
        let bare = ["authorization", "x-amz-date", "x-amz-security-token"];
        let unsigned = bare.iter().fold(v.request.clone(), |request, name| request.without(name));
        if let Some(expires) = v.expires {
            let unsigned = Request { query: v.unsigned_query.clone(), ..unsigned };
            let query = presign(&unsigned.parts(), &v.credentials(), &v.region, &v.service, v.now, expires);
            assert_eq!(query, v.request.query, "{}", v.name);
            compared.1 += 1;
            continue;
        }
        let covered = |name: &str| matches!(name, "host" | "content-type") || name.starts_with("x-amz-");
        if !unsigned.headers.iter().all(|(name, _)| covered(name)) {
            continue; // botocore signs every header it has; our signer, the ones that matter.
        }
        let added = sign(&unsigned.parts(), &v.credentials(), &v.region, &v.service, v.now);
        for (name, value) in added {
            assert_eq!(v.request.header(&name), Some(value.as_str()), "{}: {name}", v.name);
        }
        compared.0 += 1;
    }
    assert_eq!(compared, (13, 4));
}

fn mismatch(message: &str) -> Refusal {
    Refusal::new(Reason::SignatureMismatch, message)
}
