//! The managed policies that AWS keeps for every account, as far as they concern the services here. The names and purposes are
//! AWS's. The documents are Claviger's own.

use std::sync::LazyLock;

use claviger_store::tables::PolicyDocument;
use claviger_types::{IamArn, IamKind, Owner, Partition, Timestamp};

/// The creation date that these policies show: 2026-11-24.
const CREATED: Timestamp = Timestamp(1_795_478_400_000);

/// A managed policy of AWS's own.
#[derive(Debug)]
pub struct AwsPolicy {
    /// Its name; the path is `/`.
    pub name: &'static str,
    /// Its unique id.
    pub id: &'static str,
    /// Its purpose, as GetPolicy shows it.
    pub description: &'static str,
    /// Its only version, `v1`.
    pub document: &'static str,
}

/// All of them, by name.
pub static POLICIES: [AwsPolicy; 5] = [
    AwsPolicy {
        name: "AWSKeyManagementServicePowerUser",
        id: "ANPACLAVIGERKMSPOWERU",
        description: "Allows making, describing, tagging and naming keys, but neither using nor deleting them.",
        document: r#"{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                "kms:CreateAlias",
                "kms:CreateKey",
                "kms:DeleteAlias",
                "kms:Describe*",
                "kms:GenerateRandom",
                "kms:Get*",
                "kms:List*",
                "kms:TagResource",
                "kms:UntagResource",
                "iam:ListGroups",
                "iam:ListRoles",
                "iam:ListUsers"
            ],
            "Resource": "*"
        }
    ]
}"#,
    },
    AwsPolicy {
        name: "AdministratorAccess",
        id: "ANPACLAVIGERADMINISTR",
        description: "Allows everything.",
        document: r#"{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "*",
            "Resource": "*"
        }
    ]
}"#,
    },
    AwsPolicy {
        name: "PowerUserAccess",
        id: "ANPACLAVIGERPOWERUSER",
        description: "Allows everything but the management of users, roles and policies.",
        document: r#"{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "NotAction": [
                "iam:*",
                "organizations:*",
                "account:*"
            ],
            "Resource": "*"
        },
        {
            "Effect": "Allow",
            "Action": [
                "iam:ListRoles"
            ],
            "Resource": "*"
        }
    ]
}"#,
    },
    AwsPolicy {
        name: "ReadOnlyAccess",
        id: "ANPACLAVIGERREADONLYA",
        description: "Allows looking at everything, but at no secret's value.",
        document: r#"{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                "iam:Get*",
                "iam:List*",
                "kms:Describe*",
                "kms:Get*",
                "kms:List*",
                "secretsmanager:Describe*",
                "secretsmanager:GetResourcePolicy",
                "secretsmanager:List*",
                "sts:GetAccessKeyInfo",
                "sts:GetCallerIdentity"
            ],
            "Resource": "*"
        }
    ]
}"#,
    },
    AwsPolicy {
        name: "SecretsManagerReadWrite",
        id: "ANPACLAVIGERSECRETSRW",
        description: "Allows everything in Secrets Manager, and to see which keys there are.",
        document: r#"{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                "secretsmanager:*",
                "kms:DescribeKey",
                "kms:ListAliases",
                "kms:ListKeys"
            ],
            "Resource": "*"
        }
    ]
}"#,
    },
];

impl AwsPolicy {
    /// Its ARN.
    pub fn arn(&self, partition: Partition) -> String {
        IamArn::of_aws_policy(partition, self.name).to_string()
    }

    /// When it was made.
    pub fn created(&self) -> Timestamp {
        CREATED
    }
}

/// The policy with an ARN (`arn:<partition>:iam::aws:policy/<name>`).
pub fn find(arn: &str) -> Option<&'static AwsPolicy> {
    POLICIES.get(position(arn)?)
}

fn position(arn: &str) -> Option<usize> {
    let arn = IamArn::parse(arn).ok()?;
    let of_aws = arn.owner == Owner::Aws && arn.kind == IamKind::Policy && arn.path == "/";
    POLICIES.iter().position(|policy| of_aws && arn.name == policy.name)
}

/// The documents of [`POLICIES`], in their order, hashed once.
static DOCUMENTS: LazyLock<Vec<PolicyDocument>> =
    LazyLock::new(|| POLICIES.iter().map(|policy| PolicyDocument::new(policy.document.to_owned())).collect());

/// The document of the policy with an ARN.
pub fn document(arn: &str) -> Option<&'static PolicyDocument> {
    DOCUMENTS.get(position(arn)?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_is_found() {
        for policy in &POLICIES {
            assert_eq!(document(&policy.arn(Partition::Aws)).map(PolicyDocument::text), Some(policy.document));
            assert_eq!(policy.id.len(), 21, "{}", policy.name);
        }
        assert!(POLICIES.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert_eq!(CREATED.iso8601(), "2026-11-24T00:00:00Z");
    }

    #[test]
    fn other_arns_are_none_of_them() {
        for arn in [
            "AdministratorAccess",
            "arn:aws:iam::111122223333:policy/AdministratorAccess",
            "arn:aws:iam::aws:policy/administratoraccess",
            "arn:aws:iam::aws:role/AdministratorAccess",
            "arn:aws:iam::aws:policy/service-role/AdministratorAccess",
        ] {
            assert_eq!(document(arn), None, "{arn}");
        }
    }
}
