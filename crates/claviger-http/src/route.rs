//! The one door: which region answers a request. The credential scope says, not the listener, the host or the path.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use claviger_service::Node;
use claviger_service::SERVICES;
use claviger_service::wire::{EarlyRefusal, RawRequest, RawResponse};
use claviger_types::Region;

use crate::exchange::Handler;

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
    async fn ready(&self) -> RawResponse {
        let mut failing: Vec<String> = Vec::new();
        for (region, node) in self.directory.regions() {
            let check = match node {
                None => "running",
                Some(node) if !node.healthy() => "store",
                Some(node) if !node.caught_up().await => "caught up",
                Some(_) => continue,
            };
            failing.push(failing_check(&region, check));
        }
        let status = if failing.is_empty() { 200 } else { 503 };
        plain(status, "application/json", format!("{{\"failing\":[{}]}}", failing.join(",")))
    }
}

impl Handler for Front {
    async fn handle(&self, request: RawRequest) -> RawResponse {
        if matches!(request.method.as_str(), "GET" | "HEAD") {
            match request.path.as_str() {
                "/healthz" => return plain(200, "text/plain", "ok".to_owned()),
                "/readyz" => return self.ready().await,
                _ => {}
            }
        }
        match self.directory.route(&request) {
            Ok(node) => node.handle(request).await,
            Err(refusal) => claviger_service::refuse(claviger_service::SERVICES, &request, refusal),
        }
    }
}

/// The regions of this process, each running or down. It can change at any time.
pub struct Directory {
    home: Region,
    places: RwLock<BTreeMap<Region, Option<Arc<Node>>>>,
}

impl Directory {
    /// The regions that this process hosts, all down at first, and the one where IAM is written.
    pub fn new(regions: &[Region], home: Region) -> Directory {
        let places = regions.iter().map(|region| (region.clone(), None)).collect();
        Directory { home, places: RwLock::new(places) }
    }

    /// From now on the region of this node answers.
    pub fn bring_up(&self, node: Arc<Node>) {
        self.set(node.region().clone(), Some(node));
    }

    /// From now on the region does not answer. Requests that it has already begun hold on to its node.
    pub fn take_down(&self, region: &Region) {
        self.set(region.clone(), None);
    }

    /// Every region with its node, if it is running.
    pub fn regions(&self) -> Vec<(Region, Option<Arc<Node>>)> {
        let places = self.places.read().unwrap_or_else(PoisonError::into_inner);
        places.iter().map(|(region, node)| (region.clone(), node.clone())).collect()
    }

    /// The node of a region, if it is running here.
    pub fn node(&self, region: &Region) -> Option<Arc<Node>> {
        self.places.read().unwrap_or_else(PoisonError::into_inner).get(region).cloned().flatten()
    }

    /// The node that has to answer a request, or why none does.
    ///
    /// # Errors
    ///
    /// [`EarlyRefusal::UnknownRegion`] and [`EarlyRefusal::RegionDown`].
    pub fn route(&self, request: &RawRequest) -> Result<Arc<Node>, EarlyRefusal> {
        let scope = claviger_service::scope(request);
        let places = self.places.read().unwrap_or_else(PoisonError::into_inner);
        let up = |region: &str| Region::parse(region).ok().and_then(|r| places.get(&r)).map(Option::is_some);
        let named = scope.as_ref().map(|(region, service)| (region.as_str(), service.as_str()));
        let chosen = match choose(named, self.home.as_str(), up)? {
            Choice::Region(region) => Region::parse(region).ok().and_then(|r| places.get(&r).cloned().flatten()),
            Choice::Any => places.values().flatten().next().cloned(),
        };
        chosen.ok_or(EarlyRefusal::RegionDown)
    }

    fn set(&self, region: Region, node: Option<Arc<Node>>) {
        self.places.write().unwrap_or_else(PoisonError::into_inner).insert(region, node);
    }
}

/// Where a request goes.
#[derive(Debug, PartialEq, Eq)]
enum Choice<'a> {
    /// To this region.
    Region(&'a str),
    /// To any that is running.
    Any,
}

/// The rule, given the scope's region and service, the region where IAM is written, and whether a region is running
/// (`None`: not hosted here).
///
/// KMS and Secrets Manager go to their own region and nowhere else. IAM goes to where it is written, so that writes work
/// under any region's scope, and in its absence to one that can still read it. STS is the same everywhere. A request that
/// names no service gets its refusal from any region.
fn choose<'a>(
    scope: Option<(&'a str, &'a str)>,
    home: &'a str,
    up: impl Fn(&str) -> Option<bool>,
) -> Result<Choice<'a>, EarlyRefusal> {
    let is_up = |region: &&str| up(region) == Some(true);
    let prefer = |regions: [&'a str; 2]| regions.into_iter().find(is_up).map_or(Choice::Any, Choice::Region);
    let Some((region, service)) = scope else {
        return Ok(prefer([home, home]));
    };
    let service = SERVICES.by_signing_name(service);
    match service {
        Some(service) if service.is_json() => match up(region) {
            Some(true) => Ok(Choice::Region(region)),
            Some(false) => Err(EarlyRefusal::RegionDown),
            None => Err(EarlyRefusal::UnknownRegion),
        },
        Some(service) if service.model.signing_name == "iam" => Ok(prefer([home, region])),
        _ => Ok(prefer([region, home])),
    }
}

/// A region's name holds nothing that JSON would have to escape.
fn failing_check(region: &Region, check: &str) -> String {
    format!("{{\"region\":\"{region}\",\"check\":\"{check}\"}}")
}

fn plain(status: u16, content_type: &str, body: String) -> RawResponse {
    RawResponse {
        status,
        headers: vec![("Content-Type", content_type.to_owned()), ("Cache-Control", "no-store".to_owned())],
        body: body.into_bytes().into(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    const HOME: &str = "us-east-1";
    const OTHER: &str = "eu-west-1";
    const FOREIGN: &str = "ap-south-1";

    /// The outcome with both regions running, with only the home, with only the other, and with none.
    fn outcomes<'a>(scope: Option<(&'a str, &'a str)>) -> [Result<Choice<'a>, EarlyRefusal>; 4] {
        [(true, true), (true, false), (false, true), (false, false)].map(|(home, other)| {
            choose(scope, HOME, |region| match region {
                HOME => Some(home),
                OTHER => Some(other),
                _ => None,
            })
        })
    }

    #[test]
    fn the_scope_chooses() {
        use Choice::{Any, Region as To};
        let down = || Err(EarlyRefusal::RegionDown);
        let unknown = || Err(EarlyRefusal::UnknownRegion);
        for service in ["kms", "secretsmanager"] {
            assert_eq!(outcomes(Some((OTHER, service))), [Ok(To(OTHER)), down(), Ok(To(OTHER)), down()]);
            assert_eq!(outcomes(Some((HOME, service))), [Ok(To(HOME)), Ok(To(HOME)), down(), down()]);
            for region in [FOREIGN, "", "US-EAST-1"] {
                assert_eq!(outcomes(Some((region, service))), [unknown(), unknown(), unknown(), unknown()], "{region}");
            }
        }
        assert_eq!(outcomes(Some((OTHER, "iam"))), [Ok(To(HOME)), Ok(To(HOME)), Ok(To(OTHER)), Ok(Any)]);
        assert_eq!(outcomes(Some((FOREIGN, "iam"))), [Ok(To(HOME)), Ok(To(HOME)), Ok(Any), Ok(Any)]);
        assert_eq!(outcomes(Some((OTHER, "sts"))), [Ok(To(OTHER)), Ok(To(HOME)), Ok(To(OTHER)), Ok(Any)]);
        assert_eq!(outcomes(Some((FOREIGN, "sts"))), [Ok(To(HOME)), Ok(To(HOME)), Ok(Any), Ok(Any)]);
        assert_eq!(outcomes(Some((OTHER, "s3"))), [Ok(To(OTHER)), Ok(To(HOME)), Ok(To(OTHER)), Ok(Any)]);
        assert_eq!(outcomes(None), [Ok(To(HOME)), Ok(To(HOME)), Ok(Any), Ok(Any)]);
    }

    #[test]
    fn a_directory_without_running_regions_says_so() {
        let region = Region::parse(HOME).unwrap();
        let directory = Directory::new(std::slice::from_ref(&region), region.clone());
        let request = RawRequest {
            method: "GET".to_owned(),
            path: "/".to_owned(),
            query: String::new(),
            headers: Vec::new(),
            body: Default::default(),
            id: String::new(),
            peer: None,
            secure: false,
        };
        assert_eq!(directory.route(&request).err(), Some(EarlyRefusal::RegionDown));
        assert!(directory.node(&region).is_none());
        assert_eq!(directory.regions().len(), 1);
    }
}
