//! CreatePolicyVersion: a new version of a managed policy, in force at once if the caller wishes.

use claviger_model::iam::{CreatePolicyVersionRequest, CreatePolicyVersionResponse, error};
use claviger_store::tables::iam_table::PolicyRecord;
use claviger_store::tables::policy_version_table::{PolicyVersionRecord, policy_versions};

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::on_resource::ResourceOperation;
use super::{documents, policies, wire};

pub(crate) struct CreatePolicyVersion;

impl ResourceOperation for CreatePolicyVersion {
    const ACTION: &'static str = "iam:CreatePolicyVersion";
    const READ_ONLY: bool = false;
    type Resource = PolicyRecord;
    type Input = CreatePolicyVersionRequest;
    type Output = CreatePolicyVersionResponse;

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.policy_arn)
    }

    fn run(
        input: Self::Input,
        mut policy: PolicyRecord,
        cx: &mut Cx<'_, '_>,
    ) -> Result<CreatePolicyVersionResponse, Error> {
        documents::check_managed(&input.policy_document)?;
        if policy_versions(cx.tx, &policy.account, &policy.id)?.len() >= policies::VERSIONS_MAX {
            return Err(Error::new(error::LIMIT_EXCEEDED_EXCEPTION, TOO_MANY));
        }
        let version = PolicyVersionRecord {
            account: policy.account.clone(),
            policy_id: policy.id.clone(),
            number: policy.next_version,
            document: input.policy_document,
            created: cx.now,
        };
        policy.next_version = policy.next_version.saturating_add(1);
        policy.updated = cx.now;
        if input.set_as_default == Some(true) {
            policy.set_default(&version);
        }
        let policy_version = Some(wire::version(&version, policy.default_version, false));
        policies::save_version(cx, &version)?;
        policies::save(cx, &policy)?;
        Ok(CreatePolicyVersionResponse { policy_version })
    }
}

const TOO_MANY: &str = "A managed policy can have up to 5 versions. Before you create a new version, you must delete an \
                        existing version.";
