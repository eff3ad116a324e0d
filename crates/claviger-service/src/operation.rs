//! What an operation is, and what it may touch.

use std::net::IpAddr;

use claviger_model::{Input, Output};
use claviger_store::Tx;
use claviger_types::{AccountId, Caller, KeyArn, KeyId, Partition, Random, Region, Timestamp};

use crate::Node;
use crate::audit::AuditContext;
use crate::authorize::{Authorized, RequiredPermission};
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

/// What an operation may touch: one transaction over its own region's store, who asks, and the moment.
pub struct Cx<'a, 's> {
    /// The transaction. Writes are buffered; the pipeline commits.
    pub tx: &'a mut Tx<'s>,
    /// The region it runs in.
    pub node: &'a Node,
    /// Who asks.
    pub caller: &'a Caller,
    /// The moment of this request; the same for all of its parts.
    pub now: Timestamp,
    /// Where random bytes come from.
    pub random: &'a dyn Random,
    /// What is known of the request besides its body.
    pub request: &'a RequestInfo,
    /// What is left behind for the audit record.
    pub audit: &'a AuditContext,
}

/// What policies and the audit log may know of a request.
#[derive(Debug, Clone, Default)]
pub struct RequestInfo {
    /// The request id that was answered.
    pub id: String,
    /// `aws:SourceIp`
    pub source_ip: Option<IpAddr>,
    /// `aws:SecureTransport`
    pub secure: bool,
    /// `aws:UserAgent`
    pub user_agent: Option<String>,
}

impl Cx<'_, '_> {
    /// The name of the region that this runs in.
    pub fn region(&self) -> &Region {
        self.node.region()
    }

    /// The region's partition.
    pub fn partition(&self) -> Partition {
        self.region().partition()
    }

    /// The caller's account.
    pub fn account(&self) -> &AccountId {
        &self.caller.account
    }

    /// The ARN of a key of the caller's account in this region.
    pub fn key_arn(&self, id: &KeyId) -> KeyArn {
        id.arn(self.region(), self.account())
    }
}

/// One line of a service's table.
pub struct OperationEntry {
    /// The operation's name.
    pub name: &'static str,
    /// Decodes, resolves, authorizes and runs it.
    pub(crate) perform: crate::pipeline::Perform,
}

impl OperationEntry {
    /// The line for an operation.
    pub const fn of<O: Operation>() -> OperationEntry {
        OperationEntry { name: O::NAME, perform: crate::pipeline::perform::<O> }
    }
}
