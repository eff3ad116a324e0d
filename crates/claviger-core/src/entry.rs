//! One line of a service's table, and the middle of the path that every operation takes.

use claviger_model::{Input, Output, Tree};

use crate::authorize::{self, Authorized};
use crate::context::Cx;
use crate::error::Error;
use crate::operation::Operation;

/// One line of a service's table.
pub struct OperationEntry {
    /// The operation's name.
    pub name: &'static str,
    /// Decodes, resolves, authorizes and runs it.
    pub(crate) perform: Perform,
}

impl OperationEntry {
    /// The line for an operation.
    pub const fn of<O: Operation>() -> OperationEntry {
        OperationEntry { name: O::NAME, perform: perform::<O> }
    }
}

/// The middle of the path for one operation; an [`OperationEntry`] points to it.
pub(crate) type Perform = fn(Tree, &mut Cx<'_, '_>) -> Result<Option<Tree>, Error>;

/// Steps 3 to 7.
pub(crate) fn perform<O: Operation>(body: Tree, cx: &mut Cx<'_, '_>) -> Result<Option<Tree>, Error> {
    // 3. Decode and validate against the model's constraints.
    let input = O::Input::decode(body)?;
    // 4. The transaction is open: `cx.tx`. 5. Resolve.
    let target = O::resolve(&input, cx)?;
    // 6. Authorize.
    let permissions = O::permissions(&input, &target, cx)?;
    let found_out = cx.audit.calls();
    let authorized = authorize::authorize(cx, permissions, target);
    if authorized.is_err() {
        // What finding the target ran into is nothing that was done for one who may not have it done.
        cx.audit.forget_calls(found_out);
    }
    let target: Authorized<O::Target> = authorized?;
    // 7. Run.
    Ok(O::run(input, target, cx)?.to_tree())
}
