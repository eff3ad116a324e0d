//! Reports of the services that a user, group, role or managed policy can access, and when they were last used. Only the IAM home
//! has them, and they are not replicated.
//!
//! An account has a fixed number of rows, and the first digits of a report's job id say in which of them it is. A row is written again
//! when its report has expired, so that no job has to delete reports, and an account cannot fill the store. For the same reason reports
//! with many users and roles have fewer rows than others.

use claviger_types::{AccountId, Random, Region, Timestamp};
use minicbor::{Decode, Encode};

use super::iam_table::EntityKind;
use super::{Record, Table, account_part, fetch, group, put};
use crate::{Error, Key, Tx};

/// How long a report can be read. AWS does not say how long it keeps one.
pub const KEPT_DAYS: i64 = 1;

/// The number of rows of an account.
const ROWS: u16 = 1 << 14;

/// How many of them, the first, are for reports with many users and roles.
const LARGE_ROWS: u16 = 1 << 8;

/// The most users and roles of a report in the other rows.
const SMALL_MAX: usize = 100;

/// The most users and roles of a report: AWS's default quota of users in an account.
pub const ENTITIES_MAX: usize = 5000;

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
    /// Whether it was to be made for each action.
    #[n(2)]
    pub by_action: bool,
    /// When it was made.
    #[n(3)]
    pub created: Timestamp,
    /// The services, by namespace.
    #[n(4)]
    pub services: Vec<ReportedService>,
}

/// The users and roles of a report, users first. They stay those that the resource had when the report was made.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ReportedEntitiesRecord {
    /// At most [`ENTITIES_MAX`].
    #[n(0)]
    pub entities: Vec<ReportedEntity>,
}

/// A user or role of a report.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ReportedEntity {
    /// Which of the two it is.
    #[n(0)]
    pub kind: EntityKind,
    /// Its name at that time.
    #[n(1)]
    pub name: String,
    /// Its unique id.
    #[n(2)]
    pub id: String,
    /// When it last used each service of the report that it used in the tracking period.
    #[n(3)]
    pub uses: Vec<EntityUse>,
}

/// When a user or role last used a service.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct EntityUse {
    /// `kms`.
    #[n(0)]
    pub service: String,
    /// When the request was received.
    #[n(1)]
    pub at: Timestamp,
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

impl Record for ReportedEntitiesRecord {
    const TABLE: Table = Table::ReportedEntities;
}

impl ReportedEntity {
    /// When it last used a service.
    pub fn use_of(&self, service: &str) -> Option<Timestamp> {
        self.uses.iter().find(|used| used.service == service).map(|used| used.at)
    }
}

impl AccessReportRecord {
    fn is_live(&self, now: Timestamp) -> bool {
        self.created.plus_days(KEPT_DAYS) > now
    }
}

/// The number of the row that a job id names.
fn row_number(job: &str) -> Option<u16> {
    Some(u16::from_str_radix(job.get(..4)?, 16).ok()? % ROWS)
}

/// The row of the report with that job id in one of the two tables. None for an id that no report has.
fn report_row(tx: &Tx<'_>, table: Table, account: &AccountId, job: &str) -> Option<Key> {
    Some([&*group(tx, table, &[account_part(account)]), &row_number(job)?.to_be_bytes()].concat())
}

/// Reads the report of a job, if it has not expired.
pub fn access_report(
    tx: &Tx<'_>,
    account: &AccountId,
    job: &str,
    now: Timestamp,
) -> Result<Option<AccessReportRecord>, Error> {
    let Some(row) = report_row(tx, Table::AccessReport, account, job) else { return Ok(None) };
    let stored = fetch::<AccessReportRecord>(tx, &row)?;
    Ok(stored.filter(|report| report.job == job && report.is_live(now)))
}

/// Reads the users and roles of a report that was read in the same transaction.
pub fn reported_entities(
    tx: &Tx<'_>,
    account: &AccountId,
    report: &AccessReportRecord,
) -> Result<Vec<ReportedEntity>, Error> {
    let Some(row) = report_row(tx, Table::ReportedEntities, account, &report.job) else { return Ok(Vec::new()) };
    Ok(fetch::<ReportedEntitiesRecord>(tx, &row)?.map_or_else(Vec::new, |record| record.entities))
}

/// An id for the job of a new report with so many users and roles. Its row is free, or has the oldest report of those that were tried.
pub fn new_job(
    tx: &Tx<'_>,
    account: &AccountId,
    entities: usize,
    random: &dyn Random,
    now: Timestamp,
) -> Result<String, Error> {
    let mut oldest: Option<(Timestamp, String)> = None;
    for _ in 0..TRIES {
        let job = job_of_size(&random.uuid(), entities);
        let Some(row) = report_row(tx, Table::AccessReport, account, &job) else { continue };
        let Some(stored) = fetch::<AccessReportRecord>(tx, &row)?.filter(|report| report.is_live(now)) else {
            return Ok(job);
        };
        if oldest.as_ref().is_none_or(|(created, _)| stored.created < *created) {
            oldest = Some((stored.created, job));
        }
    }
    Ok(oldest.map_or_else(|| job_of_size(&random.uuid(), entities), |(_, job)| job))
}

/// The id with first digits that name a row for a report with so many users and roles.
fn job_of_size(uuid: &str, entities: usize) -> String {
    let (number, rest) = (row_number(uuid).unwrap_or(0), uuid.get(4..).unwrap_or_default());
    let number = if entities > SMALL_MAX { number % LARGE_ROWS } else { LARGE_ROWS + number % (ROWS - LARGE_ROWS) };
    format!("{number:04x}{rest}")
}

/// Writes a report and its users and roles over those that its rows had.
pub fn save_access_report(
    tx: &mut Tx<'_>,
    account: &AccountId,
    report: &AccessReportRecord,
    entities: Vec<ReportedEntity>,
) -> Result<(), Error> {
    let row = |tx: &Tx<'_>, table| {
        let unnamed = || Error::Encoding(format!("the job id {} names no row", report.job));
        report_row(tx, table, account, &report.job).ok_or_else(unnamed)
    };
    let (of_report, of_entities) = (row(tx, Table::AccessReport)?, row(tx, Table::ReportedEntities)?);
    put(tx, of_report, report)?;
    put(tx, of_entities, &ReportedEntitiesRecord { entities })
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
            by_action: false,
            created: Timestamp(created),
            services: Vec::new(),
        }
    }

    fn entity(id: &str) -> ReportedEntity {
        let uses = vec![EntityUse { service: "kms".to_owned(), at: Timestamp(7) }];
        ReportedEntity { kind: EntityKind::User, name: "ana".to_owned(), id: id.to_owned(), uses }
    }

    const DAY_MS: i64 = 86_400_000;

    #[test]
    fn a_report_is_found_by_its_job_and_its_account_until_it_expires() {
        let (store, barrier, random) = (MemoryStore::new(), barrier(1), SeededRandom::new(1));
        let mut tx = Tx::begin(&store, &barrier, &random).unwrap();
        let (own, other) = (AccountId::parse("111122223333").unwrap(), AccountId::dev());
        let job = new_job(&tx, &own, 0, &random, Timestamp(0)).unwrap();
        assert_eq!(job.len(), 36);
        save_access_report(&mut tx, &own, &report(&job, 5), Vec::new()).unwrap();
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
            save_access_report(&mut tx, &own, &report(&job, i64::from(number)), Vec::new()).unwrap();
        }
        let job = new_job(&tx, &own, 1, &random, Timestamp(DAY_MS / 2)).unwrap();
        save_access_report(&mut tx, &own, &report(&job, DAY_MS / 2), Vec::new()).unwrap();
        assert!(access_report(&tx, &own, &job, Timestamp(DAY_MS / 2)).unwrap().is_some());
        let rows = group(&tx, Table::AccessReport, &[account_part(&own)]);
        let stored = crate::tables::list::<AccessReportRecord>(&tx, &rows, None, usize::MAX).unwrap();
        assert!(stored.len() <= usize::from(ROWS));
        // As soon as the others have expired, a new job gets one of their rows at the first try.
        let later = Timestamp(3 * DAY_MS);
        assert!(access_report(&tx, &own, &job, later).unwrap().is_none());
        assert_eq!(
            new_job(&tx, &own, 0, &SeededRandom::new(2), later).unwrap(),
            job_of_size(&(&SeededRandom::new(2) as &dyn Random).uuid(), 0)
        );
    }

    #[test]
    fn the_users_and_roles_of_a_report_are_replaced_with_it() {
        let (store, barrier, random) = (MemoryStore::new(), barrier(1), SeededRandom::new(1));
        let mut tx = Tx::begin(&store, &barrier, &random).unwrap();
        let (own, other) = (AccountId::parse("111122223333").unwrap(), AccountId::dev());
        let first = report("0100aaaa-0000-4000-8000-000000000000", 5);
        let second = report("0100bbbb-0000-4000-8000-000000000000", 6);
        let ids = |tx: &Tx<'_>, account: &AccountId, report: &AccessReportRecord| -> Vec<String> {
            reported_entities(tx, account, report).unwrap().into_iter().map(|entity| entity.id).collect()
        };
        save_access_report(&mut tx, &own, &first, vec![entity("AIDA1"), entity("AIDA2")]).unwrap();
        assert_eq!(ids(&tx, &own, &first), ["AIDA1", "AIDA2"]);
        assert!(ids(&tx, &other, &first).is_empty());
        save_access_report(&mut tx, &own, &second, vec![entity("AIDA3")]).unwrap();
        assert!(access_report(&tx, &own, &first.job, Timestamp(6)).unwrap().is_none());
        assert_eq!(ids(&tx, &own, &second), ["AIDA3"]);
        assert_eq!((entity("AIDA").use_of("kms"), entity("AIDA").use_of("sts")), (Some(Timestamp(7)), None));
    }

    #[test]
    fn a_large_report_is_in_one_of_a_few_rows() {
        let random = SeededRandom::new(1);
        for _ in 0..200 {
            let uuid = (&random as &dyn Random).uuid();
            for (entities, large) in [(0, false), (SMALL_MAX, false), (SMALL_MAX + 1, true), (ENTITIES_MAX, true)] {
                let job = job_of_size(&uuid, entities);
                assert_eq!((job.len(), &job[4..]), (36, &uuid[4..]));
                assert_eq!(row_number(&job).unwrap() < LARGE_ROWS, large, "{job} {entities}");
            }
        }
    }

    #[test]
    fn a_report_whose_job_names_no_row_is_an_error() {
        let (store, barrier, random) = (MemoryStore::new(), barrier(1), SeededRandom::new(1));
        let mut tx = Tx::begin(&store, &barrier, &random).unwrap();
        save_access_report(&mut tx, &AccountId::dev(), &report("x", 5), Vec::new()).unwrap_err();
    }
}
