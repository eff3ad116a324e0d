//! A region's root key and the text of the file that holds it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use claviger_types::Random;
use zeroize::Zeroizing;

use crate::primitive::{self, KeyBytes, silent_debug};
use crate::{NameKey, SealKey};

const VERSION_LINE: &str = "claviger-root-key 1";
const SALT: &[u8] = b"claviger root key v1";

/// The 256-bit key from which the keys of everything that a region stores are derived. The caller keeps it across restarts, in a file
/// that [`RootKey::to_file`] writes.
pub struct RootKey(KeyBytes);
silent_debug!(RootKey);

/// Why a text is not a root key file. None of these shows any of the file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RootFileError {
    /// The first line is not that of a version this release reads.
    #[error("the first line is not `claviger-root-key 1`")]
    Version,
    /// The lines are not the four that belong there, in their order.
    #[error("the file is not a version line followed by one line each of id, key and checksum")]
    Shape,
    /// The checksum does not match: the file was cut or changed.
    #[error("the checksum does not match the file")]
    Checksum,
    /// The key is not 32 bytes of base64.
    #[error("the key is not 32 bytes in base64")]
    Key,
    /// The key is not the one that the id names.
    #[error("the id is not that of the key")]
    Id,
}

impl RootKey {
    /// A new key.
    pub fn generate(random: &dyn Random) -> RootKey {
        RootKey(KeyBytes::generate(random))
    }

    pub(crate) fn new(key: KeyBytes) -> RootKey {
        RootKey(key)
    }

    pub(crate) fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }

    /// The public id of the key: 32 hexadecimal digits, from which the key cannot be computed.
    pub fn id(&self) -> String {
        self.derive("id", "").expose().iter().take(16).map(|b| format!("{b:02x}")).collect()
    }

    /// The key that seals values of one purpose. Keys of different purposes are unrelated.
    pub fn seal_key(&self, purpose: &str) -> SealKey {
        SealKey::new(&self.derive("seal", purpose))
    }

    /// The key that hashes names of one purpose. Keys of different purposes are unrelated.
    pub fn name_key(&self, purpose: &str) -> NameKey {
        NameKey::new(self.derive("name", purpose))
    }

    /// The text of a root key file. It holds the key in the clear: a reader of it can decrypt everything that the region stores.
    pub fn to_file(&self) -> Zeroizing<String> {
        // Allocated at its final size: a string that grows leaves copies of the key in freed memory.
        let mut text = Zeroizing::new(String::with_capacity(256));
        text.push_str(&format!("{VERSION_LINE}\nid {}\nkey ", self.id()));
        STANDARD.encode_string(self.0.expose(), &mut text);
        text.push('\n');
        let sum = checksum(&text);
        text.push_str(&format!("checksum {sum}\n"));
        text
    }

    /// Reads what [`RootKey::to_file`] wrote. Only the last line's end may be missing.
    ///
    /// # Errors
    ///
    /// [`RootFileError`] for any other text.
    pub fn from_file(text: &str) -> Result<RootKey, RootFileError> {
        let (version, _) = text.split_once('\n').ok_or(RootFileError::Version)?;
        if version != VERSION_LINE {
            return Err(RootFileError::Version);
        }
        let text = text.strip_suffix('\n').unwrap_or(text);
        let (body, last) = text.rsplit_once('\n').ok_or(RootFileError::Shape)?;
        let mut lines = body.split('\n').skip(1);
        let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let id = field("id").ok_or(RootFileError::Shape)?;
        let key = field("key").ok_or(RootFileError::Shape)?;
        let sum = last.strip_prefix("checksum ").ok_or(RootFileError::Shape)?;
        if lines.next().is_some() {
            return Err(RootFileError::Shape);
        }
        if sum != checksum(&format!("{body}\n")) {
            return Err(RootFileError::Checksum);
        }
        let root = RootKey(decode_key(key).ok_or(RootFileError::Key)?);
        if root.id() == id { Ok(root) } else { Err(RootFileError::Id) }
    }

    fn derive(&self, kind: &str, purpose: &str) -> KeyBytes {
        let info = primitive::join(&[kind.as_bytes(), purpose.as_bytes()]);
        KeyBytes::copy(&primitive::hkdf(self.0.expose(), SALT, &[&info]))
    }
}

/// 8 bytes of the text's SHA-256 in hexadecimal. It detects accidental damage; an attacker can compute it.
fn checksum(text: &str) -> String {
    primitive::sha256(&[text.as_bytes()]).iter().take(8).map(|b| format!("{b:02x}")).collect()
}

fn decode_key(text: &str) -> Option<KeyBytes> {
    let mut bytes = Zeroizing::new([0; 36]);
    let len = STANDARD.decode_slice(text, &mut *bytes).ok()?;
    KeyBytes::from_slice(bytes.get(..len)?).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use claviger_types::SeededRandom;

    fn root() -> RootKey {
        RootKey::generate(&SeededRandom::new(1))
    }

    #[test]
    fn a_file_gives_the_key_back() {
        let text = root().to_file();
        for text in [text.as_str(), text.trim_end()] {
            let read = RootKey::from_file(text).unwrap();
            assert_eq!(read.0.expose(), root().0.expose());
        }
    }

    #[test]
    fn a_file_has_four_lines() {
        let text = root().to_file();
        let names: Vec<&str> = text.lines().map(|line| line.split(' ').next().unwrap()).collect();
        assert_eq!(names, ["claviger-root-key", "id", "key", "checksum"]);
        assert!(text.capacity() == 256 && text.len() <= 256);
    }

    #[test]
    fn any_other_character_is_refused() {
        let text = root().to_file();
        for at in 0..text.len() - 1 {
            let mut altered = text.as_bytes().to_vec();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert!(RootKey::from_file(&altered).is_err(), "character {at}");
        }
        for len in 0..text.len() - 1 {
            assert!(RootKey::from_file(&text[..len]).is_err(), "length {len}");
        }
    }

    #[test]
    fn refusals_say_what_is_wrong() {
        let text = root().to_file();
        let with_sum = |body: &str| format!("{body}checksum {}\n", checksum(body));
        let refused = |text: &str| RootKey::from_file(text).unwrap_err();
        let body = text.rsplit_once("checksum").unwrap().0;
        let id = root().id();
        assert_eq!(refused(""), RootFileError::Version);
        assert_eq!(refused(&text.replace("key 1", "key 2")), RootFileError::Version);
        assert_eq!(refused(&text.replace('\n', "\r\n")), RootFileError::Version);
        assert_eq!(refused(&format!("{}\n", &*text)), RootFileError::Shape);
        assert_eq!(refused(&with_sum(&format!("{body}extra\n"))), RootFileError::Shape);
        assert_eq!(refused(&text.replace(&id[..4], "0000")), RootFileError::Checksum);
        assert_eq!(refused(&with_sum(&body.replace(&id[..4], "0000"))), RootFileError::Id);
        assert_eq!(refused(&with_sum(&body.replace('=', ""))), RootFileError::Key);
    }

    #[test]
    fn purposes_do_not_open_each_other() {
        let sealed = root().seal_key("rows").seal(&SeededRandom::new(2), b"", b"value");
        assert!(root().seal_key("rows").open(b"", &sealed).is_ok());
        assert!(root().seal_key("tokens").open(b"", &sealed).is_err());
        assert_ne!(root().name_key("a").hash(&[b"n"]), root().name_key("b").hash(&[b"n"]));
    }
}
