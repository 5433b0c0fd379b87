//! The accounts whose first call could be sent, in the order of their turns at the client's limits.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::policy::lane::Lane;

/// The maximum number of accounts per chunk. One event takes at most this number of steps, plus about
/// one per chunk: a few thousand with a million accounts.
const CHUNK: usize = 4096;

/// The place of an account in the ring of a lane. `None` for an account that has none.
pub(super) type RingPlace = Option<(Lane, u64)>;

/// An account's turn at the client's limits.
#[derive(Debug)]
pub(super) struct RingEntry {
    pub(super) account: Arc<str>,
    pub(super) number: u64,
}

/// One lane's ring, in chunks. In a single buffer, the removal of an account from the middle, and the
/// growth of the buffer, would be linear in the number of accounts.
#[derive(Debug, Default)]
pub(super) struct Ring {
    /// Their numbers ascend. No chunk is empty, and two neighbors together have at least `CHUNK / 2` entries.
    chunks: VecDeque<VecDeque<RingEntry>>,
    len: usize,
}

impl Ring {
    /// The number of accounts in the ring.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn front(&self) -> Option<&RingEntry> {
        self.chunks.front()?.front()
    }

    /// The number must be higher than that of all other entries.
    fn push(&mut self, entry: RingEntry) {
        self.len += 1;
        match self.chunks.back_mut() {
            Some(last) if last.len() < CHUNK => last.push_back(entry),
            _ => self.chunks.push_back(VecDeque::from([entry])),
        }
    }

    fn remove(&mut self, number: u64) {
        let at = self.chunk_of(number);
        let Some(chunk) = self.chunks.get_mut(at) else { return };
        let Ok(place) = chunk.binary_search_by_key(&number, |entry| entry.number) else { return };
        chunk.remove(place);
        self.len -= 1;
        if chunk.is_empty() {
            self.chunks.remove(at);
        }
        // The chunk has become smaller, so it may fit together with either neighbor.
        self.merge(at);
        if let Some(before) = at.checked_sub(1) {
            self.merge(before);
        }
    }

    /// Joins a chunk with the next one if both are small, so that the number of chunks stays in
    /// proportion to that of the accounts.
    fn merge(&mut self, at: usize) {
        let lengths = self.chunks.get(at).zip(self.chunks.get(at + 1));
        if lengths.is_some_and(|(chunk, next)| chunk.len() + next.len() < CHUNK / 2) {
            if let Some(mut next) = self.chunks.remove(at + 1) {
                self.chunks[at].append(&mut next);
            }
        }
    }

    /// The index of the chunk with a number, if the ring has it.
    fn chunk_of(&self, number: u64) -> usize {
        let is_before =
            |chunk: &VecDeque<RingEntry>| chunk.back().is_some_and(|last| last.number < number);
        self.chunks.partition_point(is_before)
    }

    /// The number of accounts in front of a number.
    fn in_front_of(&self, number: u64) -> usize {
        let at = self.chunk_of(number);
        let before: usize = self.chunks.iter().take(at).map(VecDeque::len).sum();
        let own = self.chunks.get(at);
        before + own.map_or(0, |chunk| chunk.partition_point(|entry| entry.number < number))
    }

    /// Panics if an invariant is broken, or an account of the lane has another place.
    #[cfg(test)]
    pub(super) fn assert_consistent(&self, lane: Lane, accounts: &mut super::accounts::Accounts) {
        let entries: Vec<&RingEntry> = self.chunks.iter().flatten().collect();
        assert!(entries.is_sorted_by_key(|entry| entry.number));
        assert!(self.chunks.iter().all(|chunk| (1..=CHUNK).contains(&chunk.len())));
        for entry in &entries {
            let queue = accounts.get_mut(&entry.account).expect("it is known");
            assert_eq!(queue.queued, Some((lane, entry.number)));
        }
        let places = accounts.all().filter_map(|queue| queue.queued);
        let places = places.filter(|(queued, _)| *queued == lane).count();
        assert_eq!((self.len, self.len), (entries.len(), places));
    }
}

/// The rings of all lanes. Each account has at most one entry.
#[derive(Debug, Default)]
pub(super) struct Rings {
    rings: [Ring; Lane::COUNT],
    last_number: u64,
}

impl Rings {
    pub(super) fn ring(&self, lane: Lane) -> &Ring {
        &self.rings[lane.index()]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rings.iter().all(Ring::is_empty)
    }

    /// Appends an account, and removes its former entry.
    pub(super) fn push(&mut self, account: &Arc<str>, lane: Lane, place: &mut RingPlace) {
        self.remove(place);
        self.last_number += 1;
        let number = self.last_number;
        *place = Some((lane, number));
        self.rings[lane.index()].push(RingEntry { account: Arc::clone(account), number });
    }

    /// Takes an account out of its ring.
    pub(super) fn remove(&mut self, place: &mut RingPlace) {
        if let Some((lane, number)) = place.take() {
            self.rings[lane.index()].remove(number);
        }
    }

    /// The number of other accounts in a lane's ring that have a turn before a call of an account with
    /// this place: those in front of it, or all of them if other calls of the same account come first,
    /// since the account then queues again at the end.
    pub(super) fn accounts_ahead(
        &self,
        lane: Lane,
        place: RingPlace,
        is_behind_own: bool,
    ) -> usize {
        let ring = self.ring(lane);
        match place.filter(|(queued, _)| *queued == lane) {
            // All accounts but this one.
            Some(_) if is_behind_own => ring.len.saturating_sub(1),
            Some((_, number)) => ring.in_front_of(number),
            None => ring.len,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Random events on a ring and on a plain list.
    #[test]
    fn a_ring_yields_accounts_in_the_order_of_their_numbers() {
        for seed in 0..20 {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut rings = Rings::default();
            let mut places: Vec<RingPlace> = Vec::new();
            let account: Arc<str> = "a".into();
            let joins = random.usize(0..3 * CHUNK);
            for _ in 0..joins {
                let mut place = None;
                rings.push(&account, Lane::Interactive, &mut place);
                places.push(place);
            }
            assert_eq!(rings.is_empty(), joins == 0, "{seed}");
            while !places.is_empty() {
                let at = match seed % 3 {
                    0 => 0,
                    1 => places.len() - 1,
                    _ => random.usize(0..places.len()),
                };
                if random.usize(0..CHUNK) == 0 {
                    let ahead = rings.accounts_ahead(Lane::Interactive, places[at], false);
                    assert_eq!(ahead, at, "{seed}");
                }
                rings.remove(&mut places.remove(at));
                let ring = rings.ring(Lane::Interactive);
                let first = ring.front().map(|entry| (Lane::Interactive, entry.number));
                assert_eq!(first, places.first().copied().flatten(), "{seed}");
                assert_eq!(ring.len(), places.len(), "{seed}");
                assert!(ring.chunks.len() <= 1 + 4 * places.len() / CHUNK + 1, "{seed}");
            }
            assert!(rings.is_empty());
        }
    }

    fn lengths(rings: &Rings) -> Vec<usize> {
        rings.ring(Lane::Interactive).chunks.iter().map(VecDeque::len).collect()
    }

    #[test]
    fn a_full_chunk_is_followed_by_a_new_one() {
        let mut rings = Rings::default();
        for _ in 0..CHUNK {
            rings.push(&"a".into(), Lane::Interactive, &mut None);
        }
        assert_eq!(lengths(&rings), [CHUNK]);
        rings.push(&"a".into(), Lane::Interactive, &mut None);
        assert_eq!(lengths(&rings), [CHUNK, 1]);
    }

    #[test]
    fn neighbors_that_are_less_than_half_full_together_are_merged() {
        let mut rings = Rings::default();
        let mut places = vec![None; CHUNK + 1];
        for place in &mut places {
            rings.push(&"a".into(), Lane::Interactive, place);
        }
        for place in &mut places[..=CHUNK / 2] {
            rings.remove(place);
        }
        assert_eq!(lengths(&rings), [CHUNK / 2 - 1, 1]);
        rings.remove(&mut places[CHUNK / 2 + 1]);
        assert_eq!(lengths(&rings), [CHUNK / 2 - 1]);
    }
}
