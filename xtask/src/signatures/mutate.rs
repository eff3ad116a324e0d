//! The kinds of change that a signed request is put through.

mod bytes;
mod headers;
mod parts;
mod query;

use super::random::Random;
use super::request::{Request, Signed};

/// The means of one change: the numbers that decide it, and the corpus that it may borrow from.
pub(crate) struct Change<'a> {
    pub(crate) random: Random,
    pub(crate) corpus: &'a [Signed],
}

impl Change<'_> {
    /// Another request of the corpus.
    fn donor(&mut self) -> Option<&Request> {
        self.random.pick(self.corpus).map(|signed| &signed.request)
    }
}

/// Changes a request in place, or leaves it as it is if there is nothing of the kind to change.
pub(crate) type Mutation = fn(&mut Request, &mut Change<'_>);

/// Every kind, with its name.
pub(crate) fn kinds() -> Vec<(&'static str, Mutation)> {
    [&bytes::KINDS[..], &headers::KINDS[..], &query::KINDS[..], &parts::KINDS[..]].concat()
}
