//! Reports of the services that a user, group, role or managed policy can access, and when they were last used. Only the IAM home
//! has them, and they are not replicated.
//!
//! An account has a fixed number of rows, and the first digits of a report's job id say in which of them it is. A row is written again
//! when its report has expired, so that no job has to delete reports, and an account cannot fill the store.

use claviger_types::{AccountId, Random, Region, Timestamp};
use minicbor::{Decode, Encode};

use super::{Record, Table, account_part, fetch, group, put};
use crate::{Error, Key, Tx};

/// How long a report can be read. AWS does not say how long it keeps one.
pub const KEPT_DAYS: i64 = 1;

/// The number of rows of an account.
const ROWS: u16 = 1 << 14;

/// How many rows are tried to find one whose report has expired. If none has, the oldest report gives way.
const TRIES: usize = 8;

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct AccessReportRecord {
    /// The id of its job.
    #[n(0)]
    pub job: String,
    /// The unique id of the caller that may read it, with the session's name for a role (`aws:userid`).
    #[n(1)]
    pub maker: String,
    /// The resource that it is about.
    #[n(2)]
    pub subject: ReportSubject,
    /// Whether it was to be made for each action.
    #[n(3)]
    pub by_action: bool,
    /// When it was made.
    #[n(4)]
    pub created: Timestamp,
    /// The services, by namespace.
    #[n(5)]
    pub services: Vec<ReportedService>,
}

/// The resource that a report is about.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum ReportSubject {
    /// A user.
    #[n(0)]
    User {
        /// The user's name at that time.
        #[n(0)]
        name: String,
        /// `AIDA...`
        #[n(1)]
        id: String,
    },
    /// A role.
    #[n(1)]
    Role {
        /// The role's name.
        #[n(0)]
        name: String,
        /// `AROA...`
        #[n(1)]
        id: String,
    },
    /// A group.
    #[n(2)]
    Group {
        /// `AGPA...`
        #[n(0)]
        id: String,
    },
    /// A managed policy.
    #[n(3)]
    Policy {
        /// Its ARN.
        #[n(0)]
        arn: String,
    },
}

/// A service that the resource can access.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ReportedService {
    /// `kms`.
    #[n(0)]
    pub namespace: String,
    /// The latest use in the tracking period.
    #[n(1)]
    pub latest: Option<ReportedUse>,
    /// How many users and roles used it in the tracking period.
    #[n(2)]
    pub entities: u32,
}

/// The use of a service.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ReportedUse {
    /// When the request was received.
    #[n(0)]
    pub at: Timestamp,
    /// The region that served it.
    #[n(1)]
    pub region: Region,
    /// The ARN of the user or role.
    #[n(2)]
    pub entity: String,
}

impl Record for AccessReportRecord {
    const TABLE: Table = Table::AccessReport;
}

impl AccessReportRecord {
    fn is_live(&self, now: Timestamp) -> bool {
        self.created.plus_days(KEPT_DAYS) > now
    }
}

/// The row of the report with that job id. None for an id that no report has.
fn report_row(tx: &Tx<'_>, account: &AccountId, job: &str) -> Option<Key> {
    let number = u16::from_str_radix(job.get(..4)?, 16).ok()? % ROWS;
    Some([&*group(tx, Table::AccessReport, &[account_part(account)]), &number.to_be_bytes()].concat())
}

/// Reads the report of a job, if it has not expired.
pub fn access_report(
    tx: &Tx<'_>,
    account: &AccountId,
    job: &str,
    now: Timestamp,
) -> Result<Option<AccessReportRecord>, Error> {
    let Some(row) = report_row(tx, account, job) else { return Ok(None) };
    let stored = fetch::<AccessReportRecord>(tx, &row)?;
    Ok(stored.filter(|report| report.job == job && report.is_live(now)))
}

/// An id for a new job, whose row is free or has the oldest report of those that were tried.
pub fn new_job(tx: &Tx<'_>, account: &AccountId, random: &dyn Random, now: Timestamp) -> Result<String, Error> {
    let mut oldest: Option<(Timestamp, String)> = None;
    for _ in 0..TRIES {
        let job = random.uuid();
        let Some(row) = report_row(tx, account, &job) else { continue };
        let Some(stored) = fetch::<AccessReportRecord>(tx, &row)?.filter(|report| report.is_live(now)) else {
            return Ok(job);
        };
        if oldest.as_ref().is_none_or(|(created, _)| stored.created < *created) {
            oldest = Some((stored.created, job));
        }
    }
    Ok(oldest.map_or_else(|| random.uuid(), |(_, job)| job))
}

/// Writes a report over the one that its row had.
pub fn save_access_report(tx: &mut Tx<'_>, account: &AccountId, report: &AccessReportRecord) -> Result<(), Error> {
    match report_row(tx, account, &report.job) {
        Some(row) => put(tx, row, report),
        None => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_types::SeededRandom;

    use super::*;
    use crate::conformance::barrier;
    use crate::memory::MemoryStore;

    fn report(job: &str, created: i64) -> AccessReportRecord {
        AccessReportRecord {
            job: job.to_owned(),
            maker: "AIDA".to_owned(),
            subject: ReportSubject::Group { id: "AGPA".to_owned() },
            by_action: false,
            created: Timestamp(created),
            services: Vec::new(),
        }
    }

    const DAY_MS: i64 = 86_400_000;

    #[test]
    fn a_report_is_found_by_its_job_and_its_account_until_it_expires() {
        let (store, barrier, random) = (MemoryStore::new(), barrier(1), SeededRandom::new(1));
        let mut tx = Tx::begin(&store, &barrier, &random).unwrap();
        let (own, other) = (AccountId::parse("111122223333").unwrap(), AccountId::dev());
        let job = new_job(&tx, &own, &random, Timestamp(0)).unwrap();
        assert_eq!(job.len(), 36);
        save_access_report(&mut tx, &own, &report(&job, 5)).unwrap();
        let found = |tx: &Tx<'_>, account: &AccountId, job: &str, now: i64| {
            access_report(tx, account, job, Timestamp(now)).unwrap().is_some()
        };
        assert!(found(&tx, &own, &job, 5 + DAY_MS - 1));
        assert!(!found(&tx, &own, &job, 5 + DAY_MS));
        assert!(!found(&tx, &other, &job, 5));
        let same_row = format!("{}{}", &job[..35], if job.ends_with('0') { '1' } else { '0' });
        for unknown in [&same_row, &"x".repeat(36), "", "é"] {
            assert!(!found(&tx, &own, unknown, 5), "{unknown}");
        }
    }

    #[test]
    fn an_account_has_a_fixed_number_of_reports() {
        let (store, barrier, random) = (MemoryStore::new(), barrier(1), SeededRandom::new(1));
        let mut tx = Tx::begin(&store, &barrier, &random).unwrap();
        let own = AccountId::dev();
        // A row for each number but one, so that most tries meet a report that has not expired.
        for number in 1..ROWS {
            let job = format!("{number:04x}0000-0000-4000-8000-000000000000");
            save_access_report(&mut tx, &own, &report(&job, i64::from(number))).unwrap();
        }
        let job = new_job(&tx, &own, &random, Timestamp(DAY_MS / 2)).unwrap();
        save_access_report(&mut tx, &own, &report(&job, DAY_MS / 2)).unwrap();
        assert!(access_report(&tx, &own, &job, Timestamp(DAY_MS / 2)).unwrap().is_some());
        let rows = group(&tx, Table::AccessReport, &[account_part(&own)]);
        let stored = crate::tables::list::<AccessReportRecord>(&tx, &rows, None, usize::MAX).unwrap();
        assert!(stored.len() <= usize::from(ROWS));
        // As soon as the others have expired, a new job gets one of their rows at the first try.
        let later = Timestamp(3 * DAY_MS);
        assert!(access_report(&tx, &own, &job, later).unwrap().is_none());
        assert_eq!(
            new_job(&tx, &own, &SeededRandom::new(2), later).unwrap(),
            (&SeededRandom::new(2) as &dyn Random).uuid()
        );
    }
}
