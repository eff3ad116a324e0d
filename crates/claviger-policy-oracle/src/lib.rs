//! A second evaluator of AWS's policy language, the test oracle for `claviger-policy`. For developers only.
//!
//! It was written from AWS's documentation without a look at the first one, and shares no code with it. It works on the JSON of the
//! documents, compiles nothing, keeps no index, and tries every possibility of a wildcard in turn: it is meant to be compared with
//! the text of the documentation, line by line, and is far too slow and too trusting for requests from outside.
//!
//! [`generate`](generate::generate) makes a [`Case`] from a seed: policies and a request. [`compare`](compare::compare) asks both
//! evaluators. [`shrink`](shrink::shrink) makes a case smaller that they disagree about. [`BrokenPolicyRule`] breaks a rule of the oracle, to show that the comparison
//! notices.
//!
//! Where AWS's documentation is silent, the oracle has the rule of `claviger-policy`, and a comment that begins with "AWS does not
//! say".

pub mod broken_rule;
pub mod case;
pub mod compare;
pub mod conditions;
pub mod decide;
pub mod evaluate;
pub mod generate;
pub mod json;
pub mod operators;
pub mod principals;
pub mod question;
pub mod run;
pub mod shrink;
pub mod text;
pub mod truth;
pub mod validity;
pub mod values;

pub use broken_rule::BrokenPolicyRule;
pub use case::{Case, ContextEntry, GrantTo, Outcome};
