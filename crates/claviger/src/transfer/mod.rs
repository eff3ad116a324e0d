//! What `claviger import` and `claviger export` share: options, connections, files, progress.

pub(crate) mod connect;
pub(crate) mod options;
pub(crate) mod profile;
pub(crate) mod progress;
pub(crate) mod read;
