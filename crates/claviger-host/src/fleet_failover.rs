//! Failovers, and what an operator asks before one.

use std::sync::Arc;
use std::time::Duration;

use claviger_crypto::{Authorization, FailoverStatement, Operators};
pub use claviger_service::WaitingChanges;
pub use claviger_service::convergence::{Agreement, OtherRegion, SharedThing};
pub use claviger_service::failover::{Failover, FailoverPlan};
pub use claviger_service::failover_check::{FailoverCheck, NamedThings, Safety};
use claviger_service::failover_check::{LostCheck, Settling, SurvivorCheck};
use claviger_service::{Node, OperationError, convergence, failover, failover_check, failover_permit};
use claviger_store::tables::fleet_table;
use claviger_types::{AccountId, Region};

use crate::cluster::Cluster;
use crate::error::FleetCommandError;
use crate::fleet_commands::on_pool;

/// The least time between two looks of a check.
const LOOK: Duration = Duration::from_millis(50);

/// A key or a secret that an operator asks about.
#[derive(Debug, Clone)]
pub enum LagSubject {
    /// A key, by id or ARN.
    Key(String),
    /// A secret, by name or ARN, of one account or of all.
    Secret(String, Option<AccountId>),
}

impl Cluster {
    /// What a failover in a local region would do in the place of a lost one, and whether it would lose anything. If the region that is to be
    /// given up runs in this process, it is asked, and the other region need not be here. Waits for up to some seconds until the other region has
    /// what was there when the command began.
    ///
    /// # Errors
    ///
    /// [`FleetCommandError`].
    pub async fn plan_failover(
        &self,
        lost: Region,
        to: &Region,
    ) -> Result<(FailoverPlan, FailoverCheck), FleetCommandError> {
        let survivor = match self.node(to) {
            Some(_) => Some(self.survivor(&lost, to).await?),
            None => None,
        };
        if let Some(node) = self.node(&lost) {
            if !node.topology().regions.contains(to) {
                return Err(FleetCommandError::NoMember(to.clone()));
            }
            let (asked, other) = (node.clone(), to.clone());
            let check = on_pool(move || LostCheck::begin(&asked, &other)).await??;
            let (plan, check) = settle(&node, check).await?.end(&node);
            // The region that takes the place knows what it can take over.
            let plan = match survivor {
                Some(survivor) => on_pool(move || failover::plan(&survivor, &lost)).await??,
                None => plan,
            };
            return Ok((plan, check));
        }
        let node = survivor.ok_or_else(|| FleetCommandError::NotHere(to.clone()))?;
        let (asked, other) = (node.clone(), lost.clone());
        let check = on_pool(move || SurvivorCheck::begin(&asked, &other)).await??;
        let check = settle(&node, check).await?;
        Ok(on_pool(move || Ok::<_, OperationError>((failover::plan(&node, &lost)?, check.end(&node)?))).await??)
    }

    /// The statement that operators have to sign for a failover; none if this process names no operators, or has not the region that takes the
    /// place.
    ///
    /// # Errors
    ///
    /// [`FleetCommandError`].
    pub async fn failover_statement(
        &self,
        lost: &Region,
        to: &Region,
    ) -> Result<Option<FailoverStatement>, FleetCommandError> {
        if self.node(to).is_none() {
            return Ok(None);
        }
        Ok(failover_permit::statement(&*self.survivor(lost, to).await?, lost))
    }

    /// Promotes a local region to what a lost one was the primary of, if enough operators have authorized it.
    ///
    /// # Errors
    ///
    /// [`FleetCommandError`].
    pub async fn fail_over(
        &self,
        lost: Region,
        to: &Region,
        authorizations: Vec<Authorization>,
    ) -> Result<Failover, FleetCommandError> {
        let node = self.survivor(&lost, to).await?;
        let may = failover_permit::permit(&node, &lost, authorizations)?;
        Ok(on_pool(move || failover::run(&node, &lost, &may)).await??)
    }

    /// Changes the operators whose signatures a failover needs, for all regions, and records that in the audit file.
    ///
    /// # Errors
    ///
    /// [`FleetCommandError`] if audit records cannot be written. Nothing is changed then.
    pub async fn change_operators(&mut self, operators: &Operators) -> Result<(), FleetCommandError> {
        if self.operators() == operators {
            return Ok(());
        }
        for node in self.region_table().regions().into_iter().filter_map(|(_, node)| node) {
            let (before, after) = (self.operators().clone(), operators.clone());
            on_pool(move || failover_permit::record_change(&node, &before, &after)).await??;
        }
        self.set_operators(operators);
        Ok(())
    }

    /// How far a key or a secret is in each region that shares it, as each region of this process knows it.
    ///
    /// # Errors
    ///
    /// [`FleetCommandError::NoThing`] if no running region of this process has it, or those of the store.
    pub async fn convergence(&self, subject: LagSubject) -> Result<Vec<SharedThing>, FleetCommandError> {
        let mut things = Vec::new();
        for node in self.region_table().regions().into_iter().filter_map(|(_, node)| node) {
            let subject = subject.clone();
            let found = on_pool(move || match &subject {
                LagSubject::Key(name) => convergence::of_key(&node, name).map(|found| found.into_iter().collect()),
                LagSubject::Secret(name, account) => convergence::of_secrets(&node, name, account.as_ref()),
            });
            let found: Vec<SharedThing> = found.await??;
            things.extend(found);
        }
        if things.is_empty() {
            let (LagSubject::Key(name) | LagSubject::Secret(name, _)) = subject;
            return Err(FleetCommandError::NoThing(name));
        }
        Ok(things)
    }

    /// A local region that has `lost` as another member of its fleet, or had: the keys whose primary was in a removed region need another one.
    async fn survivor(&self, lost: &Region, to: &Region) -> Result<Arc<Node>, FleetCommandError> {
        let node = self.node(to).ok_or_else(|| FleetCommandError::NotHere(to.clone()))?;
        if !node.serves() {
            return Err(FleetCommandError::NotServing(to.clone()));
        }
        if lost != to && node.topology().regions.contains(lost) {
            return Ok(node);
        }
        let (asked, region) = (node.clone(), lost.clone());
        let was = on_pool(move || asked.in_transaction(|tx| Ok(fleet_table::is_former_member(tx, &region)?))).await??;
        if was { Ok(node) } else { Err(FleetCommandError::NoMember(lost.clone())) }
    }
}

/// Looks until there is nothing to wait for, or for as long as a check waits.
async fn settle<C: Settling>(node: &Arc<Node>, mut check: C) -> Result<C, FleetCommandError> {
    let longest = Duration::from_millis(failover_check::patience_ms(node).unsigned_abs());
    let begun = tokio::time::Instant::now();
    loop {
        let (looked, asked) = (tokio::time::Instant::now(), node.clone());
        let (back, is_settled) = on_pool(move || {
            let is_settled = check.look(&asked)?;
            Ok::<_, OperationError>((check, is_settled))
        })
        .await??;
        check = back;
        if is_settled || begun.elapsed() >= longest {
            return Ok(check);
        }
        // A look at many things takes its time, and leaves as much to the requests.
        tokio::time::sleep(LOOK.max(looked.elapsed())).await;
    }
}
