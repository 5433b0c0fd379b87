//! A model of a server with a rate limit, and of calls that reach it.

use super::*;

type Rule = dyn Fn(Duration, &[Duration]) -> bool + Send + Sync;

/// Accepts the calls that its rule allows, judged by the time at which they arrive.
pub(super) struct Server {
    started: Instant,
    /// Decides by the arrival of a call and by those that passed before it.
    rule: Box<Rule>,
    retry_after: Duration,
    handshake: Duration,
    log: Mutex<Log>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Log {
    pub(super) passed: Vec<Duration>,
    pub(super) refused: usize,
    pub(super) lost: usize,
}

impl Server {
    pub(super) fn new(
        rule: impl Fn(Duration, &[Duration]) -> bool + Send + Sync + 'static,
        retry_after: Duration,
    ) -> Self {
        Self {
            started: Instant::now(),
            rule: Box::new(rule),
            retry_after,
            handshake: Duration::ZERO,
            log: Mutex::default(),
        }
    }

    /// At most `calls` in any stretch of `window`.
    pub(super) fn limited(calls: usize, window: Duration, retry_after: Duration) -> Self {
        let rule = move |now: Duration, passed: &[Duration]| {
            let recent = passed.iter().rev().take_while(|at| now.saturating_sub(**at) < window);
            recent.count() < calls
        };
        Self::new(rule, retry_after)
    }

    pub(super) fn with_handshake(self, handshake: Duration) -> Self {
        Self { handshake, ..self }
    }

    /// The time since the server started, from which its log counts.
    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    pub(super) fn log(&self) -> Log {
        self.log.lock().expect("no panic").clone()
    }

    /// One call with as many attempts as it takes.
    pub(super) async fn call(&self, admission: &Admission, account: &str, deadline: Duration) {
        let account: Arc<str> = account.into();
        let mut request = until(Some(Instant::now() + deadline));
        loop {
            let Ok(permit) = admission.admit(&account, request).await else {
                self.log.lock().expect("no panic").lost += 1;
                return;
            };
            request.ticket = Some(permit.ticket());
            if self.started.elapsed() < Duration::from_secs(1) {
                tokio::time::sleep(self.handshake).await;
            }
            let handle = permit.handle();
            handle.commit();
            tokio::time::sleep(Duration::from_millis(3)).await;
            let is_passed = {
                let mut log = self.log.lock().expect("no panic");
                let now = self.started.elapsed();
                let is_passed = (self.rule)(now, &log.passed);
                if is_passed {
                    log.passed.push(now);
                } else {
                    log.refused += 1;
                }
                is_passed
            };
            tokio::time::sleep(Duration::from_millis(3)).await;
            handle.head_arrived();
            if is_passed {
                admission.observe(&account, &Observation::new(StatusCode::OK));
                return;
            }
            let mut seen = Observation::new(StatusCode::TOO_MANY_REQUESTS);
            (seen.retry_after, seen.is_own_429) = (Some(self.retry_after), true);
            admission.observe(&account, &seen);
        }
    }

    /// Starts `calls` of one account at once; returns the time that they took.
    pub(super) async fn storm(
        self: &Arc<Self>,
        admission: &Admission,
        calls: usize,
        deadline: Duration,
    ) -> Duration {
        let mut tasks = JoinSet::new();
        for _ in 0..calls {
            let (server, admission) = (Arc::clone(self), admission.clone());
            tasks.spawn(async move { server.call(&admission, "a", deadline).await });
        }
        tasks.join_all().await;
        self.started.elapsed()
    }
}
