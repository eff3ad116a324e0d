//! Answers that are of no service.

use claviger_service::wire::RawResponse;

/// An answer that nobody may keep.
pub(crate) fn plain(status: u16, content_type: &str, body: String) -> RawResponse {
    RawResponse {
        status,
        headers: vec![("Content-Type", content_type.to_owned()), ("Cache-Control", "no-store".to_owned())],
        body: body.into_bytes().into(),
    }
}
