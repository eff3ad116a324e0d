//! One line of a service's table of operations, and steps 3 to 7 of the pipeline for it.

use claviger_model::{Input, Output, Tree};
use claviger_types::Partition;

use crate::audit::AuditContext;
use crate::authorize;
use crate::context::{Cx, RunCx};
use crate::error::Error;
use crate::operation::{Operation, TokenOperation};
use crate::presented_token::{PresentedToken, TokenRefusal};

/// One line of a service's table.
pub struct OperationEntry {
    /// The operation's name.
    pub name: &'static str,
    /// Whether CloudTrail counts it among the reads.
    pub read_only: bool,
    /// Whether the answer stands even if the writes cannot be stored.
    pub(crate) writes_may_be_lost: bool,
    /// Decodes, resolves, authorizes and runs it.
    pub(crate) perform: Perform,
    /// Set if a token proves the caller's identity, and no signature.
    pub(crate) token: Option<TokenOf>,
}

impl OperationEntry {
    /// Whether a token proves the caller's identity, and no signature.
    pub fn takes_token(&self) -> bool {
        self.token.is_some()
    }
}

/// The token of a request, and the wording of its refusal.
#[derive(Clone, Copy)]
pub(crate) struct TokenOf {
    pub(crate) presented: fn(&Tree, Partition) -> Result<PresentedToken, Error>,
    pub(crate) refusal: fn(TokenRefusal) -> Error,
}

impl OperationEntry {
    /// The line for an operation.
    pub const fn of<O: Operation>() -> OperationEntry {
        OperationEntry {
            name: O::NAME,
            read_only: O::READ_ONLY,
            writes_may_be_lost: O::WRITES_MAY_BE_LOST,
            perform: perform::<O>,
            token: None,
        }
    }

    /// The line for an operation whose caller has a token and no credentials.
    pub const fn by_token<O: TokenOperation>() -> OperationEntry {
        let token = TokenOf { presented: presented::<O>, refusal: O::refusal };
        OperationEntry { token: Some(token), ..OperationEntry::of::<O>() }
    }
}

fn presented<O: TokenOperation>(body: &Tree, partition: Partition) -> Result<PresentedToken, Error> {
    O::token(&O::Input::decode(body)?, partition)
}

/// Steps 3 to 7 for one operation.
pub(crate) type Perform = fn(&Tree, Cx<'_, '_>, &AuditContext) -> Result<Option<Tree>, Error>;

fn perform<O: Operation>(body: &Tree, cx: Cx<'_, '_>, audit: &AuditContext) -> Result<Option<Tree>, Error> {
    // 3. Decode and validate against the model's constraints.
    let input = O::Input::decode(body)?;
    if O::KNOWN_MEMBERS_ONLY
        && let Some(member) = claviger_model::unknown_member(O::Input::shape(), body)
    {
        return Err(Error::Validation(format!("{} does not support the member {member}.", O::NAME)));
    }
    // 4. The transaction is open: `cx.tx`. 5. Resolve.
    let resolved = O::resolve(&input, &cx)?;
    // 6. Authorize. A target that could not be found is an error only now.
    let target = authorize::authorize(&cx, audit, resolved)?;
    // 7. Run.
    Ok(O::run(input, target, &mut RunCx { cx, audit })?.to_tree())
}
