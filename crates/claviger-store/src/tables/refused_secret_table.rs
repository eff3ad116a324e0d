//! Replicas of secrets that this region could not bring to the state that their primary announced.

use claviger_types::{Region, SecretArn, Timestamp};
use minicbor::{Decode, Encode};

use super::{Record, Table, fleet_table, group, list, put, row};
use crate::{Error, Tx};

/// A state of a secret that could not be applied here. The row exists until a state of the secret is applied, of whichever primary, the secret
/// here becomes a primary or independent, its primary removes the replica or leaves the fleet, or this region is rebuilt. The primary's own record has the same as `Failed`; this row is for the time when the primary's region is lost.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RefusedSecretRecord {
    /// The region of the primary.
    #[n(0)]
    pub primary: Region,
    /// The ARN in this region.
    #[n(1)]
    pub arn: SecretArn,
    /// The reason, as it was reported to the primary.
    #[n(2)]
    pub reason: String,
    /// When.
    #[n(3)]
    pub at: Timestamp,
}

impl Record for RefusedSecretRecord {
    const TABLE: Table = Table::RefusedSecret;
}

fn refused_row(tx: &Tx<'_>, primary: &Region, arn: &SecretArn) -> crate::Key {
    row(tx, Table::RefusedSecret, &[primary.as_str().as_bytes()], &[arn.to_string().as_bytes()])
}

/// The most bytes of a reason that are stored.
const REASON_BYTES_MAX: usize = 4_096;

/// Notes that a state could not be applied.
pub fn save_refused_secret(tx: &mut Tx<'_>, mut record: RefusedSecretRecord) -> Result<(), Error> {
    record.reason.truncate(record.reason.floor_char_boundary(REASON_BYTES_MAX));
    put(tx, refused_row(tx, &record.primary, &record.arn), &record)
}

/// Notes that nothing of this secret is refused any more.
pub fn drop_refused_secret(tx: &mut Tx<'_>, primary: &Region, arn: &SecretArn) -> Result<(), Error> {
    let row = refused_row(tx, primary, arn);
    match tx.get(&row) {
        // A damaged row goes as well.
        Ok(Some(_)) | Err(Error::Corrupt { .. }) => tx.delete(row),
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Notes that the secret here lacks nothing of any primary: it follows one, or none any more.
pub fn forget_refusals(tx: &mut Tx<'_>, arn: &SecretArn) -> Result<(), Error> {
    // What a former member was refused goes when it leaves the fleet.
    let members = fleet_table::members(tx)?;
    members.into_iter().try_for_each(|member| drop_refused_secret(tx, &member.region, arn))
}

/// The secrets of a primary region that are refused here, at most `limit`.
pub fn refused_secrets(tx: &Tx<'_>, primary: &Region, limit: usize) -> Result<Vec<RefusedSecretRecord>, Error> {
    let rows = list(tx, &group(tx, Table::RefusedSecret, &[primary.as_str().as_bytes()]), None, limit)?;
    Ok(rows.into_iter().map(|(_, record)| record).collect())
}

/// Forgets what of a primary region was refused: it is no member any more, or another region under its name is one.
pub fn drop_refused_secrets(tx: &mut Tx<'_>, primary: &Region) -> Result<(), Error> {
    let prefix = group(tx, Table::RefusedSecret, &[primary.as_str().as_bytes()]);
    let rows = list::<RefusedSecretRecord>(tx, &prefix, None, usize::MAX)?;
    rows.into_iter().try_for_each(|(row, _)| tx.delete(row))
}
