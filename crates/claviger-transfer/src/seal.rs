//! Sealed exports: files in the age format, to a passphrase or to public keys.

use std::io::{self, Read, Write};
use std::str::FromStr;

use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Encryptor};
use claviger_types::Sensitive;

use crate::wiping::WipingBuffer;

/// What the file in the age format begins with.
const MAGIC: &[u8] = b"age-encryption.org/";

/// To what a file is sealed.
pub enum Seal {
    /// A passphrase.
    Passphrase(Sensitive<String>),
    /// Public keys, `age1...`. Each of their identities opens the file.
    Recipients(Vec<String>),
}

/// With what a file is opened.
pub enum Unseal {
    /// The passphrase.
    Passphrase(Sensitive<String>),
    /// The text of an identity file: lines `AGE-SECRET-KEY-1...` and comments.
    Identities(Sensitive<String>),
}

/// Why a file cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The public key is not one.
    #[error("{0} is not a public key of the form age1...")]
    Recipient(String),
    /// The identity file has no identity, or a line that is not one.
    #[error("the identity file has no line of the form AGE-SECRET-KEY-1..., or another line besides comments")]
    Identity,
    /// The passphrase or identity is another one.
    #[error("the passphrase or identity does not open the file")]
    WrongKey,
    /// The file is sealed in the other way.
    #[error("the file is sealed to {0}")]
    OtherWay(&'static str),
    /// The file is damaged or not of the age format.
    #[error("the sealed file is damaged: {0}")]
    Damaged(String),
    /// Anything else.
    #[error("sealing failed: {0}")]
    Failed(String),
}

/// Whether the bytes are those of a sealed file.
pub fn is_sealed(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// Seals bytes.
///
/// # Errors
///
/// A public key is not one.
pub fn seal(bytes: &[u8], to: Seal) -> Result<Vec<u8>, SealError> {
    let failed = |error: &dyn std::fmt::Display| SealError::Failed(error.to_string());
    let encryptor = match to {
        Seal::Passphrase(passphrase) => Encryptor::with_user_passphrase(SecretString::from(passphrase.into_exposed())),
        Seal::Recipients(keys) => {
            let parse =
                |key: &String| age::x25519::Recipient::from_str(key).map_err(|_| SealError::Recipient(key.clone()));
            let recipients = keys.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
            let recipients = recipients.iter().map(|recipient| recipient as &dyn age::Recipient);
            Encryptor::with_recipients(recipients).map_err(|error| failed(&error))?
        }
    };
    let mut out = Vec::new();
    let sealing = |out: &mut Vec<u8>| -> io::Result<()> {
        let mut writer = encryptor.wrap_output(out)?;
        writer.write_all(bytes)?;
        writer.finish().map(drop)
    };
    sealing(&mut out).map_err(|error| failed(&error))?;
    Ok(out)
}

/// Opens a sealed file.
///
/// # Errors
///
/// See [`SealError`].
pub fn unseal(bytes: &[u8], with: Unseal) -> Result<Sensitive<Vec<u8>>, SealError> {
    let decryptor = Decryptor::new(bytes).map_err(opening)?;
    let identities: Vec<Box<dyn age::Identity>> = match with {
        Unseal::Passphrase(_) if !decryptor.is_scrypt() => return Err(SealError::OtherWay("a public key")),
        Unseal::Identities(_) if decryptor.is_scrypt() => return Err(SealError::OtherWay("a passphrase")),
        Unseal::Passphrase(passphrase) => {
            vec![Box::new(age::scrypt::Identity::new(SecretString::from(passphrase.into_exposed())))]
        }
        Unseal::Identities(text) => read_identities(text.expose())?,
    };
    let identities = identities.iter().map(AsRef::as_ref);
    let mut reader = decryptor.decrypt(identities).map_err(opening)?;
    let (mut out, mut chunk) = (WipingBuffer::new(), zeroize::Zeroizing::new(vec![0; 64 << 10]));
    loop {
        let read = reader.read(&mut chunk).map_err(|error| SealError::Damaged(error.to_string()))?;
        if read == 0 {
            return Ok(out.into_sensitive());
        }
        out.push(chunk.get(..read).unwrap_or_default());
    }
}

fn read_identities(text: &str) -> Result<Vec<Box<dyn age::Identity>>, SealError> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let parse = |line: &str| match age::x25519::Identity::from_str(line) {
        Ok(identity) => Ok(Box::new(identity) as Box<dyn age::Identity>),
        Err(_) => Err(SealError::Identity),
    };
    let identities: Vec<_> = lines.map(parse).collect::<Result<_, _>>()?;
    if identities.is_empty() { Err(SealError::Identity) } else { Ok(identities) }
}

fn opening(error: DecryptError) -> SealError {
    match error {
        DecryptError::NoMatchingKeys | DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
            SealError::WrongKey
        }
        other => SealError::Damaged(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use age::secrecy::ExposeSecret;

    use super::*;

    fn passphrase(text: &str) -> Sensitive<String> {
        Sensitive::new(text.to_owned())
    }

    #[test]
    fn a_passphrase_opens_its_file_and_another_does_not() {
        let sealed = seal(b"cellar", Seal::Passphrase(passphrase("right"))).unwrap();
        assert!(is_sealed(&sealed) && !sealed.windows(6).any(|window| window == b"cellar"));
        let opened = unseal(&sealed, Unseal::Passphrase(passphrase("right"))).unwrap();
        assert_eq!(opened.expose(), b"cellar");
        let wrong = unseal(&sealed, Unseal::Passphrase(passphrase("wrong"))).unwrap_err();
        assert!(matches!(wrong, SealError::WrongKey), "{wrong}");
    }

    #[test]
    fn an_identity_opens_what_is_sealed_to_its_public_key() {
        let identity = age::x25519::Identity::generate();
        let to = || Seal::Recipients(vec![identity.to_public().to_string()]);
        let sealed = seal(&[7; 200_000], to()).unwrap();
        let text = format!("# made today\n{}\n", identity.to_string().expose_secret());
        let opened = unseal(&sealed, Unseal::Identities(Sensitive::new(text))).unwrap();
        assert_eq!(opened.expose(), &[7; 200_000]);
        let other = age::x25519::Identity::generate().to_string().expose_secret().to_owned();
        let wrong = unseal(&sealed, Unseal::Identities(Sensitive::new(other))).unwrap_err();
        assert!(matches!(wrong, SealError::WrongKey), "{wrong}");
        let way = unseal(&sealed, Unseal::Passphrase(passphrase("x"))).unwrap_err();
        assert!(matches!(way, SealError::OtherWay("a public key")), "{way}");
    }

    #[test]
    fn a_changed_or_cut_file_is_damaged() {
        let identity = age::x25519::Identity::generate();
        let sealed = seal(&[7; 100_000], Seal::Recipients(vec![identity.to_public().to_string()])).unwrap();
        let text = || Unseal::Identities(Sensitive::new(identity.to_string().expose_secret().to_owned()));
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert!(matches!(unseal(&changed, text()), Err(SealError::Damaged(_))));
        assert!(matches!(unseal(&sealed[..70_000], text()), Err(SealError::Damaged(_))));
        assert!(unseal(b"age-encryption.org/v9\n", text()).is_err());
        assert!(matches!(seal(b"", Seal::Recipients(vec!["age1x".to_owned()])), Err(SealError::Recipient(_))));
        assert!(matches!(unseal(&sealed, Unseal::Identities(passphrase("# none"))), Err(SealError::Identity)));
    }
}
