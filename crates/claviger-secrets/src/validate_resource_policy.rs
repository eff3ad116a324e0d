//! ValidateResourcePolicy: the checks of PutResourcePolicy, without a change.

use claviger_model::secretsmanager::{
    ValidateResourcePolicyRequest, ValidateResourcePolicyResponse, ValidationErrorsEntry,
};
use claviger_store::Shared;
use claviger_store::tables::secret_table::SecretRecord;

use claviger_core::authorize::{self, Authorized};
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::RequiredPermission;

use super::lookup::{self, Named};
use super::policy;

pub(crate) struct ValidateResourcePolicy;

const PUT: &str = "secretsmanager:PutResourcePolicy";

/// The names of the checks. AWS documents none.
const PUBLIC: &str = "PUBLIC_ACCESS_CHECK";
const LOCKOUT: &str = "LOCKOUT_CHECK";

impl Operation for ValidateResourcePolicy {
    const ACTION: &'static str = "secretsmanager:ValidateResourcePolicy";
    const READ_ONLY: bool = true;
    type Input = ValidateResourcePolicyRequest;
    type Output = ValidateResourcePolicyResponse;
    /// The secret, if the request names one.
    type Target = Option<Shared<SecretRecord>>;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Self::Target>, Error> {
        let Some(secret_id) = &input.secret_id else {
            let permissions = [Self::ACTION, PUT].map(|action| RequiredPermission::on_anything(action, cx));
            return Ok(Resolved::new(permissions.into(), Ok(None)));
        };
        let named = Named::find(cx, secret_id)?;
        let permissions = [Self::ACTION, PUT].map(|action| named.permission(action, cx));
        Ok(Resolved::new(permissions.into(), named.into_shared().map(Some).map_err(Into::into)))
    }

    fn run(
        input: Self::Input,
        secret: Authorized<Self::Target>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<Self::Output, Error> {
        // Syntax and principals are refused with the errors of PutResourcePolicy.
        let (policy, bound) = policy::check(cx, &input.resource_policy)?;
        let secret = secret.into_inner();
        let public = policy::public_access(&policy, secret.as_ref().map(|record| &record.arn));
        let mut failed: Vec<(&str, String)> = public.map(|why| (PUBLIC, why)).into_iter().collect();
        if let Some(record) = secret {
            lookup::require_not_deleted(&record)?;
            let mut record = record.into_owned();
            (record.bound, record.policy) = (bound, Some(input.resource_policy.into()));
            if !authorize::allows(cx, lookup::permission(PUT, &record.into()))? {
                failed.push((LOCKOUT, policy::LOCKS_OUT.to_owned()));
            }
        }
        let entry = |(name, message): (&str, String)| ValidationErrorsEntry {
            check_name: Some(name.to_owned()),
            error_message: Some(message),
        };
        Ok(ValidateResourcePolicyResponse {
            policy_validation_passed: Some(failed.is_empty()),
            validation_errors: Some(failed.into_iter().map(entry).collect()),
        })
    }
}
