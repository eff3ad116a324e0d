//! The services that are generated, each with all of its operations.

/// A service to generate.
pub(crate) struct ServiceSource {
    /// Its name in IAM actions, and its module's.
    pub(crate) name: &'static str,
    /// Its name in messages and documentation.
    pub(crate) title: &'static str,
    /// Its folder in botocore's data.
    pub(crate) folder: &'static str,
    /// The error of the model that stands for a fault of the service itself; none if the model has no such error.
    pub(crate) internal_error: Option<&'static str>,
    /// Errors whose HTTP status differs from the status that the model implies (500 for faults), by the API pages.
    pub(crate) statuses: &'static [(&'static str, u16)],
}

pub(crate) const SERVICES: &[ServiceSource] = &[
    ServiceSource {
        name: "kms",
        title: "Key Management Service",
        folder: "kms/2014-11-01",
        internal_error: Some("KMSInternalException"),
        statuses: &[("DependencyTimeoutException", 503)],
    },
    ServiceSource {
        name: "secretsmanager",
        title: "Secrets Manager",
        folder: "secretsmanager/2017-10-17",
        internal_error: Some("InternalServiceError"),
        statuses: &[],
    },
    ServiceSource {
        name: "sts",
        title: "Security Token Service",
        folder: "sts/2011-06-15",
        internal_error: None,
        statuses: &[],
    },
    ServiceSource {
        name: "iam",
        title: "Identity and Access Management",
        folder: "iam/2010-05-08",
        internal_error: Some("ServiceFailureException"),
        statuses: &[],
    },
];
