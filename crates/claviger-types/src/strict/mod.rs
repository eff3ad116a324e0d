//! Readers of text from the network that take one reading only: what two parsers could read differently is refused.

mod json;
mod percent;

pub use json::{Json, JsonError, read_json};
pub use percent::{EscapeError, hex_byte, percent_decode};
