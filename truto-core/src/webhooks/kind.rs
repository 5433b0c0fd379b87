use std::fmt;

/// The kind of entity that an event is about; unlisted ones are [`Other`](Self::Other).
///
/// ```
/// use truto_core::webhooks::{Event, EventKind};
///
/// fn topic(event: &Event) -> &str {
///     match event.kind() {
///         EventKind::IntegratedAccount => "accounts",
///         EventKind::Record => "records",
///         _ => event.entity(),
///     }
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// `record:*`: a record of a unified model changed at the provider.
    Record,
    /// `integrated_account:*`: an account was connected, changed or deleted, or must be connected again.
    IntegratedAccount,
    /// `sync_job:*` and `sync_job_run:*`: a sync job began, ended or failed.
    SyncJob,
    /// Anything else; [`Event::entity`](super::Event::entity) names it.
    Other,
}

impl EventKind {
    pub(super) fn of_entity(entity: &str) -> Self {
        match entity {
            "record" => Self::Record,
            "integrated_account" => Self::IntegratedAccount,
            "sync_job" | "sync_job_run" => Self::SyncJob,
            _ => Self::Other,
        }
    }

    /// The kind as a word, for metrics: `record`, `integrated_account`, `sync_job` or `other`.
    ///
    /// ```
    /// use truto_core::webhooks::EventKind;
    ///
    /// assert_eq!(EventKind::SyncJob.as_str(), "sync_job");
    /// assert_eq!(EventKind::Record.to_string(), "record");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::IntegratedAccount => "integrated_account",
            Self::SyncJob => "sync_job",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
