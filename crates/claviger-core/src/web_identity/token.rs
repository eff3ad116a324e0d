//! Reads and verifies JSON Web Tokens (RFC 7519), with the claims that AWS takes from them.

use std::collections::HashSet;

use claviger_types::WebIdentity;
use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;

use crate::issuer_keys::{ALGORITHMS, SigningKey};
use crate::presented_token::TokenRefusal;

/// The most keys that a signature is compared with. An issuer has several of one kind only for tokens without an id.
const KEYS_TRIED_MAX: usize = 5;

/// A token before its signature is verified.
pub(super) struct Unverified {
    /// `iss`
    pub(super) issuer: String,
    /// `kid`
    pub(super) key_id: Option<String>,
    algorithm: Algorithm,
}

/// The claims of a verified token.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    #[serde(rename = "sub")]
    subject: String,
    #[serde(rename = "aud")]
    audiences: OneOrMany,
    #[serde(rename = "azp", default)]
    authorized_party: Option<String>,
    #[serde(rename = "exp", deserialize_with = "seconds")]
    pub(super) expires: i64,
    #[serde(rename = "iat", deserialize_with = "seconds")]
    pub(super) issued: i64,
    #[serde(rename = "nbf", default, deserialize_with = "some_seconds")]
    pub(super) not_before: Option<i64>,
    /// How the issuer has authenticated the subject.
    #[serde(rename = "amr", default)]
    methods: Option<OneOrMany>,
    #[serde(rename = "https://aws.amazon.com/tags", default)]
    tags: SessionTags,
    #[serde(rename = "https://aws.amazon.com/source_identity", default)]
    source_identity: Option<String>,
}

/// Session tags in a token (reference: IAM User Guide, "Pass session tags", AssumeRoleWithWebIdentity).
#[derive(Debug, Default, Deserialize)]
struct SessionTags {
    #[serde(default)]
    principal_tags: std::collections::BTreeMap<String, OneOrMany>,
    #[serde(default)]
    transitive_tag_keys: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn into_vec(self) -> Vec<String> {
        match self {
            OneOrMany::One(text) => vec![text],
            OneOrMany::Many(texts) => texts,
        }
    }
}

impl Unverified {
    /// Reads what is needed to find the key. None for a text that is no token, or whose algorithm is not admitted.
    pub(super) fn read(token: &str) -> Option<Unverified> {
        #[derive(Deserialize)]
        struct Issuer {
            iss: String,
        }
        let header = jsonwebtoken::decode_header(token).ok()?;
        if !ALGORITHMS.contains(&header.alg) {
            return None;
        }
        let Issuer { iss } = jsonwebtoken::dangerous::insecure_decode_claims(token).ok()?;
        Some(Unverified { issuer: iss, key_id: header.kid, algorithm: header.alg })
    }

    /// The claims, if one of the keys has signed the token.
    pub(super) fn verify(&self, token: &str, keys: &[SigningKey]) -> Result<Claims, TokenRefusal> {
        let mut fitting = keys.iter().filter(|key| key.fits(self.algorithm, self.key_id.as_deref())).peekable();
        if fitting.peek().is_none() {
            return Err(TokenRefusal::NoKey);
        }
        // The library would compare times with the system's clock. `admit` compares them, and the audience, with the region's.
        let mut validation = Validation::new(self.algorithm);
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        validation.required_spec_claims = HashSet::new();
        let signed = fitting.take(KEYS_TRIED_MAX).find_map(|key| {
            match jsonwebtoken::decode::<serde_json::Value>(token, &key.key, &validation) {
                Ok(verified) => Some(verified.claims),
                Err(_) => None,
            }
        });
        let claims = signed.ok_or(TokenRefusal::Signature)?;
        Claims::deserialize(claims).map_err(|_| TokenRefusal::NotAToken)
    }
}

impl Claims {
    /// The audience of the token, if it is one of these. The authorized party stands for the audience where a token names one.
    pub(super) fn audience(&self, admitted: &[String]) -> Option<String> {
        let is_admitted = |audience: &String| admitted.contains(audience);
        match &self.authorized_party {
            Some(party) => Some(party.clone()).filter(is_admitted),
            None => self.audiences.clone().into_vec().into_iter().find(is_admitted),
        }
    }

    /// The identity of the token's subject.
    pub(super) fn into_identity(self, issuer: &str, provider: String, audience: String) -> WebIdentity {
        let mut keys = vec![
            (format!("{issuer}:aud"), vec![audience.clone()]),
            (format!("{issuer}:sub"), vec![self.subject.clone()]),
        ];
        if self.authorized_party.is_some() {
            keys.push((format!("{issuer}:oaud"), self.audiences.into_vec()));
        }
        keys.extend(self.methods.map(|methods| (format!("{issuer}:amr"), methods.into_vec())));
        let SessionTags { principal_tags, transitive_tag_keys } = self.tags;
        // A tag has one value. AWS takes the first of the list that the claim's form demands.
        let tags = principal_tags
            .into_iter()
            .map(|(key, values)| (key, values.into_vec().into_iter().next().unwrap_or_default()));
        WebIdentity {
            provider,
            subject: self.subject,
            audience,
            keys,
            tags: tags.collect(),
            transitive_tags: transitive_tag_keys,
            source_identity: self.source_identity,
        }
    }
}

/// A time in seconds since 1970. A fraction is cut off.
fn seconds<'de, D: serde::Deserializer<'de>>(input: D) -> Result<i64, D::Error> {
    let number = serde_json::Number::deserialize(input)?;
    #[allow(clippy::cast_possible_truncation)]
    number.as_i64().or_else(|| number.as_f64().map(|secs| secs as i64)).ok_or(serde::de::Error::custom("no time"))
}

fn some_seconds<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Option<i64>, D::Error> {
    seconds(input).map(Some)
}
