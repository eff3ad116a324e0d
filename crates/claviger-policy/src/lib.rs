//! AWS's policy language as a pure function from documents and a request to a decision with its reasons.
//!
//! [`Policy::parse`] compiles a document to matchers, under the rules of its [`PolicyKind`]. [`Policy::evaluate`] evaluates one
//! policy for one request. [`decide`] combines all policies that apply to the request (IAM User Guide, "policy evaluation logic";
//! KMS Developer Guide, "key policies"). The crate does no IO and reads no clock: the caller passes the values of condition keys,
//! the time among them, as a [`Context`].
//!
//! A condition that cannot be evaluated fails closed. A value that is not of its operator's form makes an Allow not match and a Deny
//! match. Unknown operators and elements are refused when the document is read. Matching backtracks to the latest wildcard only, and
//! the reader bounds how deep a document may nest, so the cost is at most the product of the lengths of pattern and text.
//!
//! ```
//! use claviger_policy::{Context, Policy, PolicyKind, Principal, Request};
//!
//! let policy = Policy::parse(
//!     r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:De*","Resource":"*"}}"#,
//!     PolicyKind::Identity,
//! )?;
//! let principal = Principal {
//!     account: "111122223333".into(),
//!     arn: "arn:aws:iam::111122223333:user/ana".into(),
//!     role_arn: None,
//!     is_root: false,
//!     unique_id: "AIDAEXAMPLEEXAMPLE001".into(),
//! };
//! let context = Context::new();
//! let resource = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
//! let verdict =
//!     policy.evaluate(&Request { principal: &principal, action: "kms:Decrypt", resource, context: &context });
//! assert!(verdict.denied_by.is_none() && !verdict.allows.is_empty());
//! # Ok::<(), claviger_policy::Malformed>(())
//! ```

mod condition;
mod context;
mod decide;
mod document;
mod evaluate;
mod explain;
mod forms;
#[cfg(any(test, feature = "test-kit"))]
pub mod fuzz;
mod glob;
mod json;
mod kind;
mod literals;
mod malformed;
mod operator;
mod principal;
mod public;
mod request;
mod scalar;
mod service_access;
mod set;
mod statement;
mod syntax;
mod target;
mod variables;
mod verdict;

pub use context::{ConditionKey, ConditionKeys, ConditionValue, Context};
pub use decide::{
    AllowReason, Decision, Denial, Inputs, PolicyType, ResourceModel, could_allow, decide, decide_or_ask,
    decide_with_grant, decide_with_grant_to_account,
};
pub use document::Policy;
pub use explain::{ExplainedPolicies, ExplainedStatement, Lack, cut, explain};
pub use kind::PolicyKind;
pub use malformed::Malformed;
pub use principal::{Principal, PrincipalPattern};
pub use request::Request;
pub use service_access::{AccessWork, allows_action_of, allows_known_action};
pub use set::{NamedPolicy, PolicySet};
pub use verdict::{Allow, AllowedAs, StatementRef, Verdict};
