//! Recognizes refusals of a cursor that is no longer valid.

use http::StatusCode;

use super::{ApiError, Error};

/// Terms for a cursor in the errors of Truto and of providers, without spaces, underscores and hyphens,
/// which are ignored in the comparison.
const CURSORS: [&str; 9] = [
    "cursor",
    "pagetoken",
    "pagingtoken",
    "paginationtoken",
    "continuationtoken",
    "nexttoken",
    "skiptoken",
    "startingafter",
    "endingbefore",
];

/// Terms for its refusal.
const REFUSALS: [&str; 11] = [
    "invalid",
    "expired",
    "notvalid",
    "malformed",
    "notfound",
    "nolonger",
    "nosuch",
    "unknown",
    "doesnotexist",
    "couldnotbedecoded",
    "resourcemissing",
];

impl Error {
    /// True if the server refused the cursor of a list, because it expired or is not a cursor. The list
    /// must then start from the beginning.
    ///
    /// Neither Truto nor most providers have a code for this, so it is inferred from the text of a 400,
    /// 404, 410 or 422: the response must mention a cursor (or a page token) and that it is invalid,
    /// expired or unknown. Other wordings and languages are not recognized. A 410 that ends
    /// [`pages`](crate::Request::pages), [`items`](crate::Request::items) or [`all`](crate::Request::all)
    /// always counts if the failed page was requested with a cursor.
    ///
    /// ```
    /// use truto_core::{ApiError, Error, StatusCode};
    ///
    /// let expired = ApiError::new(StatusCode::BAD_REQUEST, "The cursor has expired");
    /// assert!(Error::from(expired).is_cursor_invalid());
    /// let other = ApiError::new(StatusCode::BAD_REQUEST, "status is invalid");
    /// assert!(!Error::from(other).is_cursor_invalid());
    /// ```
    #[must_use]
    pub fn is_cursor_invalid(&self) -> bool {
        let Some(api) = self.api() else {
            return false;
        };
        match api.status {
            // The list itself answered before, so the part that is gone can only be its cursor.
            StatusCode::GONE if self.next_cursor().is_some() => true,
            StatusCode::BAD_REQUEST
            | StatusCode::NOT_FOUND
            | StatusCode::GONE
            | StatusCode::UNPROCESSABLE_ENTITY => names_bad_cursor(api),
            _ => false,
        }
    }
}

/// Returns true if one of the texts of the response is about a bad cursor.
fn names_bad_cursor(api: &ApiError) -> bool {
    let raw = api.raw_response.as_ref().map(ToString::to_string).unwrap_or_default();
    let details = api.details.as_ref().map(ToString::to_string).unwrap_or_default();
    [&api.message, &raw, &details].into_iter().any(|text| is_about_bad_cursor(text))
}

fn is_about_bad_cursor(text: &str) -> bool {
    // One spelling for `page_token`, `page token`, `page-token` and `pageToken`.
    let is_part = |c: &char| !matches!(c, ' ' | '_' | '-');
    let text: String = text.to_lowercase().chars().filter(is_part).collect();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    has(&CURSORS) && has(&REFUSALS)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn recognizes_refused_cursors() {
        for (status, message, expected) in [
            (400, "Invalid cursor", true),
            (400, "The page token is no longer valid", true),
            (422, "starting_after: does not exist", true),
            (404, "pageToken not found", true),
            (410, "cursor expired", true),
            (400, "INVALID_PAGINATION_TOKEN", true),
            (400, "The $skiptoken is malformed", true),
            (400, "The continuation-token has expired", true),
            (400, "nextToken is not valid", true),
            (400, "No such customer: 'c'; starting_after", true),
            (400, "status is invalid", false),
            (400, "cursor is a required parameter", false),
            (500, "Invalid cursor", false),
            (401, "Invalid token", false),
            (404, "User not found", false),
        ] {
            let status = StatusCode::from_u16(status).expect("a status");
            let error = Error::from(ApiError::new(status, message));
            assert_eq!(error.is_cursor_invalid(), expected, "{status} {message}");
        }
    }

    #[test]
    fn reads_the_provider_response_and_the_cursor_of_the_list() {
        let mut api = ApiError::new(StatusCode::BAD_REQUEST, "");
        api.raw_response = Some(json!({"code": "INVALID_CURSOR"}));
        assert!(Error::from(api).is_cursor_invalid());
        let gone = || Error::from(ApiError::new(StatusCode::GONE, "gone"));
        assert!(!gone().is_cursor_invalid());
        assert!(gone().with_next_cursor(Some("c".to_owned())).is_cursor_invalid());
    }
}
