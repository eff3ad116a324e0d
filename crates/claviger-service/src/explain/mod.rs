//! Answers operators' questions about permissions: what a principal may do, and who may do something. It decides by the same code as
//! requests are decided by, with the policies that the region has now.

mod principals;
mod question;
mod who_can;

use claviger_core::authorize;
use claviger_core::context::RequestInfo;
use claviger_core::error::Error;
pub use claviger_core::explanation::Explanation;
use claviger_core::outbound_calls::OutboundCalls;
use claviger_store::{Error as StoreError, Tx};
use claviger_types::Caller;

use crate::Node;

pub use who_can::{WhoCan, who_can};

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// There is no such user or role, or the text is no ARN of one.
    #[error("{0} is not the ARN of a user, a role or a root that this region knows")]
    Principal(String),
    /// No service has the action.
    #[error("{0} is no action of KMS, Secrets Manager, STS or IAM")]
    Action(String),
    /// The region has no such resource.
    #[error("region {region} has no resource {resource}")]
    Resource {
        /// The resource.
        resource: String,
        /// The region.
        region: String,
    },
    /// The action is decided by the policy of a resource too.
    #[error("{0} is decided by the policy of a key, secret or role too: give its ARN")]
    NeedsResource(&'static str),
    /// The question could not be answered.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<StoreError> for ExplainError {
    fn from(error: StoreError) -> ExplainError {
        ExplainError::Failed(error.into())
    }
}

/// A request that nobody has made.
#[derive(Debug, Clone)]
pub struct Simulated {
    /// The ARN of a user, a role or an account's root.
    pub principal: String,
    /// `kms:Decrypt`
    pub action: String,
    /// An ARN, or `*`.
    pub resource: String,
    /// Values of condition keys that the request would have.
    pub context: Vec<(String, String)>,
}

/// Decides on a request that nobody has made, and tells why.
///
/// # Errors
///
/// See [`ExplainError`].
pub fn simulate(node: &Node, asked: &Simulated) -> Result<Explanation, ExplainError> {
    let action = question::action(&asked.action).ok_or_else(|| ExplainError::Action(asked.action.clone()))?;
    let mut tx = node.begin()?;
    let caller = principals::caller(&tx, node, &asked.principal)?;
    let caller = caller.ok_or_else(|| ExplainError::Principal(asked.principal.clone()))?;
    explain(node, &mut tx, &caller, action, asked)
}

/// Whether a caller has a permission without values of its request, and whether it could have it with some.
fn may(
    node: &Node,
    tx: &mut Tx<'_>,
    caller: &Caller,
    action: &'static str,
    resource: &str,
) -> Result<(bool, bool), ExplainError> {
    let (outbound, request) = (OutboundCalls::none(), RequestInfo { secure: true, ..RequestInfo::default() });
    let cx = node.context(tx, caller, node.clock().now(), &request, &outbound);
    let could = authorize::could_allow(&cx, &question::permission(&cx, action, resource)?)?;
    Ok((authorize::allows(&cx, question::permission(&cx, action, resource)?)?, could))
}

fn explain(
    node: &Node,
    tx: &mut Tx<'_>,
    caller: &Caller,
    action: &'static str,
    asked: &Simulated,
) -> Result<Explanation, ExplainError> {
    let (outbound, request) = (OutboundCalls::none(), RequestInfo { secure: true, ..RequestInfo::default() });
    let cx = node.context(tx, caller, node.clock().now(), &request, &outbound);
    let mut permission = question::permission(&cx, action, &asked.resource)?;
    for (key, value) in &asked.context {
        permission = permission.with(key.clone(), value.clone());
    }
    Ok(authorize::explain(&cx, &permission)?)
}
