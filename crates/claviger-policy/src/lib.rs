//! AWS's policy language as a pure function: documents in, a decision with its reasons out.
//!
//! A document is read once by [`Policy::parse`], under the rules of its [`PolicyKind`], and compiled to matchers.
//! [`Policy::evaluate`] says what one policy makes of one request; [`decide`] weighs every policy that bears on it, as the IAM
//! User Guide's "policy evaluation logic" and the KMS Developer Guide's "key policies" have it. There is no IO and no clock
//! here: what a condition may ask for (the time too) is handed in as a [`Context`].
//!
//! What cannot be judged fails closed. A value that is not of its operator's form makes an Allow not match and a Deny match;
//! an operator or element that is not known is refused when the document is read. Matching never backtracks more than one
//! wildcard deep, and the reader bounds how deep a document may nest, so neither costs more than length times length.
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
#[cfg(any(test, feature = "test-kit"))]
pub mod fuzz;
mod glob;
mod json;
mod kind;
mod malformed;
mod operator;
mod principal;
mod public;
mod request;
mod scalar;
mod statement;
mod syntax;
mod target;
mod variables;
mod verdict;

pub use context::Context;
pub use decide::{
    AllowReason, Decision, Denial, Inputs, NamedPolicy, PolicyType, ResourceModel, decide, decide_with_grant,
};
pub use document::Policy;
pub use kind::PolicyKind;
pub use malformed::Malformed;
pub use principal::{Principal, PrincipalPattern};
pub use request::Request;
pub use verdict::{Allow, AllowedAs, StatementRef, Verdict};
