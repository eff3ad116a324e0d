//! The configuration of `claviger server`: a TOML file, read as it is given (`raw.rs`) and then checked (`checked.rs`).
//!
//! `members.rs` is the one table of all members. The reader, `claviger config explain` and the reference page follow it.

mod checked;
pub(crate) mod explain;
mod fault;
mod members;
mod raw;
#[cfg(test)]
mod reference;

pub(crate) use checked::{Loaded, PassphraseSource, Seal, Settings, TlsFiles, load};
