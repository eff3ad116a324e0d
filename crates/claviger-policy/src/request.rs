//! A request, as far as policies are concerned.

use crate::context::Context;
use crate::principal::Principal;

/// One action that someone asks to do to one resource.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// `kms:Decrypt`; its case does not matter.
    pub action: &'a str,
    /// The resource's ARN, or `*` for a call that has none.
    pub resource: &'a str,
    /// What conditions and variables may ask for.
    pub context: &'a Context,
}
