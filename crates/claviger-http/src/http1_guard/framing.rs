//! Finds the end of the body of an HTTP/1 request.

use std::io;

/// The rest of a body that is still to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Framing {
    /// This many bytes.
    Length(u64),
    /// Chunks.
    Chunks(Chunks),
}

/// The position of the next byte in a chunked body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Chunks {
    /// In a chunk's size, after so many digits.
    Size { value: u64, digits: u8 },
    /// At the LF after the size.
    SizeEnd { value: u64 },
    /// This many bytes before the end of the chunk's data.
    Data(u64),
    /// At the CR after the data.
    DataCr,
    /// At the LF after the data.
    DataLf,
    /// At the CR of the empty line that ends the body.
    LastCr,
    /// At its LF.
    LastLf,
    /// Behind the body.
    End,
}

/// The most digits of a chunk's size. A larger chunk exceeds every limit of bodies.
const SIZE_DIGITS_MAX: u8 = 8;

impl Framing {
    /// A body of this many bytes.
    pub(crate) fn length(bytes: u64) -> Framing {
        Framing::Length(bytes)
    }

    /// A body in chunks.
    pub(crate) fn chunked() -> Framing {
        Framing::Chunks(Chunks::Size { value: 0, digits: 0 })
    }

    /// Whether the body is over.
    pub(crate) fn ended(&self) -> bool {
        matches!(self, Framing::Length(0) | Framing::Chunks(Chunks::End))
    }

    /// How many of the bytes belong to this body. Chunk extensions and trailers are errors: no client of these services sends
    /// them, and servers disagree about where they end.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Framing::Length(left) => {
                let taken = bytes.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= taken as u64;
                Ok(taken)
            }
            Framing::Chunks(chunks) => chunks.take(bytes),
        }
    }
}

impl Chunks {
    fn take(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut taken = 0;
        while let Some(rest) = bytes.get(taken..)
            && let Some(&byte) = rest.first()
            && *self != Chunks::End
        {
            if let Chunks::Data(left) = self {
                let run = rest.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= run as u64;
                taken += run;
                if *left == 0 {
                    *self = Chunks::DataCr;
                }
            } else {
                *self = self.step(byte).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
                taken += 1;
            }
        }
        Ok(taken)
    }

    /// The position after a byte that is not a chunk's data.
    fn step(&self, byte: u8) -> Option<Chunks> {
        match (self, byte) {
            (Chunks::Size { value, digits }, _) if *digits < SIZE_DIGITS_MAX && byte.is_ascii_hexdigit() => {
                let digit = char::from(byte).to_digit(16)?;
                Some(Chunks::Size { value: value * 16 + u64::from(digit), digits: digits + 1 })
            }
            (Chunks::Size { value, digits: 1.. }, b'\r') => Some(Chunks::SizeEnd { value: *value }),
            (Chunks::SizeEnd { value: 0 }, b'\n') => Some(Chunks::LastCr),
            (Chunks::SizeEnd { value }, b'\n') => Some(Chunks::Data(*value)),
            (Chunks::DataCr, b'\r') => Some(Chunks::DataLf),
            (Chunks::DataLf, b'\n') => Some(Chunks::Size { value: 0, digits: 0 }),
            (Chunks::LastCr, b'\r') => Some(Chunks::LastLf),
            (Chunks::LastLf, b'\n') => Some(Chunks::End),
            _ => None,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// How many bytes of the text are the body. It must not depend on how the text is cut. `None` if it is refused.
    fn body_len(text: &str) -> Option<usize> {
        let bytes = text.as_bytes();
        let mut whole = Framing::chunked();
        let at_once = whole.take(bytes).ok();
        let mut framing = Framing::chunked();
        let stepwise = bytes.iter().try_fold(0, |sum, byte| framing.take(&[*byte]).ok().map(|n| sum + n));
        assert_eq!(at_once, stepwise, "{text:?}");
        at_once.inspect(|_| assert!(whole.ended(), "{text:?}"))
    }

    #[test]
    fn chunked_bodies() {
        assert_eq!(body_len("0\r\n\r\n"), Some(5));
        assert_eq!(body_len("3\r\nabc\r\n0\r\n\r\nGET / HTTP/1.1"), Some(13));
        assert_eq!(body_len("00A\r\n0123456789\r\n1\r\n\n\r\n0\r\n\r\n"), Some(28));
        for bad in [
            "\r\n",
            "g\r\n",
            "3 \r\nabc\r\n0\r\n\r\n",
            "3;name=value\r\nabc\r\n0\r\n\r\n",
            "3\nabc\n0\n\n",
            "3\r\nabcd\r\n0\r\n\r\n",
            "-3\r\nabc\r\n0\r\n\r\n",
            "0x3\r\nabc\r\n0\r\n\r\n",
            "0\r\nTrailer: x\r\n\r\n",
            "123456789\r\n",
        ] {
            assert_eq!(body_len(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn bodies_of_a_length() {
        let mut framing = Framing::length(3);
        assert_eq!(framing.take(b"ab").unwrap(), 2);
        assert!(!framing.ended());
        assert_eq!(framing.take(b"cd").unwrap(), 1);
        assert!(framing.ended());
    }
}
