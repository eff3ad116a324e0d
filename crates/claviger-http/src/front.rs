//! The one door: health checks, and everything else to the region that it is for.

use std::sync::Arc;

use claviger_service::wire::{RawRequest, RawResponse};
use claviger_types::Region;

use crate::exchange::Handler;
use crate::route::Directory;

/// Answers for all regions of a directory.
pub struct Front {
    directory: Arc<Directory>,
}

impl Front {
    /// A door to these regions.
    pub fn new(directory: Arc<Directory>) -> Front {
        Front { directory }
    }

    /// 200 when every region is running, takes writes and knows its peers' token keys; else 503 and what fails. Of what the
    /// regions hold it says nothing.
    fn ready(&self) -> RawResponse {
        let failing: Vec<String> = self
            .directory
            .regions()
            .into_iter()
            .filter_map(|(region, node)| {
                let check = match node {
                    None => "running",
                    Some(node) if !node.healthy() => "store",
                    Some(node) if !node.caught_up() => "caught up",
                    Some(_) => return None,
                };
                Some(failing(&region, check))
            })
            .collect();
        let status = if failing.is_empty() { 200 } else { 503 };
        plain(status, "application/json", format!("{{\"failing\":[{}]}}", failing.join(",")))
    }
}

impl Handler for Front {
    async fn handle(&self, request: RawRequest) -> RawResponse {
        if matches!(request.method.as_str(), "GET" | "HEAD") {
            match request.path.as_str() {
                "/healthz" => return plain(200, "text/plain", "ok".to_owned()),
                "/readyz" => return self.ready(),
                _ => {}
            }
        }
        match self.directory.route(&request) {
            Ok(node) => node.handle(request).await,
            Err(refusal) => claviger_service::refuse(&request, refusal),
        }
    }
}

/// A region's name holds nothing that JSON would have to escape.
fn failing(region: &Region, check: &str) -> String {
    format!("{{\"region\":\"{region}\",\"check\":\"{check}\"}}")
}

fn plain(status: u16, content_type: &str, body: String) -> RawResponse {
    RawResponse {
        status,
        headers: vec![("Content-Type", content_type.to_owned()), ("Cache-Control", "no-store".to_owned())],
        body: body.into_bytes().into(),
    }
}
