//! Reservations that are not yet used.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// A reservation that is not used within this time lapses, and its slot goes to the next call.
pub(super) const LAPSES_AFTER: Duration = Duration::from_secs(1);

/// Counts the reservations of all clients. A permit may outlive its account's entry, which is dropped once
/// the reservation has lapsed, so an entry that replaces it must not use the same ids.
static MADE: AtomicU64 = AtomicU64::new(0);

/// Identifies a reservation within the process; ids ascend in the order of the reservations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ReservationId(u64);

/// Points in time by id, oldest first.
#[derive(Debug, Default)]
pub(super) struct Reservations {
    /// Ids ascend with time, so the first entry is the oldest; a hash map would have to be searched.
    made: BTreeMap<ReservationId, Instant>,
}

impl Reservations {
    pub(super) fn insert(&mut self, now: Instant) -> ReservationId {
        // Relaxed suffices: the client's lock orders the insertions into one map.
        let id = ReservationId(MADE.fetch_add(1, Ordering::Relaxed));
        self.made.insert(id, now);
        id
    }

    /// Returns false if it was already removed, or has lapsed.
    pub(super) fn remove(&mut self, id: ReservationId) -> bool {
        self.made.remove(&id).is_some()
    }

    pub(super) fn contains(&self, id: ReservationId) -> bool {
        self.made.contains_key(&id)
    }

    pub(super) fn len(&self) -> usize {
        self.made.len()
    }

    /// The time of the oldest one.
    pub(super) fn oldest(&self) -> Option<Instant> {
        self.made.first_key_value().map(|(_, at)| *at)
    }

    /// Removes the oldest one if it was made at least `age` ago.
    pub(super) fn pop_older(&mut self, age: Duration, now: Instant) -> Option<Instant> {
        let oldest = self.made.first_entry()?;
        (now.saturating_duration_since(*oldest.get()) >= age).then(|| oldest.remove())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reservation_ids_are_unique_across_instances() {
        let now = Instant::now();
        let stale = Reservations::default().insert(now);
        let mut replaced = Reservations::default();
        let id = replaced.insert(now);
        assert!(!replaced.contains(stale) && !replaced.remove(stale));
        assert!(replaced.remove(id));
    }

    #[test]
    fn reservations_leave_in_the_order_in_which_they_were_made() {
        let start = Instant::now();
        let mut made = Reservations::default();
        let first = made.insert(start);
        let second = made.insert(start + LAPSES_AFTER / 2);
        assert!(first < second && made.contains(first) && made.contains(second));
        assert_eq!((made.len(), made.oldest()), (2, Some(start)));

        let lapses = start + LAPSES_AFTER;
        assert_eq!(made.pop_older(LAPSES_AFTER, lapses - Duration::from_millis(1)), None);
        assert_eq!(made.pop_older(LAPSES_AFTER, lapses), Some(start));
        assert_eq!(made.pop_older(LAPSES_AFTER, lapses), None);
        assert!(!made.contains(first) && !made.remove(first));
        assert!(made.remove(second) && !made.remove(second));
        assert_eq!((made.len(), made.oldest()), (0, None));
    }
}
