//! A list that an operation answers in pages.

use std::time::Duration;

use serde_json::{Value, json};

use crate::call::Call;
use crate::client::Client;
use crate::error::Error;
use crate::time;

/// The secrets of a page.
const SECRETS: u32 = 100;

/// A list in an order.
pub(crate) struct List {
    /// What it is, for a table.
    pub(crate) title: String,
    operation: &'static str,
    body: Value,
    /// The member of the answer and the member of the request that carry the marker.
    marker: (&'static str, &'static str),
}

/// The markers of the pages that a walk has read. The first page has none.
pub(crate) struct Walk {
    pub(crate) markers: Vec<Option<Value>>,
    /// Whether the walk came to the end of the list.
    pub(crate) ended: bool,
}

impl List {
    /// The keys, so many a page.
    pub(crate) fn keys(title: &str, size: u32) -> List {
        let body = json!({"Limit": size});
        List { title: title.to_owned(), operation: "ListKeys", body, marker: ("NextMarker", "Marker") }
    }

    /// The secrets, 100 a page, sorted by the members that are given.
    pub(crate) fn secrets(title: &str, sort_by: Option<&str>, order: Option<&str>) -> List {
        let mut body = json!({"MaxResults": SECRETS});
        for (name, value) in [("SortBy", sort_by), ("SortOrder", order)] {
            if let (Some(members), Some(value)) = (body.as_object_mut(), value) {
                members.insert(name.to_owned(), value.into());
            }
        }
        List { title: title.to_owned(), operation: "ListSecrets", body, marker: ("NextToken", "NextToken") }
    }

    /// The same list with a filter.
    pub(crate) fn filtered(mut self, key: &str, value: &str) -> List {
        if let Some(members) = self.body.as_object_mut() {
            members.insert("Filters".to_owned(), json!([{"Key": key, "Values": [value]}]));
        }
        self
    }

    /// The call that reads the page after a marker.
    pub(crate) fn call(&self, marker: Option<&Value>) -> Call {
        let mut body = self.body.clone();
        if let (Some(members), Some(marker)) = (body.as_object_mut(), marker) {
            members.insert(self.marker.1.to_owned(), marker.clone());
        }
        match self.operation {
            "ListKeys" => Call::kms(self.operation, &body),
            _ => Call::secrets(self.operation, &body),
        }
    }

    /// Reads page after page, until the end of the list or of the time.
    ///
    /// # Errors
    ///
    /// A call fails.
    pub(crate) fn walk(&self, client: &mut Client, time_max: Duration) -> Result<Walk, Error> {
        let begun = time::instant();
        let mut markers = vec![None];
        loop {
            let marker = markers.last().and_then(Option::as_ref);
            let answer = client.call(&self.call(marker))?;
            match answer.get(self.marker.0) {
                Some(next) if !next.is_null() => markers.push(Some(next.clone())),
                _ => return Ok(Walk { markers, ended: true }),
            }
            if begun.elapsed() > time_max {
                return Ok(Walk { markers, ended: false });
            }
        }
    }
}

impl Walk {
    /// The marker of a page. None: the first one.
    pub(crate) fn marker(&self, page: usize) -> Option<&Value> {
        self.markers.get(page).and_then(Option::as_ref)
    }
}
