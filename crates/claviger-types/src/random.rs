//! Randomness is an argument too.

/// A source of unpredictable bytes. The binary hands in the operating system's; the simulator, a seeded one.
pub trait Random: Send + Sync {
    /// Fills `out`. A source that cannot is a reason not to start; it never hands out weak bytes.
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
        let (high, low) = ((bits >> 64) as u64, bits as u64);
        let version_4 = (high & !0xf000) | 0x4000;
        let variant = (low & !(0b11 << 62)) | (0b10 << 62);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            version_4 >> 32,
            (version_4 >> 16) & 0xffff,
            version_4 & 0xffff,
            variant >> 48,
            variant & 0xffff_ffff_ffff
        )
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
