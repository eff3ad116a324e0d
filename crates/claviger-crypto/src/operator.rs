//! Operators: the people whose signatures let a region take the place of a lost one.
//!
//! An operator signs a [`FailoverStatement`] away from the servers. The regions of the fleet verify the signatures with keys of their own
//! configuration, which no other region can change ([`Operators`]).

use std::collections::BTreeSet;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claviger_types::{Random, Region, Timestamp};
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::identity::{Identity, PublicIdentity};
use crate::primitive::{self, silent_debug};

/// The domain of an operator's signature: it is not one of a region, and not one of anything else.
const DOMAIN: &str = "operator: failover statement";

/// The most operators that a configuration can name, and the most signatures that are read.
pub const OPERATORS_MAX: usize = 16;

/// The most characters of a text that is read.
const TEXT_BYTES_MAX: usize = 8192;
const CHECKSUM_BYTES: usize = 4;

/// By how much the clock of the server that made a statement may be ahead.
const AHEAD_SECS: i64 = 3600;

const STATEMENT_PREFIX: &str = "claviger-failover-statement-1.";
const AUTHORIZATION_PREFIX: &str = "claviger-failover-authorization-1.";
const KEY_LINE: &str = "claviger-operator-key 1";

/// What operators sign: that one region takes the place of another one, which is lost.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FailoverStatement {
    /// The lost region.
    #[n(0)]
    pub lost: Region,
    /// The region that takes its place.
    #[n(1)]
    pub to: Region,
    /// The identity of the region that takes its place.
    #[n(2)]
    pub identity: PublicIdentity,
    /// A random number, which tells statements apart.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub number: [u8; 16],
    /// When it was made. It is about what the lost region was the primary of at this time.
    #[n(4)]
    pub issued: Timestamp,
    /// From then on no failover begins with it.
    #[n(5)]
    pub expires: Timestamp,
}

/// Why nothing may be done with a statement at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatementTimeError {
    /// It has expired.
    #[error("the statement has expired; make a new one with `claviger region failover --dry-run`")]
    Expired,
    /// It is of the future.
    #[error("the statement was made in the future, by the clock of this machine")]
    Future,
    /// It is valid for too long.
    #[error("the statement would be valid for more than a day")]
    Long,
}

/// A statement with signatures of operators.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Authorization {
    /// The statement.
    #[n(0)]
    pub statement: FailoverStatement,
    /// The signatures.
    #[n(1)]
    pub signatures: Vec<OperatorSignature>,
}

/// One operator's signature of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct OperatorSignature {
    /// The operator's key.
    #[n(0)]
    pub key: OperatorPublicKey,
    /// Ed25519.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

/// Why a text is no statement, no authorization, or no key of an operator. None of these shows any of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OperatorTextError {
    /// The text is something else.
    #[error("the text does not begin with `{0}`")]
    Prefix(&'static str),
    /// The text was cut or changed.
    #[error("the text was cut or changed")]
    Damaged,
    /// It does not have the form of this release.
    #[error("the text cannot be read; is it of another release?")]
    Malformed,
    /// Not a public key.
    #[error(
        "it is not the public key of an operator: 64 hexadecimal digits, as `claviger operator create` prints them"
    )]
    PublicKey,
}

/// Authorizations of different statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the authorizations are of different statements; every operator signs the same one")]
pub struct DifferentStatements;

impl FailoverStatement {
    /// How long a failover can be begun with a statement.
    pub const VALID_SECS: i64 = 24 * 3600;

    /// Checks the dates of the statement.
    ///
    /// # Errors
    ///
    /// [`StatementTimeError`].
    pub fn check_times(&self, now: Timestamp) -> Result<(), StatementTimeError> {
        if self.issued > now.plus_secs(AHEAD_SECS) {
            return Err(StatementTimeError::Future);
        }
        if self.expires > self.issued.plus_secs(FailoverStatement::VALID_SECS) {
            return Err(StatementTimeError::Long);
        }
        if self.expires <= now { Err(StatementTimeError::Expired) } else { Ok(()) }
    }

    /// SHA-256 of what operators sign, in hexadecimal: the name of the statement in an audit record.
    pub fn digest(&self) -> String {
        primitive::sha256(&[&cbor(self)]).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The statement as one line of text.
    pub fn to_text(&self) -> String {
        to_text(STATEMENT_PREFIX, &cbor(self))
    }

    /// Reads the text, without the white space around it.
    ///
    /// # Errors
    ///
    /// [`OperatorTextError`].
    pub fn parse(text: &str) -> Result<FailoverStatement, OperatorTextError> {
        read_text(STATEMENT_PREFIX, text)
    }
}

impl Authorization {
    /// The authorization as one line of text.
    pub fn to_text(&self) -> String {
        to_text(AUTHORIZATION_PREFIX, &cbor(self))
    }

    /// Reads the text, without the white space around it. The signatures are not verified.
    ///
    /// # Errors
    ///
    /// [`OperatorTextError`].
    pub fn parse(text: &str) -> Result<Authorization, OperatorTextError> {
        let read: Authorization = read_text(AUTHORIZATION_PREFIX, text)?;
        if read.signatures.len() > OPERATORS_MAX { Err(OperatorTextError::Malformed) } else { Ok(read) }
    }

    /// Puts the signatures of several operators together. `None` if there is no authorization.
    ///
    /// # Errors
    ///
    /// [`DifferentStatements`].
    pub fn together(
        all: impl IntoIterator<Item = Authorization>,
    ) -> Result<Option<Authorization>, DifferentStatements> {
        let mut all = all.into_iter();
        let Some(mut whole) = all.next() else { return Ok(None) };
        for next in all {
            if next.statement != whole.statement {
                return Err(DifferentStatements);
            }
            whole.signatures.extend(next.signatures);
        }
        whole.signatures.dedup();
        Ok(Some(whole))
    }
}

/// The public key of an operator: a point of the curve, and none of the few with which anybody could sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub struct OperatorPublicKey(#[n(0)] PublicIdentity);

impl OperatorPublicKey {
    /// Reads 64 hexadecimal digits.
    ///
    /// # Errors
    ///
    /// [`OperatorTextError::PublicKey`].
    pub fn parse(text: &str) -> Result<OperatorPublicKey, OperatorTextError> {
        let bytes = from_hex(text).ok_or(OperatorTextError::PublicKey)?;
        let point = ed25519_dalek::VerifyingKey::from_bytes(&bytes).map_err(|_| OperatorTextError::PublicKey)?;
        if point.is_weak() { Err(OperatorTextError::PublicKey) } else { Ok(OperatorPublicKey(PublicIdentity(*bytes))) }
    }
}

/// 64 hexadecimal digits.
impl fmt::Display for OperatorPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The private key of an operator. It is wiped when dropped and cannot be printed.
pub struct OperatorKey(Identity);
silent_debug!(OperatorKey);

impl OperatorKey {
    /// A new key.
    pub fn generate(random: &dyn Random) -> OperatorKey {
        OperatorKey(Identity::generate(random))
    }

    /// The public half, for the configuration of every server.
    pub fn public(&self) -> OperatorPublicKey {
        OperatorPublicKey(self.0.public())
    }

    /// The text of the key's file. It holds the key in the clear.
    pub fn to_file(&self) -> Zeroizing<String> {
        // Allocated at its final size: a string that grows leaves copies of the key in freed memory.
        let mut text = Zeroizing::new(String::with_capacity(256));
        text.push_str(KEY_LINE);
        text.push_str("\npublic ");
        text.push_str(&self.public().to_string());
        text.push_str("\nprivate ");
        for byte in self.0.seed() {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        }
        text.push('\n');
        text
    }

    /// Reads what [`OperatorKey::to_file`] wrote.
    ///
    /// # Errors
    ///
    /// [`OperatorTextError`].
    pub fn from_file(text: &str) -> Result<OperatorKey, OperatorTextError> {
        let mut lines = text.lines();
        if lines.next() != Some(KEY_LINE) {
            return Err(OperatorTextError::Prefix(KEY_LINE));
        }
        let public = lines.next().and_then(|line| line.strip_prefix("public "));
        let private = lines.next().and_then(|line| line.strip_prefix("private ")).and_then(from_hex);
        let (Some(public), Some(private), None) = (public, private, lines.next()) else {
            return Err(OperatorTextError::Malformed);
        };
        let identity = Identity::from_seed(&*private).map_err(|_| OperatorTextError::Malformed)?;
        let key = OperatorKey(identity);
        if key.public().to_string() == public { Ok(key) } else { Err(OperatorTextError::Damaged) }
    }

    /// Signs a statement.
    pub fn sign(&self, statement: &FailoverStatement) -> Authorization {
        let signature = self.0.sign(DOMAIN, &cbor(statement));
        let signatures = vec![OperatorSignature { key: self.public(), signature }];
        Authorization { statement: statement.clone(), signatures }
    }
}

/// The operators that a process accepts statements of. The default names nobody: a failover needs no signature then.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operators {
    keys: Vec<OperatorPublicKey>,
    required: usize,
}

/// Operators that cannot be what was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OperatorsError {
    /// A key is there twice.
    #[error("the key {0} is named twice")]
    Twice(OperatorPublicKey),
    /// There are too many.
    #[error("there are more than {OPERATORS_MAX} operators")]
    TooMany,
    /// More signatures than operators.
    #[error("{required} signatures are required, and there are {keys} operators")]
    Required {
        /// How many signatures are required.
        required: usize,
        /// How many operators there are.
        keys: usize,
    },
}

impl Operators {
    /// The operators with these keys, of whom `required` must sign.
    ///
    /// # Errors
    ///
    /// [`OperatorsError`].
    pub fn new(keys: Vec<OperatorPublicKey>, required: usize) -> Result<Operators, OperatorsError> {
        let mut known = BTreeSet::new();
        if let Some(twice) = keys.iter().find(|key| !known.insert(**key)) {
            return Err(OperatorsError::Twice(*twice));
        }
        match keys.len() {
            0 => Ok(Operators::default()),
            count if count > OPERATORS_MAX => Err(OperatorsError::TooMany),
            count if required == 0 || required > count => Err(OperatorsError::Required { required, keys: count }),
            _ => Ok(Operators { keys, required }),
        }
    }

    /// Whether nobody is named, so that a failover needs no signature.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// How many of the operators must sign.
    pub fn required(&self) -> usize {
        self.required
    }

    /// The keys of the operators, as the configuration has them.
    pub fn keys(&self) -> &[OperatorPublicKey] {
        &self.keys
    }

    /// How many further operators must sign.
    pub fn missing(&self, authorization: &Authorization) -> usize {
        self.required.saturating_sub(self.signers(authorization).len())
    }

    /// The operators who have signed. A signature that does not verify, one of a key that is not named here, and a second one of the same
    /// operator do not count.
    pub fn signers(&self, authorization: &Authorization) -> BTreeSet<OperatorPublicKey> {
        let signed = cbor(&authorization.statement);
        let mut valid = BTreeSet::new();
        for OperatorSignature { key, signature } in authorization.signatures.iter().take(OPERATORS_MAX) {
            if self.keys.contains(key) && key.0.verify(DOMAIN, &signed, signature) {
                valid.insert(*key);
            }
        }
        valid
    }
}

/// A value as bytes. Writing into memory does not fail.
fn cbor<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    match minicbor::encode(value, &mut bytes) {
        Ok(()) => bytes,
        Err(_) => Vec::new(),
    }
}

fn to_text(prefix: &str, body: &[u8]) -> String {
    let mut bytes = body.to_vec();
    bytes.extend_from_slice(&checksum(prefix, body));
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn read_text<T: Encode<()> + for<'b> Decode<'b, ()>>(prefix: &'static str, text: &str) -> Result<T, OperatorTextError> {
    let encoded = text.trim_ascii().strip_prefix(prefix).ok_or(OperatorTextError::Prefix(prefix))?;
    if encoded.len() > TEXT_BYTES_MAX {
        return Err(OperatorTextError::Damaged);
    }
    let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| OperatorTextError::Damaged)?;
    let (body, check) = bytes.split_last_chunk::<CHECKSUM_BYTES>().ok_or(OperatorTextError::Damaged)?;
    if checksum(prefix, body) != *check {
        return Err(OperatorTextError::Damaged);
    }
    let read: T = minicbor::decode(body).map_err(|_| OperatorTextError::Malformed)?;
    // A value has one text only, so that what an operator reads is what is signed.
    if cbor(&read) == body { Ok(read) } else { Err(OperatorTextError::Malformed) }
}

/// A slip of the pen is noticed. It protects from nobody.
fn checksum(prefix: &str, body: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let digest = primitive::sha256(&[prefix.as_bytes(), body]);
    digest.first_chunk().copied().unwrap_or_default()
}

/// 32 bytes out of 64 hexadecimal digits.
fn from_hex(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut bytes = Zeroizing::new([0; 32]);
    if text.len() != 64 {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let &[high, low] = digits else { return None };
        let digit = |c: u8| char::from(c).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        *byte = digit(high)? << 4 | digit(low)?;
    }
    Some(bytes)
}

#[cfg(test)]
#[path = "operator_tests.rs"]
mod tests;
