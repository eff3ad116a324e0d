//! A root key's file that a passphrase opens.
//!
//! The file is text, five lines:
//!
//! ```text
//! claviger-sealed-root-key 1
//! id <the root key's public id, 32 hexadecimal digits>
//! kdf argon2id m=<KiB> t=<passes> p=<lanes>
//! salt <16 bytes in base64>
//! sealed <the sealed root key in base64>
//! ```
//!
//! The key of the seal is `Argon2id(passphrase, salt, m, t, p)` of 32 bytes, version 0x13 (RFC 9106). The sealed root key is a sealed message
//! (`seal.rs`) of the 32 bytes, whose associated data is the four lines before it with their line ends. So no line can be changed.
//!
//! The cost is read from the file before anything is known to be true. Costs outside of the bounds are refused unrun: a larger one would
//! take all memory, a smaller one would let others guess the passphrase of a copied file.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use claviger_types::Random;
use zeroize::{Zeroize, Zeroizing};

use crate::RootKey;
use crate::primitive::{KeyBytes, silent_debug};
use crate::seal::SealKey;

const VERSION_LINE: &str = "claviger-sealed-root-key 1";
const SALT_BYTES: usize = 16;

/// The bytes of a passphrase.
pub struct Passphrase(Zeroizing<Vec<u8>>);
silent_debug!(Passphrase);

/// The cost of opening a file: that of each guess at its passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PassphraseCost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// Why a sealed root key does not open. None of these shows anything of the file or the passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealedRootError {
    /// The first line is not that of a version this release reads.
    #[error("the first line is not `claviger-sealed-root-key 1`")]
    Version,
    /// The lines are not the five that belong there, in their order.
    #[error("the file is not a version line followed by one line each of id, kdf, salt and sealed")]
    Shape,
    /// The cost is outside of the bounds.
    #[error("the cost is outside of m=19456..1048576, t=2..10, p=1..4")]
    Cost,
    /// The passphrase is wrong, or the file was changed. It cannot be told which.
    #[error("the passphrase does not open it, or the file was changed")]
    Closed,
}

impl Passphrase {
    /// A passphrase of these bytes.
    pub fn new(bytes: Zeroizing<Vec<u8>>) -> Passphrase {
        Passphrase(bytes)
    }

    /// How many bytes it has.
    pub fn bytes(&self) -> usize {
        self.0.len()
    }
}

impl Default for PassphraseCost {
    /// 256 MiB, 3 passes and one lane: about 0.7 seconds.
    fn default() -> PassphraseCost {
        PassphraseCost { memory_kib: 256 << 10, passes: 3, lanes: 1 }
    }
}

impl PassphraseCost {
    /// The least cost that is allowed, which OWASP recommends as such: 19 MiB and 2 passes.
    pub const LEAST: PassphraseCost = PassphraseCost { memory_kib: 19 << 10, passes: 2, lanes: 1 };

    fn checked(memory_kib: u32, passes: u32, lanes: u32) -> Option<PassphraseCost> {
        let least = PassphraseCost::LEAST;
        let fits = (least.memory_kib..=1 << 20).contains(&memory_kib)
            && (least.passes..=10).contains(&passes)
            && (least.lanes..=4).contains(&lanes);
        fits.then_some(PassphraseCost { memory_kib, passes, lanes })
    }

    /// `argon2id m=262144 t=3 p=1`.
    fn text(self) -> String {
        format!("argon2id m={} t={} p={}", self.memory_kib, self.passes, self.lanes)
    }

    fn parse(text: &str) -> Result<PassphraseCost, SealedRootError> {
        let mut words = text.split(' ');
        if words.next() != Some("argon2id") {
            return Err(SealedRootError::Shape);
        }
        let mut number = |name: &str| {
            let digits = words.next()?.strip_prefix(name)?.strip_prefix('=')?;
            // One way of writing each number.
            digits.parse::<u32>().ok().filter(|number| number.to_string() == digits)
        };
        let parts = (number("m"), number("t"), number("p"));
        let (Some(memory_kib), Some(passes), Some(lanes)) = parts else { return Err(SealedRootError::Shape) };
        if words.next().is_some() {
            return Err(SealedRootError::Shape);
        }
        PassphraseCost::checked(memory_kib, passes, lanes).ok_or(SealedRootError::Cost)
    }
}

impl RootKey {
    /// The text of a file that only the passphrase opens.
    pub fn to_sealed_file(&self, passphrase: &Passphrase, cost: PassphraseCost, random: &dyn Random) -> String {
        let salt: [u8; SALT_BYTES] = random.bytes();
        let mut text = format!("{VERSION_LINE}\nid {}\nkdf {}\nsalt ", self.id(), cost.text());
        STANDARD.encode_string(salt, &mut text);
        text.push('\n');
        let sealed = seal_key(passphrase, &salt, cost).seal(random, text.as_bytes(), self.expose());
        text.push_str("sealed ");
        STANDARD.encode_string(sealed, &mut text);
        text.push('\n');
        text
    }

    /// Opens what [`RootKey::to_sealed_file`] wrote. Takes the time and the memory that the file says, within the bounds.
    ///
    /// # Errors
    ///
    /// [`SealedRootError`].
    pub fn from_sealed_file(text: &str, passphrase: &Passphrase) -> Result<RootKey, SealedRootError> {
        let parts = Parts::read(text)?;
        let opened = seal_key(passphrase, &parts.salt, parts.cost).open(parts.head.as_bytes(), &parts.sealed);
        let opened = opened.map_err(|_| SealedRootError::Closed)?;
        let root = RootKey::new(KeyBytes::from_slice(&opened).map_err(|_| SealedRootError::Closed)?);
        if root.id() == parts.id { Ok(root) } else { Err(SealedRootError::Closed) }
    }
}

/// The parts of a file, before the passphrase is tried.
struct Parts<'t> {
    /// The lines before the last.
    head: &'t str,
    id: &'t str,
    cost: PassphraseCost,
    salt: [u8; SALT_BYTES],
    sealed: Vec<u8>,
}

impl Parts<'_> {
    fn read(text: &str) -> Result<Parts<'_>, SealedRootError> {
        let (version, _) = text.split_once('\n').ok_or(SealedRootError::Version)?;
        if version != VERSION_LINE {
            return Err(SealedRootError::Version);
        }
        let text = text.strip_suffix('\n').unwrap_or(text);
        let at = text.rfind('\n').map(|at| at + 1).ok_or(SealedRootError::Shape)?;
        let (head, last) = text.split_at_checked(at).ok_or(SealedRootError::Shape)?;
        let mut lines = head.split_terminator('\n').skip(1);
        let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let fields = (field("id"), field("kdf"), field("salt"));
        let (Some(id), Some(kdf), Some(salt)) = fields else { return Err(SealedRootError::Shape) };
        let sealed = last.strip_prefix("sealed ").ok_or(SealedRootError::Shape)?;
        if lines.next().is_some() {
            return Err(SealedRootError::Shape);
        }
        let decode = |text: &str| STANDARD.decode(text).map_err(|_| SealedRootError::Shape);
        let salt = <[u8; SALT_BYTES]>::try_from(decode(salt)?).map_err(|_| SealedRootError::Shape)?;
        Ok(Parts { head, id, cost: PassphraseCost::parse(kdf)?, salt, sealed: decode(sealed)? })
    }
}

/// Argon2id. The library refuses only costs and lengths that the types of this module rule out.
#[expect(clippy::expect_used, reason = "constants and checked bounds")]
fn seal_key(passphrase: &Passphrase, salt: &[u8; SALT_BYTES], cost: PassphraseCost) -> SealKey {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).expect("a checked cost");
    let mut blocks = vec![Block::default(); params.block_count()];
    let mut key = Zeroizing::new([0; 32]);
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let done = argon2.hash_password_into_with_memory(&passphrase.0, salt, &mut *key, &mut blocks);
    blocks.iter_mut().for_each(Zeroize::zeroize);
    done.expect("a passphrase under 4 GiB");
    SealKey::new(&KeyBytes::copy(&key))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_types::SeededRandom;

    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(Zeroizing::new(text.as_bytes().to_vec()))
    }

    fn sealed() -> (RootKey, String) {
        let root = RootKey::generate(&SeededRandom::new(1));
        let text = root.to_sealed_file(&passphrase("correct horse"), PassphraseCost::LEAST, &SeededRandom::new(2));
        (root, text)
    }

    #[test]
    fn only_the_passphrase_opens_the_file() {
        let (root, text) = sealed();
        for text in [text.as_str(), text.trim_end()] {
            let opened = RootKey::from_sealed_file(text, &passphrase("correct horse")).unwrap();
            assert_eq!(opened.expose(), root.expose());
        }
        for wrong in ["", "correct hors", "correct horse ", "Correct horse"] {
            let refused = RootKey::from_sealed_file(&text, &passphrase(wrong)).unwrap_err();
            assert_eq!(refused, SealedRootError::Closed, "{wrong:?}");
        }
        assert!(!text.contains(&STANDARD.encode(root.expose())));
    }

    #[test]
    fn every_line_is_bound_to_the_key() {
        let (root, text) = sealed();
        let refused = |text: &str| RootKey::from_sealed_file(text, &passphrase("correct horse")).unwrap_err();
        let id = root.id();
        assert_eq!(refused(&text.replace(&id, &"0".repeat(32))), SealedRootError::Closed);
        assert_eq!(refused(&text.replace("t=2", "t=3")), SealedRootError::Closed);
        let salt = text.split("salt ").nth(1).unwrap().split('\n').next().unwrap();
        assert_eq!(refused(&text.replace(salt, &STANDARD.encode([7; 16]))), SealedRootError::Closed);
        let at = text.find("sealed ").unwrap() + 20;
        let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
        let mut changed = text.clone();
        changed.replace_range(at..=at, other);
        assert_eq!(refused(&changed), SealedRootError::Closed);
    }

    #[test]
    fn hostile_files_are_refused_before_the_passphrase_is_tried() {
        let (_, text) = sealed();
        let refused = |text: &str| RootKey::from_sealed_file(text, &passphrase("x")).unwrap_err();
        assert_eq!(refused(""), SealedRootError::Version);
        assert_eq!(refused(&text.replace("key 1", "key 2")), SealedRootError::Version);
        for cost in
            ["m=4194304 t=2 p=1", "m=19456 t=4294967295 p=1", "m=19456 t=2 p=255", "m=8 t=2 p=1", "m=19456 t=1 p=1"]
        {
            assert_eq!(refused(&text.replace("m=19456 t=2 p=1", cost)), SealedRootError::Cost, "{cost}");
        }
        for kdf in [
            "argon2i m=19456 t=2 p=1",
            "argon2id m=019456 t=2 p=1",
            "argon2id m=19456 t=2",
            "argon2id m=19456 t=2 p=1 x",
        ] {
            assert_eq!(refused(&text.replace("argon2id m=19456 t=2 p=1", kdf)), SealedRootError::Shape, "{kdf}");
        }
        assert_eq!(refused(&text.replace("salt ", "salt AAAA\nsalt ")), SealedRootError::Shape);
        assert_eq!(refused(&text.replace("sealed ", "sealed !")), SealedRootError::Shape);
        for len in 0..text.len() - 1 {
            let _refused = Parts::read(&text[..len]).map(|parts| parts.sealed.len());
        }
    }

    /// Made once by this code. The file of an earlier release opens for ever.
    #[test]
    fn a_file_of_the_first_release_opens() {
        let text = include_str!("../tests/data/sealed-root-key-1.txt");
        let root = RootKey::from_sealed_file(text, &passphrase("claviger test vector")).unwrap();
        assert_eq!(root.expose(), &std::array::from_fn::<u8, 32, _>(|at| at as u8));
    }

    /// RFC 9106, 5.3 has a secret and associated data, which are not used here. This vector is of the reference implementation
    /// (github.com/P-H-C/phc-winner-argon2, test.c): version 0x13, Argon2id, t=2, m=65536, p=1.
    #[test]
    fn the_library_is_argon2id() {
        let params = Params::new(65_536, 2, 1, Some(32)).unwrap();
        let mut out = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(b"password", b"somesalt", &mut out)
            .unwrap();
        let shown: String = out.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(shown, "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
    }
}
