//! The parts of a request that policies are evaluated for.

use crate::context::ConditionKeys;
use crate::principal::Principal;

/// One action of a principal on one resource.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The caller.
    pub principal: &'a Principal,
    /// `kms:Decrypt`; its case does not matter.
    pub action: &'a str,
    /// The resource's ARN, or `*` for a call that has none.
    pub resource: &'a str,
    /// The condition keys, which conditions and policy variables read.
    pub context: &'a dyn ConditionKeys,
}
