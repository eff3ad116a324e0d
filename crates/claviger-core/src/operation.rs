//! What an operation is.

use claviger_model::{Input, Output};

use crate::authorize::{Authorized, RequiredPermission};
use crate::context::Cx;
use crate::error::Error;

/// One API operation: a pure function over one transaction, in three parts that the pipeline calls in this order.
///
/// It may run several times (after a conflict, on a fresh snapshot), and only what the last run wrote is kept.
pub trait Operation: 'static {
    /// Its name in the API: `Decrypt`.
    const NAME: &'static str;
    /// The request, generated; constraints are checked before `resolve` sees it.
    type Input: Input;
    /// The answer, generated; `()` for operations that answer nothing.
    type Output: Output;
    /// What it acts on, as found in the store.
    type Target;

    /// Finds what the request is about. Reads only.
    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Self::Target, Error>;

    /// Every permission that the caller needs, each with its resource and the condition keys that the request gives. In order:
    /// the first that is lacking is the one that the caller is told of.
    fn permissions(
        input: &Self::Input,
        target: &Self::Target,
        cx: &Cx<'_, '_>,
    ) -> Result<Vec<RequiredPermission>, Error>;

    /// Does it. The target comes wrapped in the proof that all permissions were met.
    fn run(input: Self::Input, target: Authorized<Self::Target>, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error>;
}
