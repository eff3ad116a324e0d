//! Digests as text.

/// 32 bytes as 64 lower-case hexadecimal digits: a digest, or an id that is one.
pub struct Hex([u8; 64]);

impl Hex {
    /// The digits of these bytes.
    pub fn of(bytes: &[u8; 32]) -> Hex {
        // Without a table, so that the compiler converts many bytes at a time.
        let digit = |nibble: u8| nibble + if nibble > 9 { b'a' - 10 } else { b'0' };
        let mut out = [0; 64];
        for (pair, byte) in out.chunks_exact_mut(2).zip(bytes) {
            if let [high, low] = pair {
                (*high, *low) = (digit(byte >> 4), digit(byte & 0xf));
            }
        }
        Hex(out)
    }

    /// The digits as text.
    pub fn as_str(&self) -> &str {
        // Only ASCII digits and letters are written, so the text is always UTF-8.
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit() {
        let bytes = [
            0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff,
        ];
        let zeros = "0".repeat(30);
        assert_eq!(Hex::of(&bytes).as_str(), format!("0123456789abcdeffedcba9876543210{zeros}ff"));
    }
}
