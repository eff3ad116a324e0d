//! `claviger audit query`: the records that pass a filter.

use std::collections::VecDeque;

use crate::failure::Failure;

use super::options::{OutputForm, QueryOptions};
use super::print::Printer;
use super::table;
use super::trails::{each_record, trails};

pub(super) fn run(options: &QueryOptions) -> Result<(), Failure> {
    let (trails, filter, mut out) = (trails(&options.trails)?, options.conditions.filter(), Printer::new());
    let mut is_read = options.output == OutputForm::Json || out.line(&table::head())?;
    let limit = options.limit.and_then(|limit| usize::try_from(limit).ok());
    // With a limit, the latest are known at the end only.
    let mut latest: VecDeque<Vec<u8>> = VecDeque::new();
    each_record(&trails, |record, line| {
        if !filter.chooses(record) {
            return Ok(is_read);
        }
        let line = table::line(record, line, options.output);
        match limit {
            None => is_read = is_read && out.line(&line)?,
            Some(limit) => {
                if latest.len() == limit {
                    latest.pop_front();
                }
                latest.push_back(line);
            }
        }
        Ok(is_read)
    })?;
    for line in latest {
        if !out.line(&line)? {
            break;
        }
    }
    out.flush().map(|_| ())
}
