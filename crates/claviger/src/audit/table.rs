//! Records as rows of a table.

use claviger_audit::AuditRecord;

use super::options::OutputForm;

/// The widths of all columns but the last. A longer text is written in full and moves the rest of its row.
const WIDTHS: [usize; 4] = [20, 34, 22, 28];

/// The width of the column of the region, which is the second one if the records of several regions are shown.
const REGION_WIDTH: usize = 14;

/// The line of a record in a form. With a region, the table has its column.
pub(super) fn line(record: &AuditRecord, line: &[u8], form: OutputForm, region: Option<&str>) -> Vec<u8> {
    match form {
        OutputForm::Json => line.to_vec(),
        OutputForm::Table => row(
            region,
            [
                record.time(),
                &format!("{}:{}", record.service(), record.event()),
                record.error().unwrap_or("ok"),
                &caller(record),
                &resources(record),
            ],
        ),
    }
}

/// The names of the columns.
pub(super) fn head(has_region: bool) -> Vec<u8> {
    row(has_region.then_some("REGION"), ["TIME", "EVENT", "RESULT", "PRINCIPAL", "RESOURCES, REQUEST"])
}

fn row(region: Option<&str>, columns: [&str; 5]) -> Vec<u8> {
    let mut out = String::new();
    for (column, text) in columns.into_iter().enumerate() {
        let width = WIDTHS.get(column).copied().unwrap_or(0);
        out.push_str(&format!("{:width$}  ", visible(text)));
        if let Some(region) = region.filter(|_| column == 0) {
            out.push_str(&format!("{:REGION_WIDTH$}  ", visible(region)));
        }
    }
    out.truncate(out.trim_end().len());
    out.into_bytes()
}

/// Names of users and agents may have control characters, which a terminal would obey.
pub(super) fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// `user/alice`, `assumed-role/app/session`, and the service that called for it.
fn caller(record: &AuditRecord) -> String {
    let own = record.caller_arn().map(short);
    match (own, record.invoked_by()) {
        (Some(own), Some(service)) => format!("{own} by {}", service.split('.').next().unwrap_or(service)),
        (Some(own), None) => own.to_owned(),
        (None, service) => service.unwrap_or("-").to_owned(),
    }
}

fn resources(record: &AuditRecord) -> String {
    let mut all: Vec<&str> = record.resources().map(short).collect();
    if all.is_empty() {
        all.push("-");
    }
    let all = all.join(", ");
    match record.request_id() {
        Some(id) => format!("{all}  {id}"),
        None => all,
    }
}

/// The resource of an ARN, without partition, service, Region and account.
fn short(arn: &str) -> &str {
    arn.splitn(6, ':').nth(5).unwrap_or(arn)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn shown(json: &str) -> String {
        let record = AuditRecord::parse(json.as_bytes()).unwrap();
        String::from_utf8(line(&record, b"", OutputForm::Table, None)).unwrap()
    }

    #[test]
    fn rows() {
        let row = shown(
            "{\"eventTime\":\"2026-11-24T15:04:05Z\",\"eventSource\":\"kms.amazonaws.com\",\"eventName\":\"Decrypt\",\"errorCode\":\"AccessDeniedException\",\
             \"userIdentity\":{\"arn\":\"arn:aws:iam::111122223333:user/a\\u001b[2J\",\"invokedBy\":\"secretsmanager.amazonaws.com\"},\"requestID\":\"r-1\",\
             \"resources\":[{\"ARN\":\"arn:aws:kms:eu-west-1:111122223333:key/1\"},{\"ARN\":\"arn:aws:kms:eu-west-1:111122223333:alias/b\"}]}",
        );
        assert_eq!(
            row.split_whitespace().collect::<Vec<_>>().join(" "),
            "2026-11-24T15:04:05Z kms:Decrypt AccessDeniedException user/a\u{fffd}[2J by secretsmanager key/1, alias/b r-1"
        );
        assert!(shown("{}").ends_with('-'));
        let record = AuditRecord::parse(b"{\"eventTime\":\"2026-11-24T15:04:05Z\"}").unwrap();
        let row = String::from_utf8(line(&record, b"", OutputForm::Table, Some("eu-west-1"))).unwrap();
        let head = String::from_utf8(head(true)).unwrap();
        assert_eq!(row.find("eu-west-1"), head.find("REGION"));
        assert_eq!(row.find("ok"), head.find("RESULT"));
    }
}
