//! Writes the users of every connected account to `target/sync/<account>.jsonl`: on a sandbox with some
//! faults by default, on the real API with `TRUTO_API_TOKEN` set.
//!
//! Stop it with Ctrl-C, or kill it, and run it again: it resumes where it stopped.
//!
//! ```text
//! cargo run --example sync -- [FOLDER]
//! ```

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Mutex, PoisonError};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::json;
use truto_core::{Client, Throttle};
use truto_examples::e_signature::{ListUsers, User};
use truto_examples::sync::{Progress, Step, SyncJob};
use truto_sandbox::{Fault, Sandbox};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let bars = Bars::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_writer(bars.writer())
        .init();
    let token = std::env::var("TRUTO_API_TOKEN").ok();
    let sandbox = match token {
        Some(_) => None,
        None => Some(busy_sandbox().await?),
    };
    let builder = match (&sandbox, token, std::env::var("TRUTO_API_BASE_URL")) {
        (Some(sandbox), ..) => sandbox.client_builder(),
        (None, token, Ok(base_url)) => {
            Client::builder().token(token.unwrap_or_default()).base_url(base_url)
        }
        (None, token, Err(_)) => Client::builder().token(token.unwrap_or_default()),
    };
    let client = builder.throttle(Throttle::truto().adaptive(true)).build()?;
    let folder = std::env::args().nth(1);
    let job = SyncJob {
        folder: folder.unwrap_or_else(|| "target/sync".into()).into(),
        page: 100,
        accounts: 4,
        progress: |progress: Progress<'_>| bars.show(&progress),
    };
    tokio::select! {
        failed = job.run(&client) => match failed? {
            0 => Ok(()),
            failed => Err(format!("not finished: {failed} of the accounts; run it again").into()),
        },
        _ = tokio::signal::ctrl_c() => {
            bars.all.println("stopped; run it again to resume")?;
            Ok(())
        }
    }
}

/// Six accounts with 1,000 users each, a provider that fails now and then, and one that is locked.
async fn busy_sandbox() -> Result<Sandbox, Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    for tenant in ["acme", "globex", "initech", "umbrella", "hooli", "locked"] {
        let account = sandbox.account_named(tenant);
        for number in 0..1_000 {
            let user =
                json!({"id": format!("{tenant}-{number}"), "name": format!("User {number}")});
            sandbox.insert_for(&account, "e-signature", "users", user);
        }
    }
    sandbox.latency(std::time::Duration::from_millis(30));
    let list = User::list(&ListUsers::default());
    sandbox.when(&list).on(&sandbox.account_named("globex")).fail(Fault::status(502)).times(2);
    sandbox
        .when(&list)
        .on(&sandbox.account_named("locked"))
        .fail(Fault::missing_scopes(["users:read"]));
    Ok(sandbox)
}

/// One progress bar per account.
#[derive(Default)]
struct Bars {
    all: MultiProgress,
    bars: Mutex<HashMap<String, ProgressBar>>,
}

impl Bars {
    fn show(&self, progress: &Progress<'_>) {
        let mut bars = self.bars.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bars.entry(progress.account.to_owned()).or_insert_with(|| {
            let style = ProgressStyle::with_template("{prefix:12} {spinner} {pos:>6} users {msg}");
            let bar = self.all.add(ProgressBar::new_spinner());
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.set_prefix(progress.account.to_owned());
            bar
        });
        bar.set_position(progress.users);
        match progress.step {
            Step::Reading => bar.tick(),
            Step::Finished => bar.finish_with_message("done"),
            Step::Failed(error) => bar.abandon_with_message(error.to_string()),
        }
    }

    /// Writes log lines above the bars.
    fn writer(&self) -> impl Fn() -> Lines + Send + Sync + 'static {
        let all = self.all.clone();
        move || Lines(all.clone())
    }
}

struct Lines(MultiProgress);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.suspend(|| std::io::stderr().write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}
