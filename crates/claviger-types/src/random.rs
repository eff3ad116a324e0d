//! The source of randomness, which is an argument like time.

/// A source of unpredictable bytes. The binary passes the operating system's, the simulator a seeded one.
pub trait Random: Send + Sync {
    /// Fills `out`. There is no error: the process does not start without a working source.
    fn fill(&self, out: &mut [u8]);
}

impl dyn Random + '_ {
    /// `N` fresh bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.fill(&mut out);
        out
    }

    /// A lower-case UUID of version 4.
    pub fn uuid(&self) -> String {
        let bits = u128::from_be_bytes(self.bytes());
        let version_4 = (bits & !(0xf << 76)) | (0x4 << 76);
        uuid_text((version_4 & !(0b11 << 62)) | (0b10 << 62))
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

/// The lower-case text of a UUID.
pub(crate) fn uuid_text(bits: u128) -> String {
    let mut text = String::with_capacity(36);
    for (at, byte) in bits.to_be_bytes().into_iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        push_hex(&mut text, byte);
    }
    text
}

/// Appends the two lower-case hexadecimal digits of a byte. Formatting each byte would cost ten times as much.
pub(crate) fn push_hex(text: &mut String, byte: u8) {
    for digit in [byte >> 4, byte & 0xf] {
        text.push(char::from(if digit < 10 { b'0' + digit } else { b'a' - 10 + digit }));
    }
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
    fn uuids_are_of_version_4() {
        assert_eq!((&Fixed(0xff) as &dyn Random).uuid(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!((&Fixed(0x00) as &dyn Random).uuid(), "00000000-0000-4000-8000-000000000000");
    }
}
