//! The rotation of secrets in one region: claims what is due, and runs the functions.

use std::sync::Arc;

use claviger_core::Node;
use claviger_core::error::Error;
use claviger_iam::sts::service_session;
use claviger_secrets::rotation::lease::{self, LEASE_SECS};
use claviger_secrets::rotation::{RotationClaim, RotationPhase, claim, outcome, test_version};
use claviger_store::Key;
use claviger_store::tables::rotation_table;
use claviger_types::{
    AccountId, Caller, RotationCall, RotationFailure, RotationStep, RotationStop, SessionCredentials, Timestamp,
};

/// The time after which a lease is renewed, in seconds. Several renewals fit in a lease.
pub const RENEW_SECS: u64 = LEASE_SECS as u64 / 4;

/// How many due rotations are looked at in one call, more than can run, so that those of one account do not hide the others.
const LOOKED_AT: usize = 256;

/// How many rotations that callers want to be tried again are taken up in one call.
const WANTED: usize = 16;

/// A rotation that this node has claimed.
pub struct RotationWork {
    node: Arc<Node>,
    claim: RotationClaim,
    /// Asked when another node has the rotation, or when the region stops.
    stop: RotationStop,
}

/// Where a region's search for due rotations goes on.
#[derive(Default)]
pub struct RotationSearch {
    /// The last one that was looked at, if there may be more behind it.
    after: Option<Key>,
}

impl RotationSearch {
    /// The search of a process that has begun, and that alone has the region's store open. Rotations that an earlier process ran when it
    /// ended are due at once, and not when its leases end.
    pub fn begin(node: &Node) -> RotationSearch {
        let now = node.clock().now();
        let mut after = None;
        loop {
            let released = node.in_transaction(|tx| {
                let soon = rotation_table::rotations_due(tx, now.plus_secs(LEASE_SECS), after.as_ref(), LOOKED_AT)?;
                soon.iter().try_for_each(|due| lease::release(tx, &due.account, &due.name, now))?;
                Ok(soon)
            });
            match released {
                Ok(soon) if soon.len() == LOOKED_AT => after = soon.last().map(|due| due.place.clone()),
                Ok(_) => break,
                Err(error) => {
                    report(node, "", &error);
                    break;
                }
            }
        }
        RotationSearch::default()
    }

    /// Claims rotations of a region that are due, at most `limit`: those that `may_run`, by the account and the name of the secret.
    pub fn claim(
        &mut self,
        node: &Arc<Node>,
        limit: usize,
        mut may_run: impl FnMut(&[RotationWork], &AccountId, &str) -> bool,
    ) -> Vec<RotationWork> {
        let now = node.clock().now();
        for (account, name) in node.facts().rotations.take_wanted(WANTED) {
            let again = node.in_transaction(|tx| claim::retry_now(tx, node.random(), &account, &name, now));
            again.unwrap_or_else(|error| report(node, &name, &error));
        }
        let due = node.in_transaction(|tx| Ok(rotation_table::rotations_due(tx, now, self.after.as_ref(), LOOKED_AT)?));
        let due = due.unwrap_or_else(|error| {
            report(node, "", &error);
            Vec::new()
        });
        let is_last = due.len() < LOOKED_AT;
        let mut claimed = Vec::new();
        for rotation in due {
            if claimed.len() == limit {
                return claimed;
            }
            if may_run(&claimed, &rotation.account, &rotation.name) {
                claimed.extend(claim_one(node, &rotation.account, &rotation.name, now));
            }
            self.after = Some(rotation.place);
        }
        if is_last {
            self.after = None;
        }
        claimed
    }
}

fn claim_one(node: &Arc<Node>, account: &AccountId, name: &str, now: Timestamp) -> Option<RotationWork> {
    let claimed = node.in_transaction(|tx| claim::claim(node, tx, account, name, now));
    let claimed = claimed.unwrap_or_else(|error| {
        report(node, name, &error);
        let later = node.in_transaction(|tx| claim::postpone(tx, account, name, now));
        later.unwrap_or_else(|error| report(node, name, &error));
        None
    });
    claimed.map(|claim| RotationWork { node: node.clone(), claim, stop: RotationStop::default() })
}

fn report(node: &Node, secret: &str, error: &Error) {
    tracing::error!(region = %node.region(), secret, %error, "the rotation of a secret could not be scheduled");
}

/// How a run ended that did not do its work.
enum Ended {
    /// The function, or the session for it, failed.
    Failed(RotationStep, RotationFailure),
    /// The run was given up, or another node has it.
    Over(RotationPhase),
    /// The store failed.
    Error(Error),
}

impl From<Error> for Ended {
    fn from(error: Error) -> Ended {
        Ended::Error(error)
    }
}

impl RotationWork {
    /// The account and the name of the secret.
    pub fn secret(&self) -> (&AccountId, &str) {
        (&self.claim.secret.account, &self.claim.secret.name)
    }

    /// Keeps the right to the rotation. Another thread calls it every [`RENEW_SECS`] while [`RotationWork::run`] runs.
    pub fn renew(&self) {
        let now = self.node.clock().now();
        match self.node.in_transaction(|tx| lease::renew(tx, &self.claim, now)) {
            // What a function sets now would be named by no label.
            Ok(RotationPhase::Lost | RotationPhase::GivenUp) => self.stop(),
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(secret = %self.claim.secret, %error, "the lease of a rotation was not renewed")
            }
        }
    }

    /// Stops the function. Nothing is noted: whoever claims the rotation next goes on with it.
    pub fn stop(&self) {
        self.stop.ask();
    }

    /// Runs the steps, and notes the outcome. Blocks for as long as the function takes.
    pub fn run(&self) {
        let (node, claim) = (&self.node, &self.claim);
        let (secret, version) = (&claim.secret, &claim.run.version);
        tracing::info!(region = %node.region(), %secret, version, test = claim.run.test_only, "a rotation starts");
        let outcome = if claim.run.test_only { self.test() } else { self.rotate() };
        match outcome {
            Ok(()) => tracing::info!(region = %node.region(), %secret, version, "a rotation succeeded"),
            Err(Ended::Over(phase)) => {
                tracing::warn!(region = %node.region(), %secret, version, ?phase, "a rotation was given up");
            }
            Err(Ended::Error(error)) => {
                tracing::error!(region = %node.region(), %secret, version, %error, "a rotation could not be recorded");
                self.broke_off();
            }
            Err(Ended::Failed(step, failure)) => self.failed(step, &failure),
        }
    }

    /// Notes an attempt that ended in an error or a panic of this server.
    pub fn broke_off(&self) {
        let (node, claim) = (&self.node, &self.claim);
        let now = node.clock().now();
        if let Err(error) = node.in_transaction(|tx| outcome::fail(node, tx, claim, None, now)) {
            // The next claim counts the attempt, once the lease has ended.
            tracing::error!(region = %node.region(), secret = %claim.secret, %error, "a failed rotation could not be recorded");
        }
    }

    /// All four steps.
    fn rotate(&self) -> Result<(), Ended> {
        for step in RotationStep::ALL {
            let now = self.node.clock().now();
            match self.node.in_transaction(|tx| lease::begin_step(tx, &self.claim, step, now))? {
                RotationPhase::Pending => {}
                // A function that was stopped after its last step has done its work.
                RotationPhase::Complete => break,
                over @ (RotationPhase::GivenUp | RotationPhase::Lost) => return self.finish(over),
            }
            self.invoke(step)?;
        }
        self.finish(RotationPhase::Pending)
    }

    /// Notes how a run ended. `seen` is what stopped it before its last step.
    fn finish(&self, seen: RotationPhase) -> Result<(), Ended> {
        if seen == RotationPhase::Lost {
            return Err(Ended::Over(seen));
        }
        let now = self.node.clock().now();
        match self.node.in_transaction(|tx| outcome::finish(&self.node, tx, &self.claim, now))? {
            RotationPhase::Complete => Ok(()),
            RotationPhase::Pending => {
                let why = "it did not move AWSCURRENT to the new version".to_owned();
                Err(Ended::Failed(RotationStep::FinishSecret, RotationFailure::Failed(why)))
            }
            over => Err(Ended::Over(over)),
        }
    }

    /// The test step alone, on a copy of the current value. It is made once, whatever its outcome.
    fn test(&self) -> Result<(), Ended> {
        let (node, claim) = (&self.node, &self.claim);
        let outcome = self.make_test_version().and_then(|()| self.invoke(RotationStep::TestSecret));
        let failed = match &outcome {
            Ok(()) => None,
            Err(Ended::Failed(step, failure)) => {
                tracing::warn!(region = %node.region(), secret = %claim.secret, step = step.as_str(), %failure, "the test of a rotation failed");
                Some(*step)
            }
            Err(_) => return outcome,
        };
        let now = node.clock().now();
        match node.in_transaction(|tx| outcome::finish_test(node, tx, claim, failed, now))? {
            RotationPhase::Lost => Err(Ended::Over(RotationPhase::Lost)),
            _ => Ok(()),
        }
    }

    fn make_test_version(&self) -> Result<(), Ended> {
        let (node, claim) = (&self.node, &self.claim);
        let (caller, _) = self.session(RotationStep::TestSecret)?;
        let now = node.clock().now();
        let made = node.in_transaction(|tx| test_version::make(node, tx, claim, &caller, now));
        let failed = |why| Ended::Failed(RotationStep::TestSecret, RotationFailure::Unreachable(why));
        made?.map_err(failed)
    }

    fn invoke(&self, step: RotationStep) -> Result<(), Ended> {
        let (node, claim) = (&self.node, &self.claim);
        let (_, credentials) = self.session(step)?;
        let call = RotationCall {
            function_arn: claim.function_arn.clone(),
            step,
            secret_arn: claim.secret.to_string(),
            client_request_token: claim.run.version.clone(),
            rotation_token: claim.run.rotation_token.clone().into(),
            region: node.region().clone(),
            credentials,
            stop: self.stop.clone(),
        };
        let done = node.facts().rotations.functions().invoke(&call);
        if self.stop.is_asked() {
            return Err(Ended::Over(RotationPhase::Lost));
        }
        done.map_err(|failure| Ended::Failed(step, failure))
    }

    /// The credentials for one step.
    fn session(&self, step: RotationStep) -> Result<(Caller, SessionCredentials), Ended> {
        let (node, claim) = (&self.node, &self.claim);
        let role = node.facts().rotations.functions().role(&claim.function_arn);
        let made = node.in_transaction(|tx| {
            node.as_service(tx, &claim.secret.account, |cx| {
                service_session::rotation_session(cx, role.as_deref(), &claim.secret)
            })
        })?;
        made.map_err(|why| Ended::Failed(step, RotationFailure::Unreachable(why)))
    }

    fn failed(&self, failing: RotationStep, failure: &RotationFailure) {
        let (node, claim) = (&self.node, &self.claim);
        let now = node.clock().now();
        let step = failing.as_str();
        match node.in_transaction(|tx| outcome::fail(node, tx, claim, Some(failing), now)) {
            Ok(next) => {
                let next = next.map(Timestamp::iso8601);
                tracing::warn!(region = %node.region(), secret = %claim.secret, step, %failure, ?next, "a rotation failed");
            }
            Err(error) => {
                tracing::error!(region = %node.region(), secret = %claim.secret, step, %failure, %error, "a failed rotation could not be recorded");
            }
        }
    }
}
