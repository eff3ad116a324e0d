//! The rotation of secrets in one region: claims what is due, and runs the functions.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use claviger_core::Node;
use claviger_core::error::Error;
use claviger_iam::sts::service_session;
use claviger_secrets::rotation::engine::{self, RotationClaim, RotationPhase};
use claviger_secrets::rotation::test_version;
use claviger_store::tables::rotation_table;
use claviger_types::{AccountId, Caller, RotationCall, RotationFailure, RotationStep, SessionCredentials, Timestamp};

/// The time after which a lease is renewed, in seconds. Several renewals fit in a lease.
pub const RENEW_SECS: u64 = engine::LEASE_SECS as u64 / 4;

/// A rotation that this node has claimed.
pub struct RotationWork {
    node: Arc<Node>,
    claim: RotationClaim,
    lost: AtomicBool,
}

/// Claims the rotations of a region that are due, at most `limit`.
pub fn claim_rotations(node: &Arc<Node>, limit: usize) -> Vec<RotationWork> {
    let now = node.clock().now();
    for (account, name) in node.facts().rotations.take_wanted() {
        let again = node.in_transaction(|tx| engine::retry_now(tx, node.random(), &account, &name, now));
        again.unwrap_or_else(|error| report(node, &name, &error));
    }
    let due = node.in_transaction(|tx| Ok(rotation_table::rotations_due(tx, now, limit)?));
    let due = due.unwrap_or_else(|error| {
        report(node, "", &error);
        Vec::new()
    });
    let claim = |(account, name): (AccountId, String)| {
        let claimed = node.in_transaction(|tx| engine::claim(tx, node.random(), &account, &name, now));
        let claimed = claimed.unwrap_or_else(|error| {
            report(node, &name, &error);
            let later = node.in_transaction(|tx| engine::postpone(tx, &account, &name, now));
            later.unwrap_or_else(|error| report(node, &name, &error));
            None
        });
        claimed.map(|claim| RotationWork { node: node.clone(), claim, lost: AtomicBool::new(false) })
    };
    due.into_iter().filter_map(claim).collect()
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
    /// Keeps the right to the rotation. Another thread calls it every [`RENEW_SECS`] while [`RotationWork::run`] runs.
    pub fn renew(&self) {
        match self.at_work() {
            Ok(RotationPhase::Lost) => self.lost.store(true, Ordering::Relaxed),
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(secret = %self.claim.secret, %error, "the lease of a rotation was not renewed")
            }
        }
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
            }
            Err(Ended::Failed(step, failure)) => self.failed(step, &failure),
        }
    }

    /// All four steps.
    fn rotate(&self) -> Result<(), Ended> {
        for step in RotationStep::ALL {
            match self.at_work()? {
                RotationPhase::Pending => {}
                // A function that was stopped after its last step has done its work.
                RotationPhase::Complete => break,
                over => return Err(Ended::Over(over)),
            }
            self.invoke(step)?;
        }
        let now = self.node.clock().now();
        match self.node.in_transaction(|tx| engine::finish(tx, &self.claim, now))? {
            RotationPhase::Complete => Ok(()),
            RotationPhase::Pending => {
                let why = "it did not move AWSCURRENT to the new version".to_owned();
                Err(Ended::Failed(RotationStep::FinishSecret, RotationFailure::Failed(why)))
            }
            over => Err(Ended::Over(over)),
        }
    }

    /// The test step alone, on a copy of the current value.
    fn test(&self) -> Result<(), Ended> {
        let (node, claim) = (&self.node, &self.claim);
        let step = RotationStep::TestSecret;
        let outcome = self.make_test_version().and_then(|()| self.invoke(step));
        let now = node.clock().now();
        // Tried once: the copy goes whatever the outcome.
        node.in_transaction(|tx| {
            if engine::finish(tx, claim, now)? != RotationPhase::Lost {
                test_version::remove(tx, &claim.secret, &claim.run.version)?;
            }
            Ok(())
        })?;
        match outcome {
            Err(Ended::Failed(step, failure)) => {
                tracing::warn!(region = %node.region(), secret = %claim.secret, step = step.as_str(), %failure, "the test of a rotation failed");
                Ok(())
            }
            outcome => outcome,
        }
    }

    fn make_test_version(&self) -> Result<(), Ended> {
        let (node, claim) = (&self.node, &self.claim);
        let (caller, _) = self.session(RotationStep::TestSecret)?;
        let now = node.clock().now();
        let made =
            node.in_transaction(|tx| test_version::make(node, tx, &claim.secret, &claim.run.version, &caller, now));
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
        };
        let done = node.facts().rotations.functions().invoke(&call);
        if self.lost.load(Ordering::Relaxed) {
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

    fn at_work(&self) -> Result<RotationPhase, Error> {
        let now = self.node.clock().now();
        self.node.in_transaction(|tx| engine::renew(tx, &self.claim, now))
    }

    fn failed(&self, step: RotationStep, failure: &RotationFailure) {
        let (node, claim) = (&self.node, &self.claim);
        let now = node.clock().now();
        let step = step.as_str();
        match node.in_transaction(|tx| engine::fail(tx, claim, now)) {
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
