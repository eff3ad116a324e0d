//! Strict readers of text from the network. They refuse a text that two parsers could read differently.

mod json;
mod percent;

pub use json::{Json, JsonError, read_json};
pub use percent::{EscapeError, hex_byte, percent_decode};
