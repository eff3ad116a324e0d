//! The faults of a refused document, with AWS's error texts where they are known.

use crate::kind::PolicyKind;

/// What the path of an IAM resource begins with.
pub(crate) const IAM_PATHS: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

/// A document that is not a policy of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Malformed {
    /// The error text for the caller of the API: AWS's own for the checks of IAM, and ours where AWS's is not known.
    pub message: String,
}

/// The fault of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Not JSON, or a name given twice, or nested too deep.
    Json(String),
    /// JSON, but not of the grammar.
    Syntax(String),
    /// An identity policy of version 2008-10-17.
    Version,
    /// A value that IAM's older reader refuses: a date, the case of an effect, the number of an ARN's parts.
    LegacyParsing,
    /// A resource that is neither an ARN nor `*`.
    ResourceFormat(String),
    /// A resource of a partition that does not exist, and what is behind the partition.
    Partition {
        partition: String,
        after: String,
    },
    /// A resource whose service is missing or has wildcards.
    ResourceVendor,
    /// An IAM resource with a region.
    IamRegion(String),
    /// An S3 resource with a region, which is no access point.
    S3Region(String),
    /// An IAM resource of no kind that exists.
    IamPath,
    SidRepeated,
    SidCharacters,
    NoActions,
    NoResources,
    /// An action without a colon.
    VendorMissing,
    ActionColons,
    VendorInvalid(String),
    /// A trust policy with an action of another service.
    TrustAction,
    /// An element that this kind of policy may not have.
    Prohibited(&'static str),
    PrincipalMissing,
    /// A principal that this kind of policy cannot name, with the type it was given under.
    PrincipalInvalid {
        kind: String,
        name: String,
    },
    /// `"Principal": "*"` in a trust policy.
    PrincipalStar,
}

impl Fault {
    pub(crate) fn syntax(detail: impl Into<String>) -> Fault {
        Fault::Syntax(detail.into())
    }

    /// The error text of the service that owns this kind of policy.
    pub(crate) fn for_kind(&self, kind: PolicyKind) -> Malformed {
        let message = match kind {
            PolicyKind::Identity | PolicyKind::Managed | PolicyKind::Session | PolicyKind::Trust => self.iam_text(kind),
            PolicyKind::Key => self.kms_text(),
            PolicyKind::Resource => self.secrets_manager_text(),
        };
        Malformed { message }
    }

    fn iam_text(&self, kind: PolicyKind) -> String {
        match self {
            Fault::Json(_) if kind == PolicyKind::Trust => "This policy contains invalid Json".to_owned(),
            Fault::Json(_) | Fault::Syntax(_) => "Syntax errors in policy.".to_owned(),
            Fault::Prohibited("Principal" | "NotPrincipal") => {
                "Policy document should not specify a principal.".to_owned()
            }
            other => other.own_text(),
        }
    }

    /// KMS's texts besides the one for principals are not known (its answer is often empty), so these texts are our own.
    fn kms_text(&self) -> String {
        match self {
            Fault::PrincipalInvalid { .. } => {
                "Policy contains a statement with one or more invalid principals.".to_owned()
            }
            other => other.own_text(),
        }
    }

    fn secrets_manager_text(&self) -> String {
        match self {
            Fault::PrincipalInvalid { .. } => "This resource policy contains an unsupported principal".to_owned(),
            _ => "This resource policy contains a syntax error.".to_owned(),
        }
    }

    fn own_text(&self) -> String {
        match self {
            Fault::Json(detail) => format!("The policy is not valid JSON: {detail}"),
            Fault::Syntax(detail) => format!("The policy has a syntax error: {detail}"),
            Fault::Version => "Policy document must be version 2012-10-17 or greater.".to_owned(),
            Fault::LegacyParsing => "The policy failed legacy parsing".to_owned(),
            Fault::ResourceFormat(resource) => format!("Resource {resource} must be in ARN format or \"*\"."),
            Fault::Partition { partition, after } => {
                let arn = completed_arn(partition, after);
                format!("Partition \"{partition}\" is not valid for resource \"{arn}\".")
            }
            Fault::ResourceVendor => "Resource vendor must be fully qualified and cannot contain regexes.".to_owned(),
            Fault::IamRegion(resource) => format!("IAM resource {resource} cannot contain region information."),
            Fault::S3Region(resource) => format!("Resource {resource} can not contain region information."),
            Fault::IamPath => {
                format!("IAM resource path must either be \"*\" or start with {}.", IAM_PATHS.join(", "))
            }
            Fault::SidRepeated => "Statement IDs (SID) in a single policy must be unique.".to_owned(),
            Fault::SidCharacters => "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the \
                                     regular expression [0-9A-Za-z]*"
                .to_owned(),
            Fault::NoActions => "Policy statement must contain actions.".to_owned(),
            Fault::NoResources => "Policy statement must contain resources.".to_owned(),
            Fault::VendorMissing => {
                "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.".to_owned()
            }
            Fault::ActionColons => "Actions/Condition can contain only one colon.".to_owned(),
            Fault::VendorInvalid(vendor) => format!("Vendor {vendor} is not valid"),
            Fault::TrustAction => "AssumeRole policy may only specify STS AssumeRole actions.".to_owned(),
            Fault::Prohibited(element) => format!("Has prohibited field {element}"),
            Fault::PrincipalMissing => "Missing required field Principal".to_owned(),
            Fault::PrincipalInvalid { kind, name } => format!("Invalid principal in policy: \"{kind}\":\"{name}\""),
            Fault::PrincipalStar => "AssumeRolepolicy contained an invalid principal: \"STAR\":\"*\"".to_owned(),
        }
    }
}

/// AWS tells a resource in a partition that does not exist as an ARN of six parts, with `*` for those that it lacks.
fn completed_arn(partition: &str, after: &str) -> String {
    let mut parts: Vec<&str> = after.splitn(4, ':').collect();
    if after.is_empty() {
        parts.clear();
    }
    parts.resize(4, "*");
    format!("arn:{partition}:{}", parts.join(":"))
}
