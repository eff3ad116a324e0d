//! Whether operators let a region take the place of a lost one.

use claviger_core::Node;
use claviger_core::audit::ServiceEvent;
use claviger_core::error::Error;
use claviger_crypto::{
    Authorization, DifferentStatements, FailoverStatement, OperatorPublicKey, Operators, StatementTimeError,
};
use claviger_types::{AccountId, Region};

/// Why a region may not take the place of a lost one. The text is for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPermitted {
    /// Signatures are lacking.
    #[error("{missing} more of the operators that fleet.operators names must sign: {required} are required")]
    Signatures {
        /// How many are lacking.
        missing: usize,
        /// How many are required.
        required: usize,
    },
    /// The statement is about other regions.
    #[error("the operators have signed that {to} takes the place of {lost}, which is something else")]
    OtherRegions {
        /// The lost region of the statement.
        lost: Region,
        /// The region that is to take its place.
        to: Region,
    },
    /// The statement names another identity of this region.
    #[error("the operators have signed for another identity of {0}: it was rebuilt since, or is another region")]
    OtherIdentity(Region),
    /// It is not of this time.
    #[error(transparent)]
    Time(#[from] StatementTimeError),
    /// Not everybody signed the same.
    #[error(transparent)]
    DifferentStatements(#[from] DifferentStatements),
}

/// The permission to run a failover: the operators' signatures, or that this process names no operators.
#[derive(Debug)]
pub struct MayFailOver {
    authorization: Option<Authorization>,
    /// The operators of this process who have signed.
    signers: Vec<OperatorPublicKey>,
}

impl MayFailOver {
    /// What the members of the fleet require of the new primary.
    pub(crate) fn authorization(&self) -> Option<&Authorization> {
        self.authorization.as_ref()
    }

    /// What an audit record says of the permission.
    pub fn audited(&self) -> Vec<(&'static str, String)> {
        let Some(Authorization { statement, .. }) = &self.authorization else { return Vec::new() };
        let signers: Vec<String> = self.signers.iter().map(ToString::to_string).collect();
        vec![
            ("statement", statement.digest()),
            ("statementIssued", statement.issued.iso8601().to_string()),
            ("statementExpires", statement.expires.iso8601().to_string()),
            ("operators", signers.join(" ")),
        ]
    }
}

/// Records in the audit file that the configuration names other operators now, or requires another number of signatures.
///
/// # Errors
///
/// If audit records cannot be written.
pub fn record_change(node: &Node, before: &Operators, after: &Operators) -> Result<(), Error> {
    let keys = |operators: &Operators| operators.keys().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let event = ServiceEvent {
        source: "kms.amazonaws.com",
        name: "FailoverOperatorsChanged",
        // The configuration is of no account.
        account: AccountId::dev(),
        data: vec![
            ("operatorsBefore", keys(before)),
            ("operators", keys(after)),
            ("operatorsRequiredBefore", before.required().to_string()),
            ("operatorsRequired", after.required().to_string()),
        ],
        error: None,
        request_id: node.random().uuid(),
        at: node.clock().now(),
    };
    node.in_transaction(|tx| node.record_event(tx, &event))
}

/// The statement that operators have to sign, so that a region may take the place of a lost one; none if the process names no operators.
pub fn statement(node: &Node, lost: &Region) -> Option<FailoverStatement> {
    if node.facts().operators.get().is_empty() {
        return None;
    }
    let issued = node.clock().now();
    let mut number = [0; 16];
    node.random().fill(&mut number);
    Some(FailoverStatement {
        lost: lost.clone(),
        to: node.region().clone(),
        identity: node.public_identity(),
        number,
        issued,
        expires: issued.plus_secs(FailoverStatement::VALID_SECS),
    })
}

/// Checks the authorizations of several operators.
///
/// # Errors
///
/// [`NotPermitted`].
pub fn permit(node: &Node, lost: &Region, authorizations: Vec<Authorization>) -> Result<MayFailOver, NotPermitted> {
    let operators = node.facts().operators.get();
    let authorization = Authorization::together(authorizations)?;
    if let Some(signed) = &authorization {
        check(node, lost, &signed.statement)?;
    }
    require(&operators, authorization.as_ref())?;
    let signers = authorization.iter().flat_map(|signed| operators.signers(signed)).collect();
    Ok(MayFailOver { authorization, signers })
}

fn check(node: &Node, lost: &Region, statement: &FailoverStatement) -> Result<(), NotPermitted> {
    if statement.lost != *lost || statement.to != *node.region() {
        return Err(NotPermitted::OtherRegions { lost: statement.lost.clone(), to: statement.to.clone() });
    }
    if statement.identity != node.public_identity() {
        return Err(NotPermitted::OtherIdentity(node.region().clone()));
    }
    Ok(statement.check_times(node.clock().now())?)
}

fn require(operators: &Operators, authorization: Option<&Authorization>) -> Result<(), NotPermitted> {
    let required = operators.required();
    match authorization.map_or(required, |signed| operators.missing(signed)) {
        0 => Ok(()),
        missing => Err(NotPermitted::Signatures { missing, required }),
    }
}
