//! A region's domain keys, under which its long-lived secrets are sealed.
//!
//! Domain keys separate the root key from the secrets. When the root key changes, only the record of the keyring is sealed
//! again. When a domain key is added, it seals from then on, and the older ones still open what they sealed.

use claviger_types::Random;
use zeroize::Zeroizing;

use crate::primitive::{self, KeyBytes, silent_debug};
use crate::{OpenError, RootKey, SealKey};

const RECORD_VERSION: u8 = 1;
const SEALED_VERSION: u8 = 1;
const PURPOSE: &str = "keyring";

/// The domain keys of one region. The newest one seals; each opens what it sealed.
pub struct Keyring {
    /// By ascending number, and never empty.
    keys: Vec<DomainKey>,
}
silent_debug!(Keyring);

struct DomainKey {
    number: u32,
    bytes: KeyBytes,
    key: SealKey,
}

impl DomainKey {
    fn new(number: u32, bytes: &[u8; 32]) -> DomainKey {
        DomainKey { number, bytes: KeyBytes::copy(bytes), key: SealKey::new(&KeyBytes::copy(bytes)) }
    }
}

impl Keyring {
    /// A ring of one new key, and the record to store for it.
    pub fn create(root: &RootKey, random: &dyn Random) -> (Keyring, Vec<u8>) {
        let ring = Keyring { keys: vec![DomainKey::new(1, KeyBytes::generate(random).expose())] };
        let record = ring.to_record(root, random);
        (ring, record)
    }

    /// Reads a stored record.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the record was altered or belongs to another root key.
    pub fn open(root: &RootKey, sealed: &[u8]) -> Result<Keyring, OpenError> {
        let record = root.seal_key(PURPOSE).open(PURPOSE.as_bytes(), sealed)?;
        let (&version, entries) = record.split_first().ok_or(OpenError)?;
        let (entries, rest) = entries.as_chunks::<36>();
        let keys: Vec<DomainKey> = entries.iter().filter_map(read_entry).collect();
        let ascending = keys.iter().zip(keys.iter().skip(1)).all(|(a, b)| a.number < b.number);
        if version != RECORD_VERSION || !rest.is_empty() || keys.is_empty() || !ascending {
            return Err(OpenError);
        }
        Ok(Keyring { keys })
    }

    /// This ring with a new key that seals from now on, and the record to store for it.
    ///
    /// This ring does not change. The caller uses the new one only once the record is durable: if the record is lost, so is
    /// everything that its new key has sealed.
    pub fn rotate(&self, root: &RootKey, random: &dyn Random) -> (Keyring, Vec<u8>) {
        let mut keys: Vec<DomainKey> =
            self.keys.iter().map(|key| DomainKey::new(key.number, key.bytes.expose())).collect();
        let number = keys.last().map_or(0, |key| key.number).saturating_add(1);
        keys.push(DomainKey::new(number, KeyBytes::generate(random).expose()));
        let ring = Keyring { keys };
        let record = ring.to_record(root, random);
        (ring, record)
    }

    /// Seals a long-lived secret (key material, an access key's secret, a token key) under the newest domain key.
    /// It opens with the same list of context parts only.
    pub fn seal(&self, random: &dyn Random, context: &[&[u8]], secret: &[u8]) -> Vec<u8> {
        // The ring is never empty. If it were, the empty result would be refused by `open_sealed`.
        let Some(newest) = self.keys.last() else { return Vec::new() };
        let sealed = newest.key.seal(random, &bind(newest.number, context), secret);
        [&[SEALED_VERSION][..], &newest.number.to_be_bytes(), &sealed].concat()
    }

    /// Opens the output of [`Keyring::seal`] with the domain key that it names.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the bytes were altered, sealed with another context, or sealed by another ring.
    pub fn open_sealed(&self, context: &[&[u8]], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let (&version, rest) = sealed.split_first().ok_or(OpenError)?;
        let (number, message) = rest.split_first_chunk::<4>().ok_or(OpenError)?;
        let number = u32::from_be_bytes(*number);
        let key = self.keys.iter().find(|key| key.number == number).ok_or(OpenError)?;
        if version != SEALED_VERSION {
            return Err(OpenError);
        }
        key.key.open(&bind(number, context), message)
    }

    fn to_record(&self, root: &RootKey, random: &dyn Random) -> Vec<u8> {
        // Allocated at its final size: a vector that grows leaves copies of the keys in freed memory.
        let mut record = Zeroizing::new(Vec::with_capacity(1 + 36 * self.keys.len()));
        record.push(RECORD_VERSION);
        for key in &self.keys {
            record.extend_from_slice(&key.number.to_be_bytes());
            record.extend_from_slice(key.bytes.expose());
        }
        root.seal_key(PURPOSE).seal(random, PURPOSE.as_bytes(), &record)
    }
}

fn read_entry(entry: &[u8; 36]) -> Option<DomainKey> {
    let (number, bytes) = entry.split_first_chunk::<4>()?;
    Some(DomainKey::new(u32::from_be_bytes(*number), bytes.try_into().ok()?))
}

/// Associated data of a sealed secret: the number of the domain key and the context.
fn bind(number: u32, context: &[&[u8]]) -> Vec<u8> {
    let number = number.to_be_bytes();
    let parts: Vec<&[u8]> = [&number[..]].into_iter().chain(context.iter().copied()).collect();
    primitive::join(&parts)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use claviger_types::SeededRandom;

    const CONTEXT: &[&[u8]] = &[b"access key", b"AKIA"];

    #[test]
    fn old_keys_open_and_the_newest_seals() {
        let random = SeededRandom::new(1);
        let root = RootKey::generate(&random);
        let (first, _) = Keyring::create(&root, &random);
        let old = first.seal(&random, CONTEXT, b"secret");
        let (second, record) = first.rotate(&root, &random);
        let new = second.seal(&random, CONTEXT, b"secret");
        let reopened = Keyring::open(&root, &record).unwrap();
        for sealed in [&old, &new] {
            assert_eq!(*reopened.open_sealed(CONTEXT, sealed).unwrap(), b"secret");
        }
        assert_eq!(first.open_sealed(CONTEXT, &new), Err(OpenError));
        assert_eq!((old[4], new[4]), (1, 2));
    }

    #[test]
    fn a_secret_opens_in_its_context_only() {
        let random = SeededRandom::new(1);
        let root = RootKey::generate(&random);
        let (ring, _) = Keyring::create(&root, &random);
        let sealed = ring.seal(&random, CONTEXT, b"secret");
        let others: [&[&[u8]]; 4] = [&[], &[b"access key"], &[b"access", b" keyAKIA"], &[b"access key", b"AKIA", b""]];
        for other in others {
            assert_eq!(ring.open_sealed(other, &sealed), Err(OpenError));
        }
        for bit in 0..sealed.len() * 8 {
            let mut altered = sealed.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(ring.open_sealed(CONTEXT, &altered), Err(OpenError), "bit {bit}");
        }
        for len in 0..sealed.len() {
            assert_eq!(ring.open_sealed(CONTEXT, &sealed[..len]), Err(OpenError), "length {len}");
        }
    }

    #[test]
    fn a_record_belongs_to_its_root_key() {
        let random = SeededRandom::new(1);
        let (_, record) = Keyring::create(&RootKey::generate(&random), &random);
        assert_eq!(Keyring::open(&RootKey::generate(&random), &record).unwrap_err(), OpenError);
    }

    #[test]
    fn records_of_another_form_are_refused() {
        let random = SeededRandom::new(1);
        let root = RootKey::generate(&random);
        let entry = |number: u8| [&[0, 0, 0, number][..], &[7; 32]].concat();
        let opens = |record: Vec<u8>| {
            Keyring::open(&root, &root.seal_key(PURPOSE).seal(&random, PURPOSE.as_bytes(), &record)).is_ok()
        };
        assert!(opens([vec![1], entry(1), entry(2)].concat()));
        assert!(!opens(vec![]));
        assert!(!opens(vec![1]));
        assert!(!opens([vec![2], entry(1)].concat()));
        assert!(!opens([vec![1], entry(1), vec![0]].concat()));
        assert!(!opens([vec![1], entry(2), entry(1)].concat()));
        assert!(!opens([vec![1], entry(1), entry(1)].concat()));
    }
}
