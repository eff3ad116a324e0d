//! Where a statement stands in the text of its document.

use std::collections::BTreeMap;

use claviger_model::iam::Position;

use serde_json::value::RawValue;

/// The positions of the first character of a statement and of the one after its last.
pub(super) fn of_statement(document: &str, index: usize) -> Option<(Position, Position)> {
    let members = serde_json::from_str::<BTreeMap<String, &RawValue>>(document).ok()?;
    let list = members.get("Statement")?.get();
    let statement = match serde_json::from_str::<Vec<&RawValue>>(list) {
        Ok(statements) => statements.get(index)?.get(),
        // A single statement may stand without a list.
        Err(_) => Some(list).filter(|_| index == 0)?,
    };
    let start = (statement.as_ptr() as usize).checked_sub(document.as_ptr() as usize)?;
    let end = start.checked_add(statement.len())?;
    Some((position(document.get(..start)?), position(document.get(..end)?)))
}

/// The position behind a text: its line and column, both from 1.
fn position(before: &str) -> Position {
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
    let number = |count: usize| i32::try_from(count.saturating_add(1)).ok();
    Position { line: number(before.matches('\n').count()), column: number(column) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn at(document: &str, index: usize) -> Option<[i32; 4]> {
        let (start, end) = of_statement(document, index)?;
        Some([start.line?, start.column?, end.line?, end.column?])
    }

    #[test]
    fn lines_and_columns_begin_at_one() {
        let document = "{\"Statement\": [\n  {\"Effect\": \"Allow\"}, {\n}]}";
        assert_eq!(at(document, 0), Some([2, 3, 2, 22]));
        assert_eq!(at(document, 1), Some([2, 24, 3, 2]));
        assert_eq!(at(document, 2), None);
        assert_eq!(at("{\"Statement\":{}}", 0), Some([1, 14, 1, 16]));
        assert_eq!((at("{\"Statement\":{}}", 1), at("[]", 0)), (None, None));
    }
}
