//! Checks a claim's time and scope.

use claviger_types::{Region, Timestamp};

use crate::TERMINATOR;
use crate::claim::Claim;
use crate::refusal::Refusal;
use crate::signature_parts::Form;

/// The expectations of a server for a signed request.
#[derive(Debug, Clone, Copy)]
pub struct Expect<'a> {
    /// The service's name in a scope, such as `kms`.
    pub service: &'a str,
    /// The current time.
    pub now: Timestamp,
    /// The largest difference between the signer's clock and `now`, in seconds: 300 for the JSON services, 900 for IAM and STS.
    pub window_secs: i64,
    /// How long a presigned request lives from its date, in seconds, without regard to its `X-Amz-Expires`. `None` if that
    /// parameter decides. STS has 900: tokens made from a presigned GetCallerIdentity, as EKS uses them, carry
    /// `X-Amz-Expires=60` and are accepted for 15 minutes.
    pub presigned_secs: Option<i64>,
    /// The endpoint's region; `None` takes any well-formed one, as IAM and STS do.
    pub region: Option<&'a str>,
}

/// Checks the time and then the scope of a claim. The error names every wrong part of the scope.
///
/// A presigned request is valid from its date for `X-Amz-Expires` seconds, or for [`Expect::presigned_secs`]. Its date may be ahead of
/// `now` by the window at most. The date of a request without `X-Amz-Expires` must be within the window.
pub fn check(claim: &Claim, expect: &Expect<'_>) -> Result<(), Refusal> {
    check_clock(claim, expect)?;
    // Collecting no fault allocates no memory.
    let faults: Vec<String> = [
        region_fault(claim, expect.region),
        (claim.service != expect.service)
            .then(|| format!("Credential should be scoped to correct service: '{}'.", expect.service)),
        (claim.terminator != TERMINATOR).then(|| {
            let given = &claim.terminator;
            format!("Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{given}'.")
        }),
        date_fault(claim),
    ]
    .into_iter()
    .flatten()
    .collect();
    if faults.is_empty() { Ok(()) } else { Err(Refusal::mismatch(faults.join(" "))) }
}

fn check_clock(claim: &Claim, expect: &Expect<'_>) -> Result<(), Refusal> {
    // In whole seconds, the precision of a signature's date.
    let now = Timestamp::from_secs(expect.now.secs());
    let lifetime_secs = match claim.form {
        Form::Query { expires_secs: Some(secs) } => expect.presigned_secs.unwrap_or(secs),
        Form::Query { expires_secs: None } | Form::Header { .. } => expect.window_secs,
    };
    let earliest = now.plus_secs(lifetime_secs.saturating_neg());
    let latest = now.plus_secs(expect.window_secs);
    if (earliest..=latest).contains(&claim.time) {
        return Ok(());
    }
    let [at, from, until, present] = [claim.time, earliest, latest, now].map(Timestamp::iso8601_basic);
    if claim.time < earliest {
        let span = span(lifetime_secs);
        return Err(Refusal::mismatch(format!(
            "Signature expired: {at} is now earlier than {from} ({present} - {span})"
        )));
    }
    let span = span(expect.window_secs);
    Err(Refusal::mismatch(format!("Signature not yet current: {at} is still later than {until} ({present} + {span})")))
}

fn span(secs: i64) -> String {
    if secs % 60 == 0 { format!("{} min.", secs / 60) } else { format!("{secs} sec.") }
}

fn region_fault(claim: &Claim, expected: Option<&str>) -> Option<String> {
    let fits = match expected {
        Some(region) => claim.region == region,
        None => Region::parse(&claim.region).is_ok(),
    };
    (!fits).then(|| format!("Credential should be scoped to a valid region, not '{}'.", claim.region))
}

fn date_fault(claim: &Claim) -> Option<String> {
    let basic = claim.time.iso8601_basic();
    let day = basic.split('T').next().unwrap_or_default();
    (claim.date != day).then(|| {
        format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
             '{}' != '{day}', from '{}'.",
            claim.date, claim.date_text
        )
    })
}
