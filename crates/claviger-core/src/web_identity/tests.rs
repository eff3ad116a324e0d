//! Verifies tokens of an issuer in this process.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::Mutex;

use claviger_types::{
    Outbound, OutboundAnswer, OutboundFailure, OutboundMethod, OutboundRequest, ReplyFuture, Sensitive,
};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::*;
use crate::issuer_keys::IssuerKeys;

const URL: &str = "issuer.example/realm";
const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// An issuer with one key, whose documents a test may alter.
struct Issuer {
    key: EncodingKey,
    key_id: String,
    discovery: Mutex<Option<Value>>,
    key_set: Mutex<Value>,
    asked: Mutex<Vec<String>>,
}

impl Issuer {
    fn new() -> Issuer {
        let (key, key_id) = (new_key(), "first".to_owned());
        let discovery = json!({"issuer": format!("https://{URL}"), "jwks_uri": "https://keys.example/set", "id_token_signing_alg_values_supported": ["ES256"]});
        let key_set =
            json!({"keys": [{"kty": "oct", "k": "AAAA", "kid": "secret"}, jwk(&key, &key_id), {"kty": "new"}]});
        Issuer {
            key,
            key_id,
            discovery: Mutex::new(Some(discovery)),
            key_set: Mutex::new(key_set),
            asked: Mutex::default(),
        }
    }

    fn token(&self, change: &Value) -> String {
        let header = Header { kid: Some(self.key_id.clone()), ..Header::new(Algorithm::ES256) };
        encode(&header, &claims(change), &self.key).unwrap()
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

impl Outbound for Issuer {
    fn send(&self, request: OutboundRequest) -> ReplyFuture<'_> {
        assert_eq!(request.method, OutboundMethod::Get);
        self.asked.lock().unwrap().push(request.url.clone());
        let document = match request.url.as_str() {
            "https://issuer.example/realm/.well-known/openid-configuration" => self.discovery.lock().unwrap().clone(),
            "https://keys.example/set" => Some(self.key_set.lock().unwrap().clone()),
            other => panic!("{other} was asked"),
        };
        let body =
            |document: Value| OutboundAnswer { status: 200, body: Sensitive::new(document.to_string().into_bytes()) };
        Box::pin(std::future::ready(document.map(body).ok_or(OutboundFailure::Unreachable)))
    }
}

fn new_key() -> EncodingKey {
    EncodingKey::from_ec_der(&rcgen::KeyPair::generate().unwrap().serialize_der())
}

fn jwk(key: &EncodingKey, id: &str) -> Value {
    let mut jwk = Jwk::from_encoding_key(key, Algorithm::ES256).unwrap();
    jwk.common.key_id = Some(id.to_owned());
    serde_json::to_value(jwk).unwrap()
}

/// The claims of a Kubernetes service account, with changes; a null removes a claim.
fn claims(change: &Value) -> Value {
    let mut claims = json!({
        "iss": format!("https://{URL}"), "sub": "system:serviceaccount:shop:cart", "aud": ["sts.amazonaws.com"],
        "iat": NOW.secs() - 10, "nbf": NOW.secs() - 10, "exp": NOW.secs() + 600, "jti": "6",
        "kubernetes.io": {"namespace": "shop", "serviceaccount": {"name": "cart", "uid": "u"}},
    });
    for (name, value) in change.as_object().unwrap() {
        claims.as_object_mut().unwrap().insert(name.clone(), value.clone());
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

fn provider() -> OidcProviderRecord {
    OidcProviderRecord {
        account: AccountId::dev(),
        url: URL.to_owned(),
        client_ids: vec!["sts.amazonaws.com".to_owned(), "app".to_owned()],
        thumbprints: Vec::new(),
        created: NOW,
        tags: Vec::new(),
    }
}

async fn verify_at(
    keys: &IssuerKeys,
    issuer: &Issuer,
    token: &str,
    now: Timestamp,
) -> Result<WebIdentity, TokenRefusal> {
    let unverified = Unverified::read(token).ok_or(TokenRefusal::NotAToken)?;
    let found =
        keys.get(issuer, URL, unverified.key_id.as_deref(), &move || now).await.map_err(|failure| match failure {
            FetchFailure::Unreachable => TokenRefusal::Unreachable,
            FetchFailure::NoKeys => TokenRefusal::NoKey,
        })?;
    admit(unverified.verify(token, &found)?, &provider(), format!("arn:aws:iam::000000000000:oidc-provider/{URL}"), now)
}

async fn verify(issuer: &Issuer, token: &str) -> Result<WebIdentity, TokenRefusal> {
    verify_at(&IssuerKeys::default(), issuer, token, NOW).await
}

#[tokio::test]
async fn a_token_of_a_service_account_proves_its_subject() {
    let issuer = Issuer::new();
    let identity = verify(&issuer, &issuer.token(&json!({}))).await.unwrap();
    assert_eq!(
        (identity.subject.as_str(), identity.audience.as_str()),
        ("system:serviceaccount:shop:cart", "sts.amazonaws.com")
    );
    let key = |name: &str, value: &str| (format!("{URL}:{name}"), vec![value.to_owned()]);
    assert_eq!(identity.keys, [key("aud", "sts.amazonaws.com"), key("sub", "system:serviceaccount:shop:cart")]);
    assert!(identity.tags.is_empty() && identity.source_identity.is_none());
}

#[tokio::test]
async fn claims_become_session_tags_and_condition_keys() {
    let issuer = Issuer::new();
    let token = issuer.token(&json!({
        "aud": "api", "azp": "app", "amr": ["pwd", "otp"],
        "https://aws.amazon.com/tags": {"principal_tags": {"team": ["blue"], "stage": ["x"]}, "transitive_tag_keys": ["team"]},
        "https://aws.amazon.com/source_identity": "ana",
    }));
    let identity = verify(&issuer, &token).await.unwrap();
    let text = |text: &str| text.to_owned();
    assert_eq!(identity.tags, [(text("stage"), text("x")), (text("team"), text("blue"))]);
    assert_eq!((identity.transitive_tags, identity.source_identity), (vec![text("team")], Some(text("ana"))));
    let shown: Vec<(&str, String)> =
        identity.keys.iter().map(|(key, values)| (key.as_str(), values.join(","))).collect();
    assert_eq!(shown[0], ("issuer.example/realm:aud", text("app")));
    assert_eq!(shown[2], ("issuer.example/realm:oaud", text("api")));
    assert_eq!(shown[3], ("issuer.example/realm:amr", text("pwd,otp")));
}

#[tokio::test]
async fn tokens_that_prove_nothing_are_refused() {
    let issuer = Issuer::new();
    for (change, refusal) in [
        (json!({"aud": "other"}), TokenRefusal::Audience),
        (json!({"azp": "other"}), TokenRefusal::Audience),
        (json!({"aud": []}), TokenRefusal::Audience),
        (json!({"sub": null}), TokenRefusal::NotAToken),
        (json!({"aud": null}), TokenRefusal::NotAToken),
        (json!({"exp": null}), TokenRefusal::NotAToken),
        (json!({"iat": null}), TokenRefusal::NotAToken),
        (json!({"iss": null}), TokenRefusal::NotAToken),
        (json!({"exp": "soon"}), TokenRefusal::NotAToken),
        (json!({"sub": ""}), TokenRefusal::Claims),
        (json!({"https://aws.amazon.com/source_identity": "a\u{1b}"}), TokenRefusal::Claims),
        (json!({"nbf": NOW.secs() + 301}), TokenRefusal::NotYetValid),
        (json!({"iat": NOW.secs() + 301}), TokenRefusal::NotYetValid),
        (json!({"exp": NOW.secs()}), TokenRefusal::Expired { now: NOW, expired: NOW }),
    ] {
        assert_eq!(verify(&issuer, &issuer.token(&change)).await.unwrap_err(), refusal, "{change}");
    }
    for text in ["", "a.b.c", "....", "not a token"] {
        assert_eq!(verify(&issuer, text).await.unwrap_err(), TokenRefusal::NotAToken, "{text}");
    }
    assert!(verify(&issuer, &issuer.token(&json!({"exp": NOW.secs() + 1, "nbf": null}))).await.is_ok());
}

#[tokio::test]
async fn only_the_issuers_own_keys_sign() {
    let issuer = Issuer::new();
    let header = |id: &str| Header { kid: Some(id.to_owned()), ..Header::new(Algorithm::ES256) };
    let other = new_key();
    let forged = encode(&header("first"), &claims(&json!({})), &other).unwrap();
    assert_eq!(verify(&issuer, &forged).await.unwrap_err(), TokenRefusal::Signature);
    let unknown = encode(&header("second"), &claims(&json!({})), &other).unwrap();
    assert_eq!(verify(&issuer, &unknown).await.unwrap_err(), TokenRefusal::NoKey);
    // The public key, or the key set's secret, taken as the secret of an algorithm with a shared one.
    for (id, secret) in [("first", jwk(&issuer.key, "first").to_string().into_bytes()), ("secret", vec![0, 0, 0])] {
        let header = Header { kid: Some(id.to_owned()), ..Header::new(Algorithm::HS256) };
        let token = encode(&header, &claims(&json!({})), &EncodingKey::from_secret(&secret).unwrap()).unwrap();
        assert_eq!(verify(&issuer, &token).await.unwrap_err(), TokenRefusal::NotAToken);
    }
    // No signature at all.
    let token = issuer.token(&json!({}));
    let (signed, _) = token.rsplit_once('.').unwrap();
    assert_eq!(verify(&issuer, &format!("{signed}.")).await.unwrap_err(), TokenRefusal::Signature);
    let payload = signed.split_once('.').unwrap().1;
    assert_eq!(verify(&issuer, &format!("eyJhbGciOiJub25lIn0.{payload}.")).await.unwrap_err(), TokenRefusal::NotAToken);
    // A key that is for another use.
    issuer.key_set.lock().unwrap()["keys"][1]["use"] = "enc".into();
    assert_eq!(verify(&issuer, &token).await.unwrap_err(), TokenRefusal::NoKey);
    // Without a key id, any key of the issuer may have signed.
    *issuer.key_set.lock().unwrap() = json!({"keys": [jwk(&other, "second"), jwk(&issuer.key, "first")]});
    let nameless = encode(&Header::new(Algorithm::ES256), &claims(&json!({})), &issuer.key).unwrap();
    assert!(verify(&issuer, &nameless).await.is_ok());
}

#[tokio::test]
async fn an_issuer_that_contradicts_itself_has_no_keys() {
    let issuer = Issuer::new();
    let token = issuer.token(&json!({}));
    issuer.discovery.lock().unwrap().as_mut().unwrap()["issuer"] = "https://another.example".into();
    assert_eq!(verify(&issuer, &token).await.unwrap_err(), TokenRefusal::NoKey);
    *issuer.discovery.lock().unwrap() = None;
    assert_eq!(verify(&issuer, &token).await.unwrap_err(), TokenRefusal::Unreachable);
}

#[tokio::test]
async fn keys_are_fetched_when_they_are_needed_and_no_oftener() {
    let (issuer, keys) = (Issuer::new(), IssuerKeys::default());
    let token = issuer.token(&json!({"exp": NOW.secs() + 1_000_000}));
    let after = |secs: i64| NOW.plus_secs(secs);
    assert!(verify_at(&keys, &issuer, &token, NOW).await.is_ok());
    assert!(verify_at(&keys, &issuer, &token, after(3599)).await.is_ok());
    assert_eq!(issuer.asked(), 2);
    // A new key is found at once, and unknown ones cause no more fetches than one in 20 seconds.
    let second = new_key();
    *issuer.key_set.lock().unwrap() = json!({"keys": [jwk(&issuer.key, "first"), jwk(&second, "second")]});
    let header = |id: &str| Header { kid: Some(id.to_owned()), ..Header::new(Algorithm::ES256) };
    let signed = |id: &str| encode(&header(id), &claims(&json!({"exp": NOW.secs() + 1_000_000})), &second).unwrap();
    assert!(verify_at(&keys, &issuer, &signed("second"), after(3599)).await.is_ok());
    assert_eq!(issuer.asked(), 4);
    for secs in [3600, 3618] {
        assert_eq!(verify_at(&keys, &issuer, &signed("third"), after(secs)).await.unwrap_err(), TokenRefusal::NoKey);
    }
    assert_eq!(issuer.asked(), 4);
    assert_eq!(verify_at(&keys, &issuer, &signed("third"), after(3619)).await.unwrap_err(), TokenRefusal::NoKey);
    assert_eq!(issuer.asked(), 6);
    // While the issuer cannot be reached its keys are used for a day.
    *issuer.discovery.lock().unwrap() = None;
    let day = 3619 + 24 * 3600;
    assert!(verify_at(&keys, &issuer, &token, after(day - 1)).await.is_ok());
    assert_eq!(verify_at(&keys, &issuer, &token, after(day)).await.unwrap_err(), TokenRefusal::Unreachable);
    // A clock that is set back a little changes nothing.
    assert!(verify_at(&keys, &issuer, &token, after(3599)).await.is_ok());
}
