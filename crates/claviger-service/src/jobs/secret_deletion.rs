//! Secrets whose recovery window has ended are deleted for good.

use claviger_store::Tx;
use claviger_store::tables::secrets as records;
use claviger_types::Timestamp;

use crate::Node;
use crate::error::Error;

/// Takes the notes that are due; answers how many there were. One whose secret was restored, scheduled again for later or deleted
/// otherwise is void.
pub(crate) fn run(_node: &Node, tx: &mut Tx<'_>, now: Timestamp) -> Result<usize, Error> {
    let due = records::secrets_due(tx, now, super::BATCH)?;
    let count = due.len();
    for (note, account, name) in due {
        tx.delete(note)?;
        if let Some(record) = records::secret(tx, &account, &name)?
            && record.deletion.as_ref().is_some_and(|deletion| deletion.date <= now)
        {
            records::delete_secret(tx, &record)?;
        }
    }
    Ok(count)
}
