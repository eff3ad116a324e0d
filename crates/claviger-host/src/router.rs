//! Chooses the region that answers a request: by its credential scope, never by the listener, the host or the path.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, Weak};

use claviger_http::Handler;
use claviger_link::Links;
use claviger_service::wire::{EarlyRefusal, RawRequest, RawResponse};
use claviger_service::{ClaimedRequest, Node, Services};
use claviger_types::Region;

use crate::listener_settings::BodyLimits;
use crate::local_admin::{self, LocalAdmin};
use crate::plain_answer::plain;

/// Secrets Manager in a credential scope.
const SECRETS: &str = "secretsmanager";

/// Hands each request to the region of a table that must answer it.
pub struct Router {
    table: Arc<RegionTable>,
    answers_health: bool,
    bodies: BodyLimits,
    admin: Option<LocalAdmin>,
}

impl Router {
    /// A router to the regions of a table.
    pub fn new(table: Arc<RegionTable>) -> Router {
        Router { table, answers_health: true, bodies: BodyLimits::default(), admin: None }
    }

    /// Whether it answers `/healthz` and `/readyz` too.
    pub fn answering_health(self, answers_health: bool) -> Router {
        Router { answers_health, ..self }
    }

    /// Takes bodies up to these limits.
    pub fn limiting_bodies(self, bodies: BodyLimits) -> Router {
        Router { bodies, ..self }
    }

    /// Has requests of the admin endpoint answered there.
    pub fn with_admin(self, admin: Option<LocalAdmin>) -> Router {
        Router { admin, ..self }
    }

    /// Where a request goes if it is one of the admin endpoint.
    fn admin(&self, head: &RawRequest) -> Option<&LocalAdmin> {
        self.admin.as_ref().filter(|_| local_admin::is_admin(head))
    }
}

impl Handler for Router {
    async fn handle(&self, request: RawRequest) -> RawResponse {
        if self.answers_health && matches!(request.method.as_str(), "GET" | "HEAD") {
            match request.path.as_str() {
                "/healthz" => return plain(200, "text/plain", "ok".to_owned()),
                "/readyz" => return self.table.ready().await,
                _ => {}
            }
        }
        if let Some(admin) = self.admin(&request) {
            return admin.answer(&request).await;
        }
        let request = ClaimedRequest::read(request);
        self.table.answer(request).await
    }

    fn refuse(&self, head: &RawRequest, refusal: EarlyRefusal) -> RawResponse {
        claviger_service::refuse(self.table.services, head, refusal)
    }

    /// The service is found in the same way as the operation: by the target header, and in its absence by the credential scope.
    fn body_bytes_max(&self, head: &RawRequest) -> usize {
        if self.admin(head).is_some() {
            return local_admin::BODY_BYTES_MAX;
        }
        let target = head.header("x-amz-target").and_then(|target| self.table.services.by_target(target));
        let secrets = match target {
            Some((service, _)) => service.model.signing_name == SECRETS,
            None => {
                may_be_scoped(head, SECRETS)
                    && claviger_service::scope(head).is_some_and(|(_, service)| service == SECRETS)
            }
        };
        if secrets { self.bodies.secrets_bytes } else { self.bodies.bytes }
    }

    /// No page may use the admin endpoint.
    fn is_shared(&self, head: &RawRequest) -> bool {
        self.admin(head).is_none()
    }
}

/// The regions that this process hosts, each running or down. Regions start and stop while requests are routed.
pub struct RegionTable {
    /// The home of IAM while no region runs that knows it.
    home: Region,
    services: Services,
    /// The links to regions of other processes.
    links: OnceLock<Weak<Links>>,
    nodes: RwLock<BTreeMap<Region, Option<Arc<Node>>>>,
    /// Regions that the process started without, and why.
    lost: RwLock<BTreeMap<Region, &'static str>>,
}

impl RegionTable {
    /// The regions that this process hosts, all down at first, the one where IAM is written, and the services of all.
    pub fn new(regions: &[Region], home: Region, services: Services) -> RegionTable {
        let nodes = regions.iter().map(|region| (region.clone(), None)).collect();
        RegionTable { home, services, links: OnceLock::new(), nodes: RwLock::new(nodes), lost: RwLock::default() }
    }

    /// Notes that the process runs without a region. The reason is shown by `/readyz`, so it must hold no secret.
    pub(crate) fn note_lost(&self, region: &Region, reason: &'static str) {
        self.lost.write().unwrap_or_else(PoisonError::into_inner).insert(region.clone(), reason);
    }

    /// Takes over the notes of another table.
    pub(crate) fn take_lost(&self, other: &RegionTable) {
        let noted = other.lost.read().unwrap_or_else(PoisonError::into_inner).clone();
        *self.lost.write().unwrap_or_else(PoisonError::into_inner) = noted;
    }

    /// Why the process started without a region, if it did and the region does not run since.
    pub(crate) fn lost(&self, region: &Region) -> Option<&'static str> {
        self.lost.read().unwrap_or_else(PoisonError::into_inner).get(region).copied()
    }

    /// Routes requests to the region of this node from now on.
    pub fn start(&self, node: Arc<Node>) {
        self.lost.write().unwrap_or_else(PoisonError::into_inner).remove(node.region());
        self.set(node.region().clone(), Some(node));
    }

    /// Routes no more requests to the region. Requests that it is answering keep its node alive.
    pub fn stop(&self, region: &Region) {
        self.set(region.clone(), None);
    }

    /// Every region with its node, if it is running.
    pub fn regions(&self) -> Vec<(Region, Option<Arc<Node>>)> {
        let nodes = self.nodes.read().unwrap_or_else(PoisonError::into_inner);
        nodes.iter().map(|(region, node)| (region.clone(), node.clone())).collect()
    }

    /// The node of a region, if it is running here.
    pub fn node(&self, region: &Region) -> Option<Arc<Node>> {
        self.nodes.read().unwrap_or_else(PoisonError::into_inner).get(region).cloned().flatten()
    }

    /// Forwards requests for regions of other processes by these links.
    pub(crate) fn forward_by(&self, links: &Arc<Links>) {
        // A second call would be a mistake of the host. The first links stay.
        let _ = self.links.set(Arc::downgrade(links));
    }

    /// Answers a request: here, or by the region of another process.
    pub(crate) async fn answer(&self, request: ClaimedRequest) -> RawResponse {
        match self.route(&request) {
            Ok(Route::Here(node)) => node.handle(request).await,
            Ok(Route::There { from, to, or_here }) => self.forward(&from, &to, or_here, request).await,
            Err(refusal) => claviger_service::refuse(self.services, request.request(), refusal),
        }
    }

    /// Answers a request that another process forwarded to a region of this one. It is not forwarded again.
    pub(crate) async fn answer_forwarded(&self, to: &Region, request: RawRequest) -> RawResponse {
        let request = ClaimedRequest::read(request);
        let node = self.node(to).filter(serving);
        match node {
            Some(node) => node.handle(request).await,
            None => claviger_service::refuse(self.services, request.request(), EarlyRefusal::RegionDown),
        }
    }

    async fn forward(
        &self,
        from: &Region,
        to: &Region,
        or_here: Option<Arc<Node>>,
        request: ClaimedRequest,
    ) -> RawResponse {
        let down = |request: &RawRequest| claviger_service::refuse(self.services, request, EarlyRefusal::RegionDown);
        let Some(links) = self.links.get().and_then(Weak::upgrade) else { return down(request.request()) };
        let request = request.into_request();
        // The body is kept only for a region that may answer in the other one's place.
        let kept = copy(&request, or_here.is_some());
        match links.forward(from, to, request).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!(%from, %to, %error, "a request could not be forwarded");
                match or_here.filter(|_| !error.may_have_run()) {
                    Some(node) => node.handle(ClaimedRequest::read(kept)).await,
                    None => down(&kept),
                }
            }
        }
    }

    /// Who must answer a request, or the refusal if there is nobody.
    ///
    /// # Errors
    ///
    /// [`EarlyRefusal::UnknownRegion`] and [`EarlyRefusal::RegionDown`].
    fn route(&self, request: &ClaimedRequest) -> Result<Route, EarlyRefusal> {
        let nodes = self.nodes.read().unwrap_or_else(PoisonError::into_inner);
        let running = || nodes.values().flatten().filter(|node| serving(node));
        let home = match running().next() {
            Some(node) => node.topology().iam_home.clone(),
            None => self.home.clone(),
        };
        // A local region that has another one as its peer forwards to it.
        let to_peer =
            |region: &str| running().find(|node| node.topology().regions.iter().any(|r| r.as_str() == region));
        let place = |region: &str| match nodes.get(region) {
            Some(Some(node)) if serving(node) => Place::Here,
            Some(_) => Place::Down,
            None if to_peer(region).is_some() => Place::There,
            None => Place::Unknown,
        };
        let there = |region: &str, or_here: Option<Arc<Node>>| {
            let from = to_peer(region)?;
            let to = Region::parse(region).ok()?;
            Some(Route::There { from: from.region().clone(), to, or_here })
        };
        let here = |region: &str| nodes.get(region).and_then(Option::as_ref).cloned().map(Route::Here);
        let any = || running().next().cloned();
        let route = match choose(self.services, request.scope(), home.as_str(), place)? {
            Choice::Region(region) => here(region),
            Choice::Any => any().map(Route::Here),
            Choice::Peer(region) => there(region, None),
            Choice::PeerOrAny(region) => there(region, any()),
        };
        route.ok_or(EarlyRefusal::RegionDown)
    }

    /// 200 if every region serves. Else 503, with the failed check and its reason for each region that does not serve. The
    /// answer contains no data of the regions.
    pub(crate) async fn ready(&self) -> RawResponse {
        let failures = self.failures().await;
        // Neither a region's name nor a reason holds a character that JSON would have to escape.
        let failing: Vec<String> = failures
            .iter()
            .map(|(region, (check, reason))| {
                format!("{{\"region\":\"{region}\",\"check\":\"{check}\",\"reason\":\"{reason}\"}}")
            })
            .collect();
        let status = if failing.is_empty() { 200 } else { 503 };
        plain(status, "application/json", format!("{{\"failing\":[{}]}}", failing.join(",")))
    }

    /// The regions that do not serve: the first failed check of each, and its reason.
    pub async fn failures(&self) -> BTreeMap<Region, (&'static str, &'static str)> {
        let mut failures = BTreeMap::new();
        let regions = self.regions();
        let locals: Vec<Region> = regions.iter().map(|(region, _)| region.clone()).collect();
        for (region, node) in regions {
            if let Some(reason) = self.lost(&region) {
                failures.insert(region, ("lost", reason));
            } else if let Some(failure) = failed_check(node.as_ref(), &locals).await {
                failures.insert(region, failure);
            }
        }
        failures
    }

    fn set(&self, region: Region, node: Option<Arc<Node>>) {
        self.nodes.write().unwrap_or_else(PoisonError::into_inner).insert(region, node);
    }
}

/// Who answers a request.
enum Route {
    /// A region of this process.
    Here(Arc<Node>),
    /// A region of another process, to which a local region forwards it. If it cannot be reached, a local one may answer.
    There { from: Region, to: Region, or_here: Option<Arc<Node>> },
}

/// A region that has failed or is being rebuilt counts as down.
fn serving(node: &Arc<Node>) -> bool {
    node.serves()
}

/// Where a region is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It runs in this process.
    Here,
    /// It is one of this process, and does not run.
    Down,
    /// It is a member of the fleet in another process.
    There,
    Unknown,
}

/// The destination of a request.
#[derive(Debug, PartialEq, Eq)]
enum Choice<'a> {
    /// To this region, which runs here.
    Region(&'a str),
    /// Any running region.
    Any,
    /// To this region of another process.
    Peer(&'a str),
    /// To this region of another process, or to any running region if it cannot be reached.
    PeerOrAny(&'a str),
}

/// The routing rule. Its inputs are the scope's region and service, the IAM home, and where a region is.
///
/// KMS and Secrets Manager go to their own region only. IAM goes to its home, so that writes work under any region's scope. If
/// the home is down, it goes to a region that can still read IAM. STS is the same everywhere. A request that names no service
/// is refused by any region.
fn choose<'a>(
    services: Services,
    scope: Option<(&'a str, &'a str)>,
    home: &'a str,
    place: impl Fn(&str) -> Place,
) -> Result<Choice<'a>, EarlyRefusal> {
    let is_here = |region: &&str| place(region) == Place::Here;
    let prefer = |regions: [&'a str; 2]| regions.into_iter().find(is_here).map_or(Choice::Any, Choice::Region);
    let Some((region, service)) = scope else {
        return Ok(prefer([home, home]));
    };
    let service = services.by_signing_name(service);
    match service {
        Some(service) if service.is_json() => match place(region) {
            Place::Here => Ok(Choice::Region(region)),
            Place::There => Ok(Choice::Peer(region)),
            Place::Down => Err(EarlyRefusal::RegionDown),
            Place::Unknown => Err(EarlyRefusal::UnknownRegion),
        },
        Some(service) if service.model.signing_name == "iam" => match place(home) {
            Place::There => Ok(Choice::PeerOrAny(home)),
            Place::Here | Place::Down | Place::Unknown => Ok(prefer([home, region])),
        },
        _ => Ok(prefer([region, home])),
    }
}

/// A copy of a request that is forwarded, for the case that it cannot be.
fn copy(request: &RawRequest, with_body: bool) -> RawRequest {
    let body = if with_body { request.body.clone() } else { Default::default() };
    RawRequest {
        method: request.method.clone(),
        path: request.path.clone(),
        query: request.query.clone(),
        headers: request.headers.clone(),
        body,
        id: request.id.clone(),
        peer: request.peer,
        secure: request.secure,
    }
}

/// The reason why a region does not serve, if it does not: the check that failed, and a text without data of the region.
async fn failed_check(node: Option<&Arc<Node>>, locals: &[Region]) -> Option<(&'static str, &'static str)> {
    let Some(node) = node else { return Some(("running", "the region is not started")) };
    if let Some(reason) = node.failure() {
        Some(("threads", reason))
    } else if node.held_by().is_some() {
        Some(("restored", "the store is older than another region remembers; the region has to be rebuilt"))
    } else if node.is_rebuilding() {
        Some(("rebuilding", "the region is being rebuilt from other regions"))
    } else if !node.healthy() {
        Some(("store", "the store takes no writes"))
    } else if !node.audits() {
        Some(("audit", "the audit file takes no records"))
    } else if !node.caught_up(locals).await {
        Some(("caught up", "token keys of other regions are missing"))
    } else {
        None
    }
}

/// Whether the credential scope can name a service: in a header it stands as it is, in a query it may be encoded. Few requests without a
/// target header are of Secrets Manager, and reading the claim of the others would cost more than this.
fn may_be_scoped(head: &RawRequest, service: &str) -> bool {
    let mut signatures = head.headers.iter().filter(|(name, _)| name == "authorization");
    !head.query.is_empty() || signatures.any(|(_, value)| String::from_utf8_lossy(value).contains(service))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_service::SERVICES;

    use super::*;

    const HOME: &str = "us-east-1";
    const OTHER: &str = "eu-west-1";
    const FOREIGN: &str = "ap-south-1";

    /// The outcome with both regions running, with only the home, with only the other, and with none.
    fn outcomes<'a>(scope: Option<(&'a str, &'a str)>) -> [Result<Choice<'a>, EarlyRefusal>; 4] {
        [(true, true), (true, false), (false, true), (false, false)].map(|(home, other)| {
            let here = |up| if up { Place::Here } else { Place::Down };
            choose(SERVICES, scope, HOME, |region| match region {
                HOME => here(home),
                OTHER => here(other),
                _ => Place::Unknown,
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
    fn regions_of_other_processes_are_forwarded_to() {
        let choose = |scope, home| {
            choose(SERVICES, Some(scope), home, |region| match region {
                HOME => Place::Here,
                OTHER => Place::There,
                _ => Place::Unknown,
            })
        };
        for service in ["kms", "secretsmanager"] {
            assert_eq!(choose((OTHER, service), HOME), Ok(Choice::Peer(OTHER)));
            assert_eq!(choose((HOME, service), HOME), Ok(Choice::Region(HOME)));
            assert_eq!(choose((FOREIGN, service), HOME), Err(EarlyRefusal::UnknownRegion));
        }
        assert_eq!(choose((OTHER, "iam"), HOME), Ok(Choice::Region(HOME)));
        assert_eq!(choose((HOME, "iam"), OTHER), Ok(Choice::PeerOrAny(OTHER)));
        // Sessions open everywhere, so this process issues them itself.
        assert_eq!(choose((OTHER, "sts"), OTHER), Ok(Choice::Any));
    }

    fn request(headers: &[(&str, &str)]) -> RawRequest {
        RawRequest {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            query: String::new(),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect(),
            body: Default::default(),
            id: String::new(),
            peer: None,
            secure: false,
        }
    }

    fn router() -> Router {
        let home = Region::parse(HOME).unwrap();
        Router::new(Arc::new(RegionTable::new(std::slice::from_ref(&home), home.clone(), SERVICES)))
    }

    #[test]
    fn a_table_without_running_regions_says_so() {
        let table = router().table;
        let routed = table.route(&ClaimedRequest::read(request(&[])));
        assert_eq!(routed.err(), Some(EarlyRefusal::RegionDown));
        assert!(table.node(&Region::parse(HOME).unwrap()).is_none());
        assert_eq!(table.regions().len(), 1);
    }

    fn scoped(service: &str) -> String {
        let signature = "0".repeat(64);
        let credential = format!("AKIDEXAMPLE/20261124/eu-west-1/{service}/aws4_request");
        format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host;x-amz-date, Signature={signature}")
    }

    #[test]
    fn bodies_are_limited_by_service_and_refused_in_its_shape() {
        let router = router();
        let check = |target: Option<&str>, scope: Option<&str>, max: usize, json: bool| {
            let scope = scope.map(scoped);
            let mut headers = vec![("host", "h"), ("x-amz-date", "20261124T150405Z")];
            headers.extend(target.map(|target| ("x-amz-target", target)));
            headers.extend(scope.as_ref().map(|scope| ("authorization", scope.as_str())));
            let head = request(&headers);
            assert_eq!(router.body_bytes_max(&head), max, "{headers:?}");
            let refused = router.refuse(&head, EarlyRefusal::BodyTooLarge);
            assert_eq!((refused.status, refused.body.starts_with(b"{")), (413, json), "{headers:?}");
        };
        let BodyLimits { bytes: plain, secrets_bytes } = BodyLimits::default();
        let (kms, secrets) = ("TrentService.Encrypt", "secretsmanager.PutSecretValue");
        check(Some(kms), None, plain, true);
        check(Some(secrets), None, secrets_bytes, true);
        check(None, Some("kms"), plain, true);
        check(None, Some("iam"), plain, false);
        check(None, Some("sts"), plain, false);
        check(None, Some("secretsmanager"), secrets_bytes, true);
        check(None, None, plain, false);
        // The operation is found by the target, so the target decides here too.
        check(Some(kms), Some("secretsmanager"), plain, true);
    }
}
