//! The context of an operation: everything that it may use.

use std::net::IpAddr;
use std::ops::{Deref, DerefMut};

use claviger_crypto::{Keyring, SealKey};
use claviger_store::Tx;
use claviger_store::secret_orders::SecretOrders;
use claviger_store::tables::key_use_table::{self, KeyUseRecord};
use claviger_types::{AccountId, Caller, KeyArn, KeyId, Partition, Random, Region, Timestamp};

use crate::audit::AuditContext;
use crate::denials::Denials;
use crate::error::Error;
use crate::key_uses::KeyUses;
use crate::outbound_calls::OutboundCalls;
use crate::policy_cache::PolicyCache;
use crate::region::RegionFacts;

/// The context of an operation: one transaction over its own region's store, the caller, and the time.
pub struct Cx<'a, 's> {
    /// The transaction. Writes are buffered; the pipeline commits.
    pub tx: &'a mut Tx<'s>,
    /// The region that it runs in.
    pub facts: &'a RegionFacts,
    /// The keys under which the region's records are sealed.
    pub keyring: &'a Keyring,
    /// The key under which the markers of lists are sealed.
    pub(crate) pagination: &'a SealKey,
    /// The key under which grant tokens are sealed.
    pub(crate) grant_tokens: &'a SealKey,
    /// The orders of secrets that no index row has.
    pub secret_orders: &'a SecretOrders,
    /// Compiled policies.
    pub(crate) policies: &'a PolicyCache,
    /// Uses of keys that are not written yet.
    pub(crate) key_uses: &'a KeyUses,
    /// The latest denials.
    pub(crate) denials: &'a Denials,
    /// The caller.
    pub caller: &'a Caller,
    /// The moment of this request; the same for all of its parts.
    pub now: Timestamp,
    /// The source of random bytes.
    pub random: &'a dyn Random,
    /// The request besides its body.
    pub request: &'a RequestInfo,
    /// Calls to other servers.
    pub outbound: &'a OutboundCalls,
}

/// The context of an operation that runs: the same, and the audit record of the request. It exists only after the permissions
/// were decided, so an operation that is denied leaves nothing in the record.
pub struct RunCx<'a, 's> {
    pub(crate) cx: Cx<'a, 's>,
    /// Takes notes for the audit record.
    pub audit: &'a AuditContext,
}

impl<'a, 's> Deref for RunCx<'a, 's> {
    type Target = Cx<'a, 's>;

    fn deref(&self) -> &Cx<'a, 's> {
        &self.cx
    }
}

impl DerefMut for RunCx<'_, '_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.cx
    }
}

/// The facts of a request that policies and the audit log use.
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
        &self.facts.name
    }

    /// The region's partition.
    pub fn partition(&self) -> Partition {
        self.region().partition()
    }

    /// The caller's account.
    pub fn account(&self) -> &AccountId {
        &self.caller.account
    }

    /// The last use of a key, also if it is not written yet.
    pub fn last_use_of(&self, account: &AccountId, key: &KeyId) -> Result<Option<KeyUseRecord>, Error> {
        let stored = key_use_table::key_use(self.tx, account, key)?;
        let latest = self.key_uses.latest(key.as_str()).map(|latest| latest.record);
        Ok(stored.into_iter().chain(latest).max_by_key(|used| used.at))
    }

    /// The ARN of a key of the caller's account in this region.
    pub fn key_arn(&self, id: &KeyId) -> KeyArn {
        id.arn(self.region(), self.account())
    }
}
