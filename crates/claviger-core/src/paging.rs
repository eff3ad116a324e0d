//! Pages of lists: a marker is the sealed key of the last row shown, bound to the caller's account and the very list it came from.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claviger_crypto::SealKey;
use claviger_types::{AccountId, Random};

use crate::context::Cx;

/// The error for a marker that this list did not issue.
#[derive(Debug)]
pub struct ForeignMarker;

/// Seals the position of a list as a marker.
pub fn seal_marker(cx: &Cx<'_, '_>, list: &str, scope: &str, row: &[u8]) -> String {
    seal(cx.pagination, cx.random, &context(cx.account(), list, scope), row)
}

/// Opens a marker. A marker of another account, list or filter does not open.
pub fn open_marker(cx: &Cx<'_, '_>, list: &str, scope: &str, marker: &str) -> Result<Vec<u8>, ForeignMarker> {
    open(cx.pagination, &context(cx.account(), list, scope), marker)
}

pub(crate) fn seal(key: &SealKey, random: &dyn Random, context: &[u8], row: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(key.seal(random, context, row))
}

pub(crate) fn open(key: &SealKey, context: &[u8], marker: &str) -> Result<Vec<u8>, ForeignMarker> {
    let sealed = URL_SAFE_NO_PAD.decode(marker).map_err(|_| ForeignMarker)?;
    let row = key.open(context, &sealed).map_err(|_| ForeignMarker)?;
    Ok(row.to_vec())
}

pub(crate) fn context(account: &AccountId, list: &str, scope: &str) -> Vec<u8> {
    // Lengths in front keep `("ab", "c")` and `("a", "bc")` apart.
    let mut bytes = Vec::new();
    for part in [account.as_str(), list, scope] {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

/// One page of a list.
pub struct Page<T> {
    /// Its items.
    pub items: Vec<T>,
    /// The marker of the next page, if there is one.
    pub next: Option<String>,
}

/// Cuts a page of `size` out of up to `size + 1` rows that were read.
pub fn page<T>(cx: &Cx<'_, '_>, list: &str, scope: &str, mut rows: Vec<(Vec<u8>, T)>, size: usize) -> Page<T> {
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().filter(|_| more).map(|(row, _)| seal_marker(cx, list, scope, row));
    Page { items: rows.into_iter().map(|(_, item)| item).collect(), next }
}
