//! The signatures that AWS has published for its own signers (`tests/make_published.py` names the sources and their licence): each is
//! accepted, or refused by a rule that the vector names.

use claviger_sigv4::{Claim, Credentials, Expect, Reason, SigningKey, claim, presign, verify};
use claviger_types::Timestamp;
use serde_json::Value;

use crate::{Request, accept, time};

struct Published {
    source: String,
    name: String,
    service: String,
    region: String,
    secret: String,
    now: Timestamp,
    request: Request,
    /// The rule by which it is refused.
    refused: Option<String>,
}

impl Published {
    fn expect(&self) -> Expect<'_> {
        let region = Some(self.region.as_str());
        Expect { service: &self.service, now: self.now, window_secs: 300, presigned_secs: None, region }
    }

    fn reason(&self) -> Reason {
        accept(&self.request, &self.secret, &self.expect()).expect_err(&self.name).reason
    }

    fn key(&self, claim: &Claim) -> SigningKey {
        SigningKey::derive(&self.secret, &claim.date, &claim.region, &claim.service)
    }
}

fn published(source: &str) -> Vec<Published> {
    let all: Value = serde_json::from_str(include_str!("../published.json")).unwrap();
    all.as_array().unwrap().iter().map(vector).filter(|v| v.source == source).collect()
}

fn vector(json: &Value) -> Published {
    let text = |field: &str| json[field].as_str().unwrap().to_owned();
    let headers = json["headers"].as_array().unwrap().iter();
    let headers: Vec<(&str, &str)> =
        headers.map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap())).collect();
    Published {
        source: text("source"),
        name: text("name"),
        service: text("service"),
        region: text("region"),
        secret: text("secret"),
        now: time(&text("now")),
        request: Request::new(&text("method"), &text("path"), &text("query"), &headers, text("body").as_bytes()),
        refused: json["refused"].as_str().map(str::to_owned),
    }
}

/// Each vector is accepted unless it names a rule, and the counts show that none is missing.
#[test]
fn published_signatures() {
    for (source, accepted, refused) in [("suite", 64, 14), ("javascript", 24, 0), ("rust", 2, 1), ("go", 1, 4)] {
        let all = published(source);
        for v in all.iter().filter(|v| v.refused.is_none()) {
            let claim = accept(&v.request, &v.secret, &v.expect());
            assert!(claim.is_ok(), "{source} {}: {claim:?}", v.name);
        }
        let by_rule = all.iter().filter(|v| v.refused.is_some()).count();
        assert_eq!((all.len() - by_rule, by_rule), (accepted, refused), "{source}");
    }
}

/// The refusals are for the stated rules and not for a difference in the signature.
#[test]
fn refusals_of_published_requests() {
    let all = ["suite", "javascript", "rust", "go"].into_iter().flat_map(published);
    for v in all.filter(|v| v.refused.is_some()) {
        let rule = v.refused.as_deref().unwrap_or_default();
        let mut request = v.request.clone();
        if rule.starts_with("signed over") {
            assert_eq!(v.reason(), Reason::SignatureMismatch, "{}", v.name);
        } else if rule.starts_with("the session token") {
            assert_eq!(v.reason(), Reason::SignatureMismatch, "{}", v.name);
            request.headers.retain(|(name, _)| name != "x-amz-security-token");
            request.query = without_token(&request.query);
            let claim = accept(&request, &v.secret, &v.expect());
            assert!(claim.is_ok(), "{} without its token: {claim:?}", v.name);
        } else {
            assert_eq!((v.reason(), rule), (Reason::MalformedPath, "the path has an incomplete percent escape"));
            // The signature is right for that path.
            request.path = "/".to_owned();
            let claim = claim(&request.parts()).unwrap();
            assert_eq!(verify(&claim, &v.request.parts(), &v.key(&claim)), Ok(()), "{}", v.name);
            assert!(verify(&claim, &request.parts(), &v.key(&claim)).is_err(), "{}", v.name);
        }
    }
}

fn without_token(query: &str) -> String {
    let kept = query.split('&').filter(|pair| !pair.starts_with("X-Amz-Security-Token="));
    kept.collect::<Vec<_>>().join("&")
}

/// SigV4a has asymmetric keys and no region in its scope. Both of its forms are refused before anything is computed.
#[test]
fn sigv4a_is_refused() {
    let all = published("sigv4a suite");
    for v in &all {
        let refusal = claim(&v.request.parts()).expect_err(&v.name);
        if v.request.header("authorization").is_some() {
            let text = "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'.";
            assert_eq!((refusal.reason, refusal.message.as_deref()), (Reason::Incomplete, Some(text)), "{}", v.name);
        } else {
            assert_eq!(refusal.reason, Reason::MissingToken, "{}", v.name);
        }
    }
    assert_eq!(all.len(), 76);
}

/// Our signer of URLs writes what AWS's signers wrote.
#[test]
fn presigns_as_published() {
    let mut compared = 0;
    let all = ["suite", "go"].into_iter().flat_map(published);
    for v in all.filter(|v| v.refused.as_deref().is_none_or(|rule| rule.ends_with("escape"))) {
        let Some(signature) = v.request.query.split("X-Amz-Signature=").nth(1) else { continue };
        let parameter = |name: &str| {
            let start = v.request.query.find(&format!("{name}="))?.checked_add(name.len() + 1)?;
            v.request.query[start..].split('&').next()
        };
        let own =
            v.request.query.split('&').filter(|pair| !pair.starts_with("X-Amz-") || pair.starts_with("X-Amz-Target"));
        let own = own.collect::<Vec<_>>().join("&");
        let token = parameter("X-Amz-Security-Token")
            .map(|text| text.replace("%2F", "/").replace("%3D", "=").replace("%2B", "+"));
        let credentials = Credentials {
            access_key_id: parameter("X-Amz-Credential").and_then(|text| text.split("%2F").next()).unwrap(),
            secret_access_key: &v.secret,
            session_token: token.as_deref(),
        };
        let names = parameter("X-Amz-SignedHeaders").unwrap().replace("%3B", ";");
        let mut request = Request { query: own, ..v.request.clone() };
        request.headers.retain(|(name, _)| names.split(';').any(|signed| signed == name));
        let expires = parameter("X-Amz-Expires").unwrap().parse().unwrap();
        let query = presign(&request.parts(), &credentials, &v.region, &v.service, v.now, expires);
        assert_eq!(query.split("X-Amz-Signature=").nth(1), Some(signature), "{} {}", v.source, v.name);
        compared += 1;
    }
    assert_eq!(compared, 33, "none is left out");
}

#[test]
fn a_published_signature_fits_nothing_else() {
    let vanilla = published("suite").into_iter().find(|v| v.name == "get-vanilla, header").unwrap();
    let refused = |edit: &dyn Fn(&mut Request)| {
        let mut request = vanilla.request.clone();
        edit(&mut request);
        let refusal = accept(&request, &vanilla.secret, &vanilla.expect()).expect_err("refused");
        assert_eq!(refusal.reason, Reason::SignatureMismatch);
    };
    refused(&|r| r.method = "POST".to_owned());
    refused(&|r| r.method = "get".to_owned());
    refused(&|r| r.path = "/x".to_owned());
    refused(&|r| r.path = "/%2e%2e".to_owned());
    refused(&|r| r.query = "a".to_owned());
    refused(&|r| r.body = b" ".to_vec());
}
