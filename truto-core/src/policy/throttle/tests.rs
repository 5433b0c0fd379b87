use tokio::task::JoinSet;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// Sends calls for each account at once; gives who had a turn after how many milliseconds.
async fn turns(limits: Throttle, calls: &[(&str, usize)]) -> Vec<(String, u128)> {
    let throttle = Arc::new(Limiter::new(limits));
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for &(account, count) in calls {
        for _ in 0..count {
            let (throttle, account) = (Arc::clone(&throttle), account.to_owned());
            tasks.spawn(async move {
                throttle.acquire(&account).await;
                (account, started.elapsed().as_millis())
            });
        }
    }
    let mut turns = tasks.join_all().await;
    turns.sort_by_key(|(_, at)| *at);
    turns
}

fn most_in_any(window: u128, at: &[u128]) -> usize {
    at.iter()
        .map(|start| {
            at.iter()
                .filter(|at| (*start..start + window).contains(at))
                .count()
        })
        .max()
        .unwrap_or(0)
}

#[tokio::test(start_paused = true)]
async fn no_window_holds_more_than_its_calls() {
    let turns = turns(Throttle::truto(), &[("a", 120)]).await;
    let at: Vec<u128> = turns.into_iter().map(|(_, at)| at).collect();
    assert_eq!(
        (at[49], at[50], at[99], at[119]),
        (0, 10_000, 10_000, 20_000)
    );
    assert_eq!(most_in_any(10_000, &at), 50);
}

#[tokio::test(start_paused = true)]
async fn accounts_share_the_token_and_do_not_hold_each_other_up() {
    let accounts: Vec<String> = (0..20).map(|at| at.to_string()).collect();
    let calls: Vec<(&str, usize)> = accounts.iter().map(|id| (&**id, 60)).collect();
    let all = turns(Throttle::truto(), &calls).await;
    let at: Vec<u128> = all.iter().map(|(_, at)| *at).collect();
    assert_eq!(all.len(), 1_200);
    assert_eq!(most_in_any(10_000, &at), 500);

    let limits = Throttle::none()
        .per_token(10, SECOND)
        .per_account(2, SECOND);
    let turns = turns(limits, &[("busy", 100), ("quiet", 1)]).await;
    let quiet = turns.iter().find(|(account, _)| account == "quiet");
    assert_eq!(quiet.map(|(_, at)| *at), Some(0));
}

#[tokio::test(start_paused = true)]
async fn whoever_gives_up_takes_no_turn() {
    let throttle = Limiter::new(Throttle::none().per_account(1, SECOND));
    throttle.acquire("a").await;
    for _ in 0..5 {
        let given_up = tokio::time::timeout(SECOND / 10, throttle.acquire("a")).await;
        assert!(given_up.is_err());
    }
    let started = Instant::now();
    throttle.acquire("a").await;
    assert_eq!(started.elapsed(), SECOND / 2);
}

#[tokio::test(start_paused = true)]
async fn accounts_at_rest_are_forgotten() {
    let throttle = Limiter::new(Throttle::none().per_account(1, SECOND));
    let known = || throttle.accounts.lock().expect("no panic").windows.len();
    for at in 0..MIN_ACCOUNTS {
        throttle.acquire(&at.to_string()).await;
    }
    throttle.acquire("one more").await;
    assert_eq!(known(), MIN_ACCOUNTS + 1, "all are in use");
    tokio::time::sleep(SECOND).await;
    for at in 0..=MIN_ACCOUNTS {
        throttle.acquire(&format!("new {at}")).await;
    }
    assert_eq!(known(), MIN_ACCOUNTS + 1, "the old ones are gone");
    let started = Instant::now();
    throttle.acquire("new 1").await;
    assert_eq!(started.elapsed(), SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_window_without_end_is_no_panic() {
    let throttle = Limiter::new(Throttle::none().per_token(1, Duration::MAX));
    throttle.acquire("a").await;
    let second = tokio::time::timeout(3600 * SECOND, throttle.acquire("a")).await;
    assert!(second.is_err());
}
