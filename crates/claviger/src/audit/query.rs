//! `claviger audit query`: the records that pass a filter.

use std::collections::VecDeque;

use claviger_audit::AuditRecord;

use crate::failure::Failure;

use super::merge::each_chosen;
use super::options::{OutputForm, QueryOptions};
use super::print::Printer;
use super::table;
use super::trails::trails;

pub(super) fn run(options: &QueryOptions) -> Result<(), Failure> {
    let (trails, filter, mut out) = (trails(&options.trails)?, options.conditions.filter(), Printer::new());
    let has_several = trails.len() > 1;
    if options.output == OutputForm::Table && !out.line(&table::head(has_several))? {
        return Ok(());
    }
    let shown = |at: usize, record: &AuditRecord, line: &[u8]| {
        let region = trails.get(at).and_then(|trail| trail.region.as_ref()).filter(|_| has_several);
        table::line(record, line, options.output, region.map(|region| region.as_str()))
    };
    let limit = options.limit.and_then(|limit| usize::try_from(limit).ok());
    // With a limit, the latest are known at the end only.
    let mut latest: VecDeque<(usize, Vec<u8>)> = VecDeque::new();
    each_chosen(&trails, &filter, |at, chosen| {
        let Some(limit) = limit else { return out.line(&shown(at, &chosen.record, &chosen.line)) };
        if latest.len() == limit {
            latest.pop_front();
        }
        latest.push_back((at, chosen.line));
        Ok(true)
    })?;
    for (at, line) in latest {
        let Some(record) = AuditRecord::parse(&line) else { continue };
        if !out.line(&shown(at, &record, &line))? {
            break;
        }
    }
    out.flush().map(|_| ())
}
