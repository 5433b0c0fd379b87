//! The gates that 429s close, of accounts and of the client.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::state::State;

/// While calls wait at a gate, responses are observed for this time after the last one.
const FOLLOW: Duration = Duration::from_secs(60);

impl State {
    /// Records a 429 that asks an account to wait. If Truto itself also delays another account at this
    /// time, the token's limit is used up, so the whole client waits.
    pub(super) fn close_gates(
        &mut self,
        account: &Arc<str>,
        wait: Duration,
        stated: Option<Duration>,
        is_own: bool,
        now: Instant,
    ) {
        // A 429 of a provider closes only the gate of its account: it proves nothing about the token.
        self.accounts.queue(account, now).stages.close_gate(now, wait, stated);
        if is_own {
            let is_other = |(other, opens): &(Arc<str>, Instant)| other != account && *opens > now;
            if self.own_429s.iter().flatten().any(is_other) {
                self.client.stages.close_gate(now, wait, None);
            }
            self.remember_own_429(account, now + wait);
        }
    }

    /// Records a response other than a 429, so that the gates learn that its call was accepted.
    pub(super) fn pass_gates(&mut self, account: &Arc<str>, now: Instant) {
        if let Some(queue) = self.accounts.get_mut(account) {
            queue.stages.pass_gate(now);
        }
        self.client.stages.pass_gate(now);
    }

    /// The time until which the gates of an account and of the client need to observe responses.
    pub(super) fn gates_rest(&mut self, account: &str, now: Instant) -> Option<Instant> {
        let queue = self.accounts.get_mut(account);
        let waits = queue.as_ref().is_some_and(|queue| !queue.is_empty());
        let own = queue.and_then(|queue| queue.stages.gate_rests());
        let rests = own.max(self.client.stages.gate_rests())?;
        Some(if waits { rests.max(now + FOLLOW) } else { rests })
    }

    fn remember_own_429(&mut self, account: &Arc<str>, opens: Instant) {
        let is_same = |entry: &&mut Option<(Arc<str>, Instant)>| {
            entry.as_ref().is_some_and(|(other, _)| other == account)
        };
        // Two entries suffice: at least one of them is another account than the one that asks, and of the
        // other accounts only the one whose gate opens last matters.
        let entry = match self.own_429s.iter_mut().find(is_same) {
            Some(same) => Some(same),
            None => self.own_429s.iter_mut().min_by_key(|entry| entry.as_ref().map(|(_, at)| *at)),
        };
        let is_later = |entry: &&mut Option<(Arc<str>, Instant)>| {
            entry.as_ref().is_none_or(|(_, at)| *at < opens)
        };
        if let Some(entry) = entry.filter(is_later) {
            *entry = Some((Arc::clone(account), opens));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::throttle::Throttle;

    /// 429s of Truto itself (account, time of arrival and wait in seconds), and whether the last one
    /// also holds the client back.
    #[test]
    fn a_429_holds_the_client_back_while_the_gate_of_another_account_is_closed() {
        type Refusal = (&'static str, u32, u32);
        let rows: [(&[Refusal], bool); 8] = [
            (&[("a", 0, 5)], false),
            (&[("a", 0, 5), ("a", 4, 5)], false),
            (&[("a", 0, 5), ("b", 4, 5)], true),
            (&[("a", 0, 5), ("b", 5, 5)], false),
            // The gate of an account opens at the latest of the times that its 429s state.
            (&[("a", 0, 1), ("a", 0, 9), ("b", 5, 5)], true),
            (&[("a", 0, 9), ("a", 0, 1), ("b", 5, 5)], true),
            // Two 429s of one account leave room for another account.
            (&[("a", 0, 5), ("a", 0, 10), ("b", 0, 3), ("a", 2, 10)], true),
            // Of three accounts, the two whose gates open last are remembered.
            (&[("a", 0, 5), ("b", 0, 6), ("c", 0, 3), ("b", 4, 5)], true),
        ];
        let start = Instant::now();
        let second = Duration::from_secs(1);
        for (refusals, holds_back) in rows {
            let mut state = State::new(Throttle::none());
            let mut last = start;
            for (account, at, wait) in refusals {
                let (now, wait) = (start + second * *at, second * *wait);
                state.close_gates(&Arc::from(*account), wait, None, true, now);
                last = now + wait - second / 10;
            }
            assert_eq!(state.client.stages.is_gated(last), holds_back, "{refusals:?}");
        }
    }
}
