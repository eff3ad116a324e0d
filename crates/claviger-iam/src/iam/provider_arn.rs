//! The ARNs by which requests name identity providers.

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::iam::error;
use claviger_types::{IamArn, IamKind};

/// Reads the ARN of a provider of a kind, of whatever account.
pub(crate) fn parse(cx: &Cx<'_, '_>, kind: IamKind, named: &str) -> Result<IamArn, Error> {
    let arn = IamArn::parse(named).ok().filter(|arn| arn.kind == kind && arn.partition == cx.partition());
    arn.ok_or_else(|| Error::new(error::INVALID_INPUT_EXCEPTION, format!("Invalid ARN: {named}")))
}

/// The ARN of a provider of the caller's account.
pub(crate) fn of(cx: &Cx<'_, '_>, kind: IamKind, name: &str) -> String {
    IamArn::new(cx.partition(), cx.account(), kind, "/", name).to_string()
}

/// Whether an ARN names something of the caller's account.
pub(crate) fn is_own(cx: &Cx<'_, '_>, arn: &IamArn) -> bool {
    arn.account() == Some(cx.account())
}
