//! Pages of KMS lists: `Limit`, `Marker`, `Truncated`, `NextMarker`.

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::paging;
use claviger_model::kms::error;

/// The number of items of a page: the caller's limit, within the operation's.
pub(crate) fn size(limit: Option<i32>, default: usize, max: usize) -> usize {
    limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(default).clamp(1, max)
}

/// The row after which a page begins.
pub(crate) fn after(cx: &Cx<'_, '_>, list: &str, scope: &str, marker: Option<&str>) -> Result<Option<Vec<u8>>, Error> {
    marker.map(|marker| paging::open_marker(cx, list, scope, marker).map_err(|_| invalid_marker())).transpose()
}

/// A marker that this list never issued.
pub(crate) fn invalid_marker() -> Error {
    Error::silent(error::INVALID_MARKER_EXCEPTION)
}
