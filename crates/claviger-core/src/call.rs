//! A request on its way through the pipeline.

use claviger_model::Tree;

use crate::entry::OperationEntry;
use crate::service::ServiceDefinition;

/// A request whose signature is verified and whose operation is known.
pub(crate) struct Call {
    pub(crate) service: &'static ServiceDefinition,
    pub(crate) entry: &'static OperationEntry,
    pub(crate) input: Tree,
}
