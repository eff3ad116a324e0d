//! The few facts that a client of this benchmark needs of an HTTP/1 answer.

use crate::error::{Error, unexpected};

/// The longest head that is read.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// The head of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// Bytes of the head, with the empty line at its end.
    pub(crate) bytes: usize,
    /// Bytes of the body.
    pub(crate) body_bytes: usize,
    /// Whether the server closes the connection after this answer.
    pub(crate) closes: bool,
}

/// Reads a head from the beginning of `bytes`. None: it is not complete yet.
pub(crate) fn head(bytes: &[u8]) -> Result<Option<Head>, Error> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return if bytes.len() > HEAD_BYTES_MAX { Err(unexpected("an answer's head does not end")) } else { Ok(None) };
    };
    let text = bytes.get(..end).and_then(|head| std::str::from_utf8(head).ok());
    let mut lines = text.ok_or_else(|| unexpected("an answer's head is not text"))?.split("\r\n");
    let first = lines.next().unwrap_or_default();
    let status = first.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)).and_then(|code| code.parse().ok());
    let status = status.ok_or_else(|| unexpected(format!("an answer begins with `{first}`")))?;
    let mut head = Head { status, bytes: end + 4, body_bytes: 0, closes: first.starts_with("HTTP/1.0") };
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        if name.eq_ignore_ascii_case("content-length") {
            head.body_bytes = value.trim().parse().map_err(|_| unexpected("a content-length is no number"))?;
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            return Err(unexpected("an answer is chunked, which this client does not read"));
        } else if name.eq_ignore_ascii_case("connection") {
            head.closes = value.trim().eq_ignore_ascii_case("close");
        }
    }
    Ok(Some(head))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc";
        let expected = Head { status: 200, bytes: text.len() - 3, body_bytes: 3, closes: true };
        assert_eq!(head(text).unwrap(), Some(expected));
        assert_eq!(head(b"HTTP/1.1 200 OK\r\n").unwrap(), None);
        assert!(head(b"SSH-2.0\r\n\r\n").is_err());
        assert!(head(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
        assert!(head(&vec![b'a'; HEAD_BYTES_MAX + 1]).is_err());
    }
}
