//! `claviger audit`: verifies, searches and follows a region's audit trail. It reads files only, so it works on copies and while the
//! server is down.

mod merge;
mod options;
mod print;
mod query;
mod table;
mod tail;
mod trails;
mod verify;

pub(crate) use options::{AuditCommand, TrailOptions};
pub(crate) use trails::{each_record, trails};

use crate::failure::Failure;

pub(crate) async fn run(command: AuditCommand) -> Result<(), Failure> {
    match command {
        AuditCommand::Verify(options) => verify::run(&options),
        AuditCommand::Query(options) => query::run(&options),
        AuditCommand::Tail(options) => tail::run(&options).await,
    }
}
