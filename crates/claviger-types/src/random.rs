//! The source of randomness, which is an argument like time.

/// A source of unpredictable bytes. The binary passes the operating system's, the simulator a seeded one.
pub trait Random: Send + Sync {
    /// Fills `out`. There is no error: the process does not start without a working source.
    fn fill(&self, out: &mut [u8]);

    /// 16 bytes for the id of a request or of an audit record. A source may draw them ahead.
    fn id_bytes(&self) -> [u8; 16] {
        let mut out = [0; 16];
        self.fill(&mut out);
        out
    }
}

impl dyn Random + '_ {
    /// `N` fresh bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.fill(&mut out);
        out
    }

    /// A lower-case UUID of version 4, for what is stored.
    pub fn uuid(&self) -> String {
        uuid_of(self.bytes())
    }

    /// A lower-case UUID of version 4, for a request or an audit record. Its bytes may have been drawn ahead.
    pub fn event_id(&self) -> String {
        uuid_of(self.id_bytes())
    }

    /// `len` characters drawn evenly from `alphabet` (at most 256 ASCII characters).
    pub fn text(&self, len: usize, alphabet: &[u8]) -> String {
        // Bytes past the last whole multiple of the alphabet's size are drawn again, so that no character is likelier.
        let fair = 256 - 256 % alphabet.len().clamp(1, 256);
        let mut out = String::with_capacity(len);
        while out.len() < len {
            for b in self.bytes::<32>() {
                if usize::from(b) < fair
                    && out.len() < len
                    && let Some(c) = alphabet.get(usize::from(b) % alphabet.len().max(1))
                {
                    out.push(char::from(*c));
                }
            }
        }
        out
    }
}

fn uuid_of(bytes: [u8; 16]) -> String {
    let version_4 = (u128::from_be_bytes(bytes) & !(0xf << 76)) | (0x4 << 76);
    uuid_text((version_4 & !(0b11 << 62)) | (0b10 << 62))
}

/// The lower-case text of a UUID.
pub(crate) fn uuid_text(bits: u128) -> String {
    /// Where the two digits of each byte begin.
    const PLACES: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
    let digit = |nibble: u8| nibble + if nibble > 9 { b'a' - 10 } else { b'0' };
    let mut out = [b'-'; 36];
    for (place, byte) in PLACES.into_iter().zip(bits.to_be_bytes()) {
        if let Some([high, low]) = out.get_mut(place..place + 2) {
            (*high, *low) = (digit(byte >> 4), digit(byte & 0xf));
        }
    }
    // All digits are ASCII.
    String::from_utf8(out.into()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);

    impl Random for Fixed {
        fn fill(&self, out: &mut [u8]) {
            out.fill(self.0);
        }
    }

    #[test]
    fn uuids_have_each_digit_in_its_place() {
        let bits = 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210;
        assert_eq!(uuid_text(bits), "01234567-89ab-cdef-fedc-ba9876543210");
    }

    #[test]
    fn uuids_are_of_version_4() {
        assert_eq!((&Fixed(0xff) as &dyn Random).uuid(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!((&Fixed(0x00) as &dyn Random).uuid(), "00000000-0000-4000-8000-000000000000");
    }
}
