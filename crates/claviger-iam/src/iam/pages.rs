//! Pages of IAM lists: `MaxItems`, `Marker`, `IsTruncated`.

use claviger_store::{Error as StoreError, Key};

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::paging::{self, Page};

/// The default number of items of a page.
const SIZE_DEFAULT: usize = 100;

/// The most items of a page.
const SIZE_MAX: usize = 1000;

/// The most rows that one call reads when few of them pass its filter. The caller continues with the marker.
const EXAMINED_MAX: usize = 4000;

/// The part of a list that a request is for.
pub(crate) struct Window {
    list: &'static str,
    scope: String,
    after: Option<Vec<u8>>,
    size: usize,
}

impl Window {
    /// Reads a request's paging. `scope` holds all other parameters that choose the list's content: a marker is valid only in
    /// its own scope.
    pub(crate) fn open(
        cx: &Cx<'_, '_>,
        list: &'static str,
        scope: &[Option<&str>],
        marker: Option<&str>,
        max_items: Option<i32>,
    ) -> Result<Window, Error> {
        // No name or path of IAM holds a line break.
        let scope =
            scope.iter().map(|part| part.map_or("-".to_owned(), |p| format!("={p}"))).collect::<Vec<_>>().join("\n");
        let after =
            marker.map(|m| paging::open_marker(cx, list, &scope, m).map_err(|_| invalid_marker())).transpose()?;
        let size = max_items.and_then(|n| usize::try_from(n).ok()).unwrap_or(SIZE_DEFAULT).clamp(1, SIZE_MAX);
        Ok(Window { list, scope, after, size })
    }

    /// A page of a list that is complete in memory. Its markers count items.
    pub(crate) fn cut<T>(&self, cx: &Cx<'_, '_>, items: Vec<T>) -> Result<Page<T>, Error> {
        let start = self.start()?;
        let first = u32::try_from(start).unwrap_or(u32::MAX).saturating_add(1);
        let rows = (first..).map(|n| n.to_be_bytes().to_vec());
        let rest = items.into_iter().skip(start).take(self.size + 1);
        Ok(paging::page(cx, self.list, &self.scope, rows.zip(rest).collect(), self.size))
    }

    /// A page of a list of `count` items that are made one by one. Its markers count items.
    pub(crate) fn make<T>(
        &self,
        cx: &Cx<'_, '_>,
        count: usize,
        make: impl Fn(usize) -> Result<T, Error>,
    ) -> Result<Page<T>, Error> {
        let start = self.start()?;
        let end = start.saturating_add(self.size).min(count);
        let items = (start..end).map(make).collect::<Result<Vec<T>, Error>>()?;
        Ok(Page { items, next: (end < count).then(|| self.marker_at(cx, end)) })
    }

    /// A page of a list of which each item takes work. `show` says whether the page may go on after the item. A page that is not behind the
    /// list's end has at least one item. Its markers count items.
    pub(crate) fn fill<I, T>(
        &self,
        cx: &Cx<'_, '_>,
        list: &[I],
        mut show: impl FnMut(&I) -> (T, bool),
    ) -> Result<Page<T>, Error> {
        let start = self.start()?;
        let mut items = Vec::new();
        for one in list.iter().skip(start).take(self.size) {
            let (item, goes_on) = show(one);
            items.push(item);
            if !goes_on {
                break;
            }
        }
        let end = start.saturating_add(items.len());
        Ok(Page { items, next: (end < list.len()).then(|| self.marker_at(cx, end)) })
    }

    /// The marker of the page that begins behind so many items.
    fn marker_at(&self, cx: &Cx<'_, '_>, end: usize) -> String {
        let row = u32::try_from(end).unwrap_or(u32::MAX).to_be_bytes();
        paging::seal_marker(cx, self.list, &self.scope, &row)
    }

    /// The number of items before this page, in a list whose markers count items.
    fn start(&self) -> Result<usize, Error> {
        let Some(bytes) = &self.after else { return Ok(0) };
        let start = bytes.as_slice().try_into().map(u32::from_be_bytes).map_err(|_| invalid_marker())?;
        usize::try_from(start).map_err(|_| invalid_marker())
    }

    /// A page of the rows that `read` returns and `keep` accepts.
    pub(crate) fn gather<T>(
        &self,
        cx: &Cx<'_, '_>,
        read: impl Fn(Option<&[u8]>, usize) -> Result<Vec<(Key, T)>, StoreError>,
        keep: impl Fn(&T) -> Result<bool, Error>,
    ) -> Result<Page<T>, Error> {
        let (mut kept, mut after, mut examined) = (Vec::new(), self.after.clone(), 0);
        while kept.len() <= self.size && examined < EXAMINED_MAX {
            let batch = self.size + 1;
            let rows = read(after.as_deref(), batch)?;
            let last = rows.last().map(|(row, _)| row.clone());
            examined += rows.len();
            let ended = rows.len() < batch;
            for (row, item) in rows {
                if keep(&item)? {
                    kept.push((row, item));
                }
            }
            if ended {
                return Ok(paging::page(cx, self.list, &self.scope, kept, self.size));
            }
            after = last;
        }
        if kept.len() > self.size {
            return Ok(paging::page(cx, self.list, &self.scope, kept, self.size));
        }
        let next = after.map(|row| paging::seal_marker(cx, self.list, &self.scope, &row));
        Ok(Page { items: kept.into_iter().map(|(_, item)| item).collect(), next })
    }
}

fn invalid_marker() -> Error {
    Error::Validation("Invalid Marker.".to_owned())
}
