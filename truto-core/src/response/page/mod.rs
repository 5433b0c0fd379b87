mod read;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::json::JsonKind;

/// One page of a list: the records, and the cursor of the next page.
///
/// The last page has no `next_cursor`; an empty page with a cursor is not the last one.
/// [`Request::items`](crate::Request::items) and [`Request::pages`](crate::Request::pages) follow
/// the cursors for you.
///
/// ```
/// # truto_sandbox::__doc::run(async |_sandbox, account| {
/// # use truto_sandbox::__doc::User;
/// let page = User::list().limit(2).send(&account).await?;
/// assert_eq!(page.result.len(), 2);
/// let cursor = page.next_cursor.expect("one more page");
/// let rest = User::list().next_cursor(cursor).send(&account).await?;
/// assert_eq!(rest.result[0].id, "c");
/// assert_eq!(rest.next_cursor, None);
/// # Ok(())
/// # })
/// ```
///
/// See [Truto's page on pagination](https://truto.one/docs/api-reference/overview/pagination).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// The records of this page.
    pub result: Vec<T>,
    /// The cursor of the next page; `None` at the end.
    ///
    /// A missing cursor, null, `""`, `false`, zero and `{}` mark the end. Any other string or number is
    /// opaque and unchanged, even `-1`, `"null"` and `"undefined"`. A cursor of another JSON type is a
    /// decode error, and so are two different cursors in one response.
    pub next_cursor: Option<String>,
    /// The cursor of the previous page, if the response has one.
    pub prev_cursor: Option<String>,
    /// The number of records on this page as stated by the response; not a total.
    pub result_count: Option<u64>,
    /// True if the provider's data is incomplete.
    pub is_partial_response: Option<bool>,
}

/// One page of a list as a map, returned by [`Request::key_by`](crate::Request::key_by).
///
/// If several records have the same key, the server returns only one, so a page may contain fewer records
/// than were listed.
///
/// ```
/// # truto_sandbox::__doc::run(async |_sandbox, account| {
/// # use truto_sandbox::__doc::User;
/// let page = User::list().key_by("id").send(&account).await?;
/// assert_eq!(page.result["b"].id, "b");
/// # Ok(())
/// # })
/// ```
///
/// See [Truto's page on pagination](https://truto.one/docs/api-reference/overview/pagination).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct KeyedPage<T> {
    /// The records of this page by their key.
    pub result: BTreeMap<String, T>,
    /// The cursor of the next page; `None` at the end. An empty cursor counts as `None`.
    pub next_cursor: Option<String>,
    /// The cursor of the previous page, if the response has one.
    pub prev_cursor: Option<String>,
    /// The number of records on this page as stated by the response; not a total.
    pub result_count: Option<u64>,
    /// True if the provider's data is incomplete.
    pub is_partial_response: Option<bool>,
}

/// A page while a list is iterated: its records are kept even if its cursor cannot be followed.
#[derive(Debug)]
pub(crate) struct ListPage<T> {
    pub(crate) page: Page<T>,
    /// The JSON type of a `next_cursor` that is neither a string, a number nor an end marker.
    pub(crate) bad_cursor: Option<JsonKind>,
}

impl<T> Page<T> {
    /// Creates a last page with these records, for tests.
    ///
    /// ```
    /// use truto_core::Page;
    ///
    /// let mut page = Page::new(vec![1, 2]);
    /// page.next_cursor = Some("more".to_owned());
    /// assert_eq!((&page).into_iter().sum::<i32>(), 3);
    /// ```
    #[must_use]
    pub fn new(result: Vec<T>) -> Self {
        Self {
            result,
            next_cursor: None,
            prev_cursor: None,
            result_count: None,
            is_partial_response: None,
        }
    }

    /// Returns the number of records on this page.
    #[must_use]
    pub fn len(&self) -> usize {
        self.result.len()
    }

    /// Returns true if this page has no records. An empty page with a cursor is not the last one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.result.is_empty()
    }

    /// The records by reference.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.result.iter()
    }
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl<T> From<Vec<T>> for Page<T> {
    fn from(result: Vec<T>) -> Self {
        Self::new(result)
    }
}

impl<T> From<Page<T>> for Vec<T> {
    /// The records; the cursors are dropped.
    fn from(page: Page<T>) -> Self {
        page.result
    }
}

impl<T> FromIterator<T> for Page<T> {
    fn from_iter<I: IntoIterator<Item = T>>(records: I) -> Self {
        Self::new(records.into_iter().collect())
    }
}

impl<T> Extend<T> for Page<T> {
    /// Adds records; the cursors stay as they are.
    fn extend<I: IntoIterator<Item = T>>(&mut self, records: I) {
        self.result.extend(records);
    }
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.result.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Page<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.result.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_collects_and_extends_records() {
        let mut page: Page<u8> = [1, 2].into_iter().collect();
        page.extend([3]);
        assert_eq!((page.len(), page.is_empty(), page.iter().count()), (3, false, 3));
        assert_eq!(Vec::from(page), [1, 2, 3]);
        assert!(Page::<u8>::default().is_empty());
    }

    #[test]
    fn its_records_are_iterated_by_value_and_by_reference() {
        let page = Page::from(vec![1, 2]);
        assert_eq!((page.len(), page.next_cursor.as_deref()), (2, None));
        let mut sum = 0;
        for record in &page {
            sum += record;
        }
        assert_eq!(sum, 3);
        assert_eq!(page.into_iter().collect::<Vec<u8>>(), [1, 2]);
    }
}
