//! Regions in this process.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use claviger_host::ListenerSettings;
use claviger_host::link::{Faults, Network};
use claviger_host::{
    AttestationRoots, AuditRotation, Cluster, ClusterConfig, Cors, Listen, RequestQuotas, RootSeals, SERVICES,
};
use claviger_outbound::{HttpsClient, Settings};
use claviger_types::{Clock, ManualClock, Region, Timestamp};
use tokio::time::{Instant, sleep};

use crate::clients::{ACCOUNT, Maker, TestCredentials};
use crate::connector::Connector;
use crate::time::{BEGIN, SystemRandom};

/// The first region: IAM is written here.
pub const CENTRAL: &str = "eu-central-1";
/// The second region.
pub const WEST: &str = "eu-west-1";
/// The third region.
pub const EAST: &str = "us-east-1";

/// The longest time that replication may take in a test.
const SETTLED_WITHIN: Duration = Duration::from_secs(30);

/// The time of a request to a proxy. It is longer than in production, because tests share their machine with others.
const PROXY_TIME: Duration = Duration::from_secs(4);

const DAY_MS: i64 = 86_400_000;

/// Three running regions, and clients for them.
pub struct Regions {
    cluster: Cluster,
    clock: Arc<ManualClock>,
    network: Arc<Network>,
    maker: Maker,
}

impl Regions {
    /// Starts them with their stores in memory.
    pub async fn start() -> Regions {
        Regions::start_with(None, &[]).await
    }

    /// Starts them with their stores in a folder.
    pub async fn start_in(folder: PathBuf) -> Regions {
        Regions::start_with(Some(folder), &[]).await
    }

    /// Starts them with their stores in memory, and with these names of external key store proxies.
    pub async fn start_with_proxies(proxies: &[(&str, SocketAddr)]) -> Regions {
        Regions::start_with(None, proxies).await
    }

    async fn start_with(data: Option<PathBuf>, proxies: &[(&str, SocketAddr)]) -> Regions {
        let clock = Arc::new(ManualClock::new(BEGIN));
        let network = Arc::new(Network::new(1));
        let cluster = Cluster::start(ClusterConfig {
            regions: [CENTRAL, WEST, EAST].map(region).into(),
            iam_home: region(CENTRAL),
            data,
            clock: clock.clone(),
            random: Arc::new(SystemRandom),
            dev: true,
            services: SERVICES,
            quotas: RequestQuotas::default(),
            audit: AuditRotation::default(),
            rebuild: std::collections::BTreeSet::new(),
            listen: Listen::Shared(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
            listener: ListenerSettings::default(),
            cors: Cors::default(),
            network: network.clone(),
            link: None,
            outbound: Arc::new(outbound(proxies)),
            issuers: Arc::new(claviger_types::NoOutbound),
            attestation_roots: AttestationRoots::default(),
            require_replicas: None,
            encodes_denials: false,
            operators: claviger_host::Operators::default(),
            starts_without_lost: false,
            rotation_functions: Arc::new(claviger_types::NoRotationFunctions),
            seals: RootSeals::default(),
        })
        .await
        .unwrap_or_else(|error| panic!("the regions do not start: {error}"));
        let address = cluster.address().expect("the cluster listens");
        let maker = Maker { address, clock: clock.clone(), connector: Connector::new() };
        Regions { cluster, clock, network, maker }
    }

    /// A KMS client for a region, as the developer's root.
    pub fn kms(&self, region: &str) -> aws_sdk_kms::Client {
        self.kms_as(&TestCredentials::root(ACCOUNT), region)
    }

    /// A KMS client for a region and a caller.
    pub fn kms_as(&self, identity: &TestCredentials, region: &str) -> aws_sdk_kms::Client {
        self.maker.kms(identity, region)
    }

    /// A Secrets Manager client for a region, as the developer's root.
    pub fn secrets(&self, region: &str) -> aws_sdk_secretsmanager::Client {
        self.secrets_as(&TestCredentials::root(ACCOUNT), region)
    }

    /// A Secrets Manager client for a region and a caller.
    pub fn secrets_as(&self, identity: &TestCredentials, region: &str) -> aws_sdk_secretsmanager::Client {
        self.maker.secrets(identity, region)
    }

    /// An STS client for a region, as the developer's root.
    pub fn sts(&self, region: &str) -> aws_sdk_sts::Client {
        self.sts_as(&TestCredentials::root(ACCOUNT), region)
    }

    /// An STS client for a region and a caller.
    pub fn sts_as(&self, identity: &TestCredentials, region: &str) -> aws_sdk_sts::Client {
        self.maker.sts(identity, region)
    }

    /// Calls an IAM action as the developer's root. Answers status and body.
    pub async fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> (u16, String) {
        let mut form = vec![("Action", action), ("Version", "2010-05-08")];
        form.extend_from_slice(parameters);
        self.maker.query(&TestCredentials::root(ACCOUNT), CENTRAL, "iam", &form).await
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Moves time for all regions and clients.
    pub fn advance_secs(&self, secs: i64) {
        self.clock.advance_ms(secs * 1000);
    }

    /// Moves time by days.
    pub fn advance_days(&self, days: i64) {
        self.clock.advance_ms(days * DAY_MS);
    }

    /// Ends a region as if its machine were gone.
    pub async fn take_down(&mut self, name: &str) {
        self.cluster.stop_region(&region(name)).await;
    }

    /// Runs a region again.
    pub async fn bring_up(&mut self, name: &str) {
        self.cluster
            .start_region(&region(name))
            .await
            .unwrap_or_else(|error| panic!("{name} does not come up: {error}"));
    }

    /// Cuts, or heals, the link between two regions.
    pub fn cut(&self, one: &str, other: &str, cut: bool) {
        self.network.cut(&region(one), &region(other), cut);
    }

    /// Puts faults on the link from one region to another, in that direction only.
    pub fn set_faults_from(&self, from: &str, to: &str, faults: Faults) {
        self.network.set_faults(&region(from), &region(to), faults);
    }

    /// Puts the same faults on every link between regions. [`Faults::default`] removes them.
    pub fn set_faults(&self, faults: Faults) {
        for from in [CENTRAL, WEST, EAST] {
            for to in [CENTRAL, WEST, EAST].into_iter().filter(|to| *to != from) {
                self.network.set_faults(&region(from), &region(to), faults);
            }
        }
    }

    /// Waits, within a bound, until `look` returns a value, and returns it. For the results of replication and jobs only: all
    /// other results must be there at once. While a test waits, the regions' clock runs at the machine's pace.
    #[track_caller]
    pub fn eventually<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> impl Future<Output = T> {
        let place = std::panic::Location::caller();
        async move {
            let begin = Instant::now();
            let mut passed_ms = 0;
            loop {
                if let Some(seen) = look().await {
                    return seen;
                }
                assert!(begin.elapsed() < SETTLED_WITHIN, "not within {SETTLED_WITHIN:?}: {what} ({place})");
                sleep(Duration::from_millis(5)).await;
                let elapsed_ms = i64::try_from(begin.elapsed().as_millis()).unwrap_or(i64::MAX);
                self.clock.advance_ms(elapsed_ms - passed_ms);
                passed_ms = elapsed_ms;
            }
        }
    }

    /// Ends all regions, in order.
    pub async fn stop(self) {
        self.cluster.stop().await;
    }
}

/// The client of the proxies.
fn outbound(proxies: &[(&str, SocketAddr)]) -> HttpsClient {
    let plain = proxies.iter().map(|(name, address)| ((*name).to_owned(), *address)).collect();
    let settings = Settings { plain, time: PROXY_TIME, ..Settings::default() };
    HttpsClient::new(settings).unwrap_or_else(|error| panic!("{error}"))
}

fn region(name: &str) -> Region {
    Region::parse(name).unwrap_or_else(|error| panic!("{error}"))
}
