//! CreatePolicy: a managed policy, with its first version.

use claviger_model::iam::{CreatePolicyRequest, CreatePolicyResponse, Tag, error};
use claviger_store::tables::PolicyDocument;
use claviger_store::tables::iam_table::{self, PolicyRecord};
use claviger_store::tables::policy_version_table::PolicyVersionRecord;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};

use super::access;
use super::policies::{self, Managed};
use super::{documents, ids, tags};

pub(crate) struct CreatePolicy;

impl Operation for CreatePolicy {
    const ACTION: &'static str = "iam:CreatePolicy";
    const READ_ONLY: bool = false;
    type Input = CreatePolicyRequest;
    type Output = CreatePolicyResponse;
    type Target = ();

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let arn = policies::arn_of(cx, path(input), &input.policy_name);
        let ask = |action| {
            let permission = RequiredPermission::new(action, arn.as_str(), cx.account(), ResourcePolicy::Identity);
            tags::with_request_tags(permission, given_tags(input))
        };
        let mut permissions = vec![ask(Self::ACTION)];
        if !given_tags(input).is_empty() {
            permissions.push(ask("iam:TagPolicy"));
        }
        Ok(Resolved::new(permissions, Ok(())))
    }

    fn run(input: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<CreatePolicyResponse, Error> {
        let tags = tags::parse(given_tags(&input))?;
        documents::check_managed(&input.policy_document)?;
        let name = &input.policy_name;
        if iam_table::policy(cx.tx, cx.account(), name)?.is_some() {
            let text = format!("A policy called {name} already exists. Duplicate names are not allowed.");
            return Err(Error::new(error::ENTITY_ALREADY_EXISTS_EXCEPTION, text));
        }
        let version = PolicyVersionRecord {
            account: cx.account().clone(),
            policy_id: ids::unique_id(cx.random, ids::POLICY),
            number: 1,
            document: input.policy_document.clone(),
            created: cx.now,
        };
        let record = PolicyRecord {
            account: cx.account().clone(),
            path: path(&input).to_owned(),
            name: input.policy_name,
            id: version.policy_id.clone(),
            created: cx.now,
            updated: cx.now,
            description: input.description,
            tags,
            default_version: version.number,
            document: PolicyDocument::new(input.policy_document),
            next_version: 2,
        };
        policies::save_version(cx, &version)?;
        policies::save(cx, &record)?;
        let tags = tags::shown(&record.tags);
        let policy = Managed::Own(record).shown(cx, false)?;
        Ok(CreatePolicyResponse { policy: Some(claviger_model::iam::Policy { tags, ..policy }) })
    }
}

fn path(input: &CreatePolicyRequest) -> &str {
    input.path.as_deref().unwrap_or("/")
}

fn given_tags(input: &CreatePolicyRequest) -> &[Tag] {
    input.tags.as_deref().unwrap_or_default()
}
