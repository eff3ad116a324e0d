//! The names of service-linked roles (reference: the guides of the services, "Using service-linked roles").

/// A service that has a service-linked role.
pub(super) struct LinkedService {
    /// `kms.amazonaws.com`
    pub(super) principal: &'static str,
    /// What follows `AWSServiceRoleFor`.
    pub(super) name: &'static str,
    /// Whether an account can have several, distinguished by a suffix.
    pub(super) has_suffix: bool,
}

const fn one(principal: &'static str, name: &'static str) -> LinkedService {
    LinkedService { principal, name, has_suffix: false }
}

/// The services that this release knows.
static SERVICES: [LinkedService; 19] = [
    one("access-analyzer.amazonaws.com", "AccessAnalyzer"),
    LinkedService { principal: "autoscaling.amazonaws.com", name: "AutoScaling", has_suffix: true },
    one("backup.amazonaws.com", "Backup"),
    one("cks.kms.amazonaws.com", "KeyManagementServiceCustomKeyStores"),
    one("cloudtrail.amazonaws.com", "CloudTrail"),
    one("config.amazonaws.com", "Config"),
    one("ecs.amazonaws.com", "ECS"),
    one("eks.amazonaws.com", "AmazonEKS"),
    one("eks-nodegroup.amazonaws.com", "AmazonEKSNodegroup"),
    one("elasticache.amazonaws.com", "ElastiCache"),
    one("elasticloadbalancing.amazonaws.com", "ElasticLoadBalancing"),
    one("es.amazonaws.com", "AmazonElasticsearchService"),
    one("guardduty.amazonaws.com", "AmazonGuardDuty"),
    one("mrk.kms.amazonaws.com", "KeyManagementServiceMultiRegionKeys"),
    one("opensearchservice.amazonaws.com", "AmazonOpenSearchService"),
    one("organizations.amazonaws.com", "Organizations"),
    one("rds.amazonaws.com", "RDS"),
    one("spot.amazonaws.com", "EC2Spot"),
    one("spotfleet.amazonaws.com", "EC2SpotFleet"),
];

/// The service of a principal.
pub(super) fn service(principal: &str) -> Option<&'static LinkedService> {
    SERVICES.iter().find(|service| service.principal == principal)
}
