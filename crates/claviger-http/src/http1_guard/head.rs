//! Checks the head of an HTTP/1 request, and finds the framing of its body.

use claviger_types::wire::{EarlyRefusal, RawRequest};

use super::framing::Framing;
use crate::limits::{HEAD_BYTES_MAX, HEAD_LINE_BYTES_MAX, HEADERS_MAX};

/// The state of scanning a head.
#[derive(Debug, Default)]
pub(crate) struct HeadScan {
    seen: usize,
    line_start: usize,
}

impl HeadScan {
    /// Scans the bytes that arrived since the last call. `Some` is the length of the whole head, with the empty line that ends
    /// it.
    ///
    /// Lines end with CR LF and nothing else. A proxy in front may or may not take a lone LF or CR for the end of a line, and
    /// the two would then see different requests.
    pub(crate) fn advance(&mut self, bytes: &[u8]) -> Result<Option<usize>, EarlyRefusal> {
        while let Some(len) = self.whole_line(bytes) {
            self.line_start += len;
            self.seen = self.line_start;
            if len == 2 {
                return Ok(Some(self.seen));
            }
        }
        self.step(bytes)
    }

    /// The length of the line that the last one is followed by, with its CR LF, if it is whole and breaks no rule and no limit.
    /// [`HeadScan::step`] finds out which one the others break.
    fn whole_line(&self, bytes: &[u8]) -> Option<usize> {
        let rest = bytes.get(self.line_start..)?;
        let len = memchr::memchr(b'\n', rest)? + 1;
        let line = rest.get(..len)?.strip_suffix(b"\r\n")?;
        let fits = line.len() <= HEAD_LINE_BYTES_MAX && self.line_start + len < HEAD_BYTES_MAX;
        let starts_well = self.line_start > 0 || line.first().is_some_and(|byte| is_token(*byte));
        // There is no early exit, so that the compiler compares many bytes at a time.
        let is_plain = !line.iter().fold(false, |found, byte| found | (*byte == b'\r') | (*byte == 0));
        (fits && starts_well && is_plain).then_some(len)
    }

    /// Scans byte by byte.
    fn step(&mut self, bytes: &[u8]) -> Result<Option<usize>, EarlyRefusal> {
        while let Some(&byte) = bytes.get(self.seen) {
            let before = self.seen.checked_sub(1).and_then(|at| bytes.get(at));
            if (byte == b'\n') != (before == Some(&b'\r')) || byte == 0 || (self.seen == 0 && !is_token(byte)) {
                return Err(EarlyRefusal::Malformed);
            }
            self.seen += 1;
            if byte == b'\n' {
                if self.seen - self.line_start == 2 {
                    return Ok(Some(self.seen));
                }
                self.line_start = self.seen;
            }
            if self.seen - self.line_start > HEAD_LINE_BYTES_MAX + 1 || self.seen >= HEAD_BYTES_MAX {
                return Err(EarlyRefusal::HeadersTooLarge);
            }
        }
        Ok(None)
    }
}

/// Checks a whole head and returns the framing of its body.
pub(crate) fn check(head: &[u8]) -> Result<Framing, EarlyRefusal> {
    let mut lines = lines(head);
    let version = request_line(lines.next().unwrap_or_default())?;
    let mut count = 0;
    let mut hosts = 0;
    let mut length = None;
    let mut chunked = false;
    for line in lines.take_while(|line| !line.is_empty()) {
        count += 1;
        let (name, value) = field(line)?;
        let is = |wanted: &[u8]| name.eq_ignore_ascii_case(wanted);
        let twice = if is(b"host") {
            hosts += 1;
            hosts > 1
        } else if is(b"content-length") {
            length.replace(decimal(value).ok_or(EarlyRefusal::Malformed)?).is_some()
        } else if is(b"transfer-encoding") {
            // Another coding, or a list of them, is refused too.
            !value.eq_ignore_ascii_case(b"chunked") || std::mem::replace(&mut chunked, true)
        } else {
            false
        };
        if twice {
            return Err(EarlyRefusal::Malformed);
        }
    }
    if count > HEADERS_MAX {
        return Err(EarlyRefusal::HeadersTooLarge);
    }
    let modern = version == Version::Http11;
    if (chunked && (length.is_some() || !modern)) || (modern && hosts == 0) {
        return Err(EarlyRefusal::Malformed);
    }
    Ok(if chunked { Framing::chunked() } else { Framing::length(length.unwrap_or(0)) })
}

/// The lines of a head, without their ends, and what is behind the last end.
fn lines(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(head);
    std::iter::from_fn(move || {
        let text = rest?;
        let (line, behind) = match memchr::memchr(b'\n', text) {
            Some(at) => (text.get(..at)?, text.get(at + 1..)),
            None => (text, None),
        };
        rest = behind;
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    })
}

/// The readable parts of a refused head. They decide the shape of the answer.
pub(crate) fn salvage(head: &[u8], id: String) -> RawRequest {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut lines = lines(head);
    let mut words = lines.next().unwrap_or_default().split(|b| *b == b' ');
    let method = text(words.next().unwrap_or_default());
    let target = text(words.next().unwrap_or_default());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let fields = lines.take_while(|line| !line.is_empty()).take(HEADERS_MAX).filter_map(|line| field(line).ok());
    RawRequest {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        headers: fields.map(|(name, value)| (text(name).to_ascii_lowercase(), value.to_vec())).collect(),
        body: Default::default(),
        id,
        peer: None,
        secure: false,
    }
}

#[derive(PartialEq, Eq)]
enum Version {
    Http10,
    Http11,
}

/// `METHOD SP TARGET SP VERSION`, the target in origin form: a path. An absolute URI is refused because it names a host of its
/// own beside the signed one. `*` and the authority form of CONNECT are refused too.
fn request_line(line: &[u8]) -> Result<Version, EarlyRefusal> {
    let mut words = line.split(|b| *b == b' ');
    let (Some(method), Some(target), Some(version), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(EarlyRefusal::Malformed);
    };
    let method_fits = !method.is_empty() && method.len() <= 32 && method.iter().all(|b| is_token(*b));
    let target_fits = target.starts_with(b"/") && target.iter().all(|b| b.is_ascii_graphic() && *b != b'#');
    if !method_fits || !target_fits {
        return Err(EarlyRefusal::Malformed);
    }
    match version {
        b"HTTP/1.1" => Ok(Version::Http11),
        b"HTTP/1.0" => Ok(Version::Http10),
        _ => Err(EarlyRefusal::Malformed),
    }
}

/// `name: value`. A space before the colon and continued lines are refused.
fn field(line: &[u8]) -> Result<(&[u8], &[u8]), EarlyRefusal> {
    let colon = memchr::memchr(b':', line).ok_or(EarlyRefusal::Malformed)?;
    let (name, rest) = line.split_at(colon);
    let value = rest.strip_prefix(b":").unwrap_or(rest).trim_ascii();
    // There is no early exit, so that the compiler compares many bytes at a time.
    let control = value.iter().fold(false, |found, b| found | (b.is_ascii_control() & (*b != b'\t')));
    if name.is_empty() || !name.iter().all(|b| is_token(*b)) || control {
        return Err(EarlyRefusal::Malformed);
    }
    Ok((name, value))
}

/// Digits and nothing else: no sign, no list.
fn decimal(text: &[u8]) -> Option<u64> {
    let digits = !text.is_empty() && text.len() <= 18 && text.iter().all(u8::is_ascii_digit);
    digits.then(|| text.iter().fold(0, |value, digit| value * 10 + u64::from(digit - b'0')))
}

fn is_token(byte: u8) -> bool {
    TOKEN.get(usize::from(byte)).copied().unwrap_or(false)
}

/// Whether each byte may stand in a method or in a header's name.
const TOKEN: [bool; 256] = token_table();

#[allow(clippy::indexing_slicing, reason = "computed at compile time, where an index out of range does not compile")]
const fn token_table() -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let others = b"!#$%&'*+-.^_`|~";
    let mut at = 0;
    while at < others.len() {
        table[others[at] as usize] = true;
        at += 1;
    }
    table
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MALFORMED: Result<Framing, EarlyRefusal> = Err(EarlyRefusal::Malformed);
    const TOO_LARGE: Result<Framing, EarlyRefusal> = Err(EarlyRefusal::HeadersTooLarge);

    /// The outcome for a head, which must be the same whether it comes at once or byte by byte.
    fn outcome(head: &str) -> Result<Framing, EarlyRefusal> {
        let at_once = HeadScan::default().advance(head.as_bytes());
        let mut scan = HeadScan::default();
        let stepwise = (1..=head.len()).find_map(|len| scan.advance(&head.as_bytes()[..len]).transpose()).transpose();
        assert_eq!(at_once, stepwise, "{head:?}");
        let len = at_once?.expect("the head is whole");
        check(&head.as_bytes()[..len])
    }

    proptest! {
        /// Reading whole lines at a time answers as reading byte by byte does, however the head is cut.
        #[test]
        fn lines_and_bytes_are_read_alike(
            pieces in prop::collection::vec(piece(), 0..12),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        ) {
            let head = pieces.concat();
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(head.len() + 1)).chain([head.len()]).collect();
            cuts.sort_unstable();
            let mut by_line = HeadScan::default();
            let by_line = cuts.iter().find_map(|cut| by_line.advance(&head[..*cut]).transpose()).transpose();
            prop_assert_eq!(by_line, HeadScan::default().step(&head));
        }
    }

    fn piece() -> impl Strategy<Value = Vec<u8>> {
        let words = ["GET / HTTP/1.1\r\n", "Host: h\r\n", "A: b\r\n", "\r\n", "\r", "\n", "\0", "a", " "];
        let words = prop::sample::select(words.to_vec()).prop_map(|word| word.as_bytes().to_vec());
        let long = (HEAD_LINE_BYTES_MAX - 2..HEAD_LINE_BYTES_MAX + 3).prop_map(|len| vec![b'x'; len]);
        prop_oneof![8 => words, 1 => long]
    }

    #[test]
    fn bytes_of_tokens() {
        let tokens = (0..=255).filter(|byte| is_token(*byte)).map(char::from).collect::<String>();
        let expected = "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~";
        assert_eq!(tokens, expected);
    }

    #[test]
    fn bodies_are_framed_by_one_header() {
        let framed = |line: &str| outcome(&format!("POST / HTTP/1.1\r\nHost: h\r\n{line}\r\n"));
        assert_eq!(framed(""), Ok(Framing::length(0)));
        assert_eq!(framed("Content-Length: 12\r\n"), Ok(Framing::length(12)));
        assert_eq!(framed("content-length:0\r\n"), Ok(Framing::length(0)));
        assert_eq!(framed("Transfer-Encoding: Chunked\r\n"), Ok(Framing::chunked()));
        for bad in [
            "Content-Length: 5\r\nContent-Length: 5\r\n",
            "Content-Length: 5\r\nContent-Length: 6\r\n",
            "Content-Length: 5, 5\r\n",
            "Content-Length: +5\r\n",
            "Content-Length: -5\r\n",
            "Content-Length: 0x5\r\n",
            "Content-Length:\r\n",
            "Content-Length: 9999999999999999999999\r\n",
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: gzip, chunked\r\n",
            "Transfer-Encoding: identity\r\n",
            "Transfer-Encoding : chunked\r\n",
        ] {
            assert_eq!(framed(bad), MALFORMED, "{bad:?}");
        }
    }

    #[test]
    fn heads_that_are_refused() {
        for bad in [
            "\x16\x03\x01\x02",
            "GET / HTTP/1.1\nHost: h\n\n",
            "GET / HTTP/1.1\r\nHost: h\r\nA: b\n\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nA: b\0\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
            "CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET /#a HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET /\u{e9} HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET / HTTP/1.2\r\nHost: h\r\n\r\n",
            "GET /\r\nHost: h\r\n\r\n",
            " GET / HTTP/1.1\r\nHost: h\r\n\r\n",
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        ] {
            assert_eq!(outcome(bad), MALFORMED, "{bad:?}");
        }
        assert_eq!(outcome("GET / HTTP/1.0\r\n\r\n"), Ok(Framing::length(0)));
    }

    #[test]
    fn size_limits_to_the_byte() {
        let line = |len: usize| format!("A: {}", "x".repeat(len - 3));
        let one = |len: usize| outcome(&format!("GET / HTTP/1.1\r\nHost: h\r\n{}\r\n\r\n", line(len)));
        assert!(one(HEAD_LINE_BYTES_MAX).is_ok());
        assert_eq!(one(HEAD_LINE_BYTES_MAX + 1), TOO_LARGE);

        let many =
            |count: usize| outcome(&format!("GET / HTTP/1.1\r\nHost: h\r\n{}\r\n", "A: b\r\n".repeat(count - 1)));
        assert!(many(HEADERS_MAX).is_ok());
        assert_eq!(many(HEADERS_MAX + 1), TOO_LARGE);

        let whole = |len: usize| {
            let start = "GET / HTTP/1.1\r\nHost: h\r\n";
            let filler = format!("{}\r\n", line(4096 - 2)).repeat(7);
            let rest = len - start.len() - filler.len() - 4;
            outcome(&format!("{start}{filler}{}\r\n\r\n", line(rest)))
        };
        assert!(whole(HEAD_BYTES_MAX - 1).is_ok());
        assert!(whole(HEAD_BYTES_MAX).is_ok());
        assert_eq!(whole(HEAD_BYTES_MAX + 1), TOO_LARGE);
    }

    #[test]
    fn a_refused_head_is_read_as_far_as_it_goes() {
        let head = b"POST /p?a=b HTTP/1.1\r\nX-Amz-Target: TrentService.Encrypt\r\nbroken\r\nHost: h\r\nHo";
        let read = salvage(head, "id".to_owned());
        assert_eq!((read.method.as_str(), read.path.as_str(), read.query.as_str()), ("POST", "/p", "a=b"));
        assert_eq!(read.header("x-amz-target"), Some("TrentService.Encrypt"));
        assert_eq!(read.header("host"), Some("h"));
        assert!(salvage(b"", String::new()).headers.is_empty());
    }
}
