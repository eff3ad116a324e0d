//! The wire formats of AWS's services: requests, responses, constraints and errors, generated from the service models of a
//! pinned botocore, and the hand-written runtime that reads, checks and writes them.
//!
//! A body becomes a [`Tree`] ([`read_json`] for KMS and Secrets Manager, [`read_query`] for STS and IAM), the tree is checked
//! against the operation's [`Shape`] ([`validate()`]), and becomes a request structure ([`Input::decode`]). A response
//! structure becomes a tree ([`Output::to_tree`]), and the tree becomes JSON ([`Tree::to_json`]), XML ([`xml::response`]) or
//! the query protocol's JSON ([`query_json::response`]). Constraints that stand in AWS's models are checked here and nowhere
//! else. Checks that AWS makes beyond its models belong to the operations. The errors of a model are constants
//! ([`kms::error`]). [`common_error`] has the errors that stand in no model.
//!
//! ```
//! use claviger_model::{Input, kms, read_json};
//!
//! let body = read_json(br#"{"KeyId": "alias/orders", "Plaintext": "aGVsbG8="}"#)?;
//! let request = kms::EncryptRequest::decode(&body)?;
//! assert_eq!(request.plaintext.expose(), b"hello");
//! # Ok::<(), claviger_model::Invalid>(())
//! ```

mod error;
#[cfg(any(test, feature = "test-kit"))]
pub mod fuzz;
mod generated;
mod json;
mod pattern;
mod service;
mod shape;
mod structure;
mod value;

pub mod common_error;
pub mod query;
pub mod query_json;
pub mod tree;
pub mod validate;
pub mod xml;

pub use error::{Invalid, Serialization};
pub use generated::{iam, kms, secretsmanager, services, sts};
pub use json::{DEPTH_MAX, read_json};
pub use pattern::Pattern;
pub use query::{parse_form, read_query};
pub use service::{ErrorInfo, OperationInfo, Protocol, Service};
pub use shape::{Kind, Member, Shape};
pub use structure::{Input, Output, Structure};
pub use tree::{Name, Number, Tree};
pub use validate::{unknown_member, validate};
pub use value::Value;
