//! A growing buffer for secret bytes.

use std::fmt;
use std::io;

use claviger_types::Sensitive;
use zeroize::Zeroize;

/// Bytes that are wiped on drop, and also where they lay before the buffer grew.
#[derive(Default)]
pub struct WipingBuffer(Vec<u8>);

impl WipingBuffer {
    /// An empty buffer.
    pub fn new() -> WipingBuffer {
        WipingBuffer::default()
    }

    /// Appends bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        let needed = self.0.len().saturating_add(bytes.len());
        if needed > self.0.capacity() {
            let mut larger = Vec::with_capacity(needed.max(self.0.capacity().saturating_mul(2)).max(256));
            larger.extend_from_slice(&self.0);
            self.0.zeroize();
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
    }

    /// Appends a text as a JSON string.
    pub fn push_json(&mut self, text: &str) {
        // The writer never fails, and the serializer of a string neither.
        let _ = serde_json::to_writer(self, text);
    }

    /// The bytes so far.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, without leaving a copy.
    pub fn into_sensitive(mut self) -> Sensitive<Vec<u8>> {
        Sensitive::new(std::mem::take(&mut self.0))
    }

    /// The bytes as text; none if they are not UTF-8.
    pub fn into_text(mut self) -> Option<Sensitive<String>> {
        match String::from_utf8(std::mem::take(&mut self.0)) {
            Ok(text) => Some(Sensitive::new(text)),
            Err(error) => {
                error.into_bytes().zeroize();
                None
            }
        }
    }
}

impl io::Write for &mut WipingBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.push(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for WipingBuffer {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for WipingBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<sensitive>")
    }
}
