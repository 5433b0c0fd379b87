//! Logs: `/log`.
//!
//! See [Truto's page on logs](https://truto.one/docs/api-reference/admin/logs).

use std::collections::BTreeMap;
use std::fmt;

use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use truto_core::{Filter, OrRaw, Page, RemoteData, endpoint};

/// One entry of a log.
#[endpoint(method = "GET", path = "/log", name = "list", query = LogQuery, response = Page<Self>, doc = "Lists entries of one log, at most 100 per page.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    /// The id of the entry.
    #[serde(rename = "_id")]
    pub id: Option<String>,
    /// When the entry was logged.
    pub timestamp: Option<OrRaw<Timestamp>>,
    /// The log that it belongs to.
    pub log_type: Option<OrRaw<LogType>>,
    /// Its fields, if Truto sends them as documented; [`field`](Self::field) reads one.
    pub metadata: Option<RemoteData>,
    /// Its fields, if Truto sends them next to the timestamp.
    #[serde(flatten)]
    pub extra: BTreeMap<String, RemoteData>,
}

impl LogEntry {
    /// A field of the entry, in `metadata` or next to it; `None` if it is missing, null or of another
    /// type.
    ///
    /// ```
    /// use serde_json::json;
    /// use truto_admin::LogEntry;
    ///
    /// let nested = json!({"timestamp": "2026-11-01T00:00:00Z", "metadata": {"http_status_code": 404}});
    /// let flat = json!({"timestamp": "2026-11-01T00:00:00Z", "http_status_code": 404});
    /// for entry in [nested, flat] {
    ///     let entry: LogEntry = serde_json::from_value(entry)?;
    ///     assert_eq!(entry.field::<u16>("http_status_code"), Some(404));
    /// }
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn field<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let metadata = self.metadata.as_ref();
        let fields = metadata.and_then(|data| data.parse::<BTreeMap<String, RemoteData>>().ok());
        let nested = fields.as_ref().and_then(|fields| fields.get(name));
        nested.or_else(|| self.extra.get(name))?.parse::<Option<T>>().ok()?
    }
}

/// The logs that Truto keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogType {
    /// Calls of `/unified/` and `/proxy/`.
    UnifiedProxyApi,
    /// Runs of sync jobs.
    RapidBridge,
    /// Deliveries of webhooks.
    Webhook,
    /// Timers of sync jobs.
    SyncJobCronTrigger,
    /// Calls of MCP servers.
    Mcp,
}

impl LogType {
    /// The filters that this log has.
    #[must_use]
    pub fn filters(self) -> &'static [&'static str] {
        match self {
            Self::UnifiedProxyApi => {
                &["request_type", "integrated_account_id", "environment_id", "integration"]
            }
            Self::RapidBridge => &[
                "sync_job_run_id",
                "sync_job_id",
                "sync_job_run_event",
                "integrated_account_id",
                "webhook_id",
                "environment_id",
                "integration",
            ],
            Self::Webhook => &["webhook_id", "event", "environment_id"],
            Self::SyncJobCronTrigger => &["environment_id"],
            Self::Mcp => &[
                "mcp_server_id",
                "tool_name",
                "mcp_method",
                "resource",
                "method",
                "client_name",
                "client_version",
                "request_id",
                "integrated_account_id",
                "environment_id",
                "integration",
            ],
        }
    }
}

/// Query parameters of [`LogEntry::list`]. Combinations that Truto would refuse or ignore are refused here.
///
/// ```
/// use truto_admin::{LogEntry, LogQuery, LogType};
///
/// let from = "2026-11-01T00:00:00Z".parse()?;
/// let to = "2026-11-02T00:00:00Z".parse()?;
/// let query = LogQuery::new(LogType::Webhook).between(from, to)?.filter("event", "record:created")?;
/// assert_eq!(
///     LogEntry::list(&query).query_string(),
///     "log_type=webhook&created_at%5Bgt%5D=2026-11-01T00%3A00%3A00Z\
///      &created_at%5Blt%5D=2026-11-02T00%3A00%3A00Z&log_type_filter%5Bevent%5D=record%3Acreated"
/// );
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LogQuery {
    log_type: LogType,
    created_at: Option<Filter<Timestamp>>,
    log_type_filter: BTreeMap<&'static str, String>,
}

impl LogQuery {
    /// All entries of a log.
    #[must_use]
    pub fn new(log_type: LogType) -> Self {
        Self { log_type, created_at: None, log_type_filter: BTreeMap::new() }
    }

    /// Only entries between two times, both exclusive, at most one month apart.
    ///
    /// # Errors
    ///
    /// [`LogQueryError::Range`] if `to` is not after `from`, or more than a calendar month (in UTC) after it.
    pub fn between(mut self, from: Timestamp, to: Timestamp) -> Result<Self, LogQueryError> {
        let month_later = Offset::UTC.to_datetime(from).checked_add(1.month());
        let latest =
            month_later.and_then(|end| Offset::UTC.to_timestamp(end)).unwrap_or(Timestamp::MAX);
        if to <= from || to > latest {
            return Err(LogQueryError::Range);
        }
        self.created_at = Some(Filter::gt(from).and(Filter::lt(to)));
        Ok(self)
    }

    /// Only entries with this value for one of the log's own filters.
    ///
    /// # Errors
    ///
    /// [`LogQueryError::Filter`] if the log has no such filter: Truto would ignore it.
    pub fn filter(mut self, name: &str, value: impl Into<String>) -> Result<Self, LogQueryError> {
        let filters = self.log_type.filters();
        let Some(name) = filters.iter().find(|filter| **filter == name) else {
            return Err(LogQueryError::Filter { log_type: self.log_type, name: name.to_owned() });
        };
        self.log_type_filter.insert(name, value.into());
        Ok(self)
    }
}

/// A [`LogQuery`] that Truto would refuse or ignore.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogQueryError {
    /// The times are in the wrong order, or more than a month apart.
    Range,
    /// The log has no such filter.
    Filter {
        /// The log.
        log_type: LogType,
        /// The name that was given.
        name: String,
    },
}

impl fmt::Display for LogQueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Range => f.write_str("the end must be after the start, by at most one month"),
            Self::Filter { log_type, name } => {
                let filters = log_type.filters().join("`, `");
                write!(f, "unknown filter `{name}`; this log has `{filters}`")
            }
        }
    }
}

impl std::error::Error for LogQueryError {}

#[cfg(test)]
mod tests {
    use super::{LogQuery, LogQueryError, LogType};

    #[test]
    fn refuses_ranges_that_truto_refuses() {
        let time = |text: &str| text.parse().expect("a time");
        let between = |from, to| LogQuery::new(LogType::Mcp).between(time(from), time(to));
        let start = "2026-01-01T00:00:00Z";
        assert!(between(start, "2026-02-01T00:00:00Z").is_ok());
        for end in [start, "2025-12-31T00:00:00Z", "2026-02-01T00:00:01Z"] {
            assert_eq!(between(start, end), Err(LogQueryError::Range), "{end}");
        }
        assert!(between("2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z").is_ok());
        let thirty_one_days = between("2026-02-01T00:00:00Z", "2026-03-04T00:00:00Z");
        assert_eq!(thirty_one_days, Err(LogQueryError::Range));
    }

    #[test]
    fn names_the_filters_of_a_log_when_one_is_unknown() {
        let error = LogQuery::new(LogType::SyncJobCronTrigger).filter("integration", "hubspot");
        assert_eq!(
            error.expect_err("no such filter").to_string(),
            "unknown filter `integration`; this log has `environment_id`"
        );
    }
}
