//! The link at the end of a line: the line's number in the trail, the hash of the line before it, and its own hash.
//!
//! `,"claviger":{"seq":N,"prev":"HASH","hash":"HASH"}}` ends the record's object. The hash is the SHA-256 of the bytes of the line
//! before its own digits, so that it covers the number and the previous hash. Where a crash left bytes between two linked lines, the
//! hash of the later one covers these bytes too, before its own.

use claviger_types::Hex;

const SEQ: &[u8] = b"\"claviger\":{\"seq\":";
const PREV: &[u8] = b",\"prev\":\"";
const HASH: &[u8] = b"\",\"hash\":\"";
const END: &[u8] = b"\"}}";

/// The link of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Link {
    /// The number of the line in its trail, from 1 on.
    pub seq: u64,
    /// The hash of the line before it; zeros for the first line.
    pub prev: [u8; 32],
    /// The hash of this line.
    pub hash: [u8; 32],
}

impl Link {
    /// The link of a line, which may end with a line feed. None if the line has none of exactly the form that is written.
    pub fn of(line: &[u8]) -> Option<Link> {
        split(line).map(|(link, _)| link)
    }
}

/// The link of a line, and the bytes of the line that its hash covers.
pub(crate) fn split(line: &[u8]) -> Option<(Link, &[u8])> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let (covered, hash) = ending_digest(line.strip_suffix(END)?)?;
    let (rest, prev) = ending_digest(covered.strip_suffix(HASH)?)?;
    let rest = rest.strip_suffix(PREV)?;
    let digits = rest.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (rest, digits) = rest.split_at_checked(rest.len().checked_sub(digits)?)?;
    let seq: u64 = str::from_utf8(digits).ok()?.parse().ok()?;
    let is_plain = rest.ends_with(SEQ) && !digits.starts_with(b"0");
    is_plain.then_some((Link { seq, prev, hash }, covered))
}

/// Ends a record with the part of its link that its hash covers. The record has no closing brace.
pub(crate) fn write_covered(out: &mut Vec<u8>, seq: u64, prev: &[u8; 32]) {
    out.extend_from_slice(SEQ);
    out.extend_from_slice(seq.to_string().as_bytes());
    out.extend_from_slice(PREV);
    out.extend_from_slice(Hex::of(prev).as_str().as_bytes());
    out.extend_from_slice(HASH);
}

/// Ends the line.
pub(crate) fn write_hash(out: &mut Vec<u8>, hash: &[u8; 32]) {
    out.extend_from_slice(Hex::of(hash).as_str().as_bytes());
    out.extend_from_slice(END);
    out.push(b'\n');
}

/// Splits 64 lower-case hexadecimal digits off the end.
fn ending_digest(bytes: &[u8]) -> Option<(&[u8], [u8; 32])> {
    let (rest, digits) = bytes.split_last_chunk::<64>()?;
    Some((rest, digest(digits)?))
}

fn digest(digits: &[u8; 64]) -> Option<[u8; 32]> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut out = [0; 32];
    for (byte, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = value(*high)? << 4 | value(*low)?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(seq: &str, prev: &str, hash: &str) -> String {
        format!("{{\"a\":1,\"claviger\":{{\"seq\":{seq},\"prev\":\"{prev}\",\"hash\":\"{hash}\"}}}}")
    }

    #[test]
    fn only_the_written_form_is_read() {
        let (zeros, digits) = ("0".repeat(64), "0123456789abcdef".repeat(4));
        let read = Link::of(line("12", &zeros, &digits).as_bytes()).unwrap();
        assert_eq!((read.seq, read.prev, read.hash[1]), (12, [0; 32], 0x23));
        assert_eq!(Link::of(format!("{}\n", line("12", &zeros, &digits)).as_bytes()), Some(read));
        let long = format!("0{zeros}");
        for other in [
            line("012", &zeros, &digits),
            line("0", &zeros, &digits),
            line("", &zeros, &digits),
            line("-1", &zeros, &digits),
            line("99999999999999999999", &zeros, &digits),
            line("1", &zeros[1..], &digits),
            line("1", &long, &digits),
            line("1", &zeros, &digits.to_uppercase()),
            format!("{} ", line("1", &zeros, &digits)),
            format!("{}}}", line("1", &zeros, &digits)),
            String::new(),
            "{}".to_owned(),
        ] {
            assert_eq!(Link::of(other.as_bytes()), None, "{other}");
        }
    }
}
