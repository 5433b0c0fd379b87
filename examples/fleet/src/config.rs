//! Arguments of the command.

use std::fmt::Display;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use crate::sync::SyncSettings;
use crate::worker::WorkerSettings;

/// Text of `--help`.
pub const USAGE: &str = "\
Copies the contacts of accounts into a database.

usage: fleet [OPTIONS] [ACCOUNT=LABEL]...

  --database URL     postgres://… or sqlite://…; default sqlite://target/fleet.db, and
                     sqlite::memory: with the sandbox
  --redis URL        share the token's limit with other processes through Redis
  --processes N      processes that share the limit; default 1
  --workers N        concurrent jobs; default 4
  --page N           records per page; default 100
  --every SECONDS    time between two runs over an account; default 900
  --full-every N     every n-th run reads all records; default 24
  --heartbeat SECONDS  time between heartbeats; after three missed ones, other processes
                     take over a process's jobs; default 10
  --resume ACCOUNT   run a parked account again; may be repeated
  --listen ADDRESS   progress, /metrics and interactive calls; default 127.0.0.1:3000

TRUTO_API_TOKEN is the token of the API, and TRUTO_API_BASE_URL its URL. Without a token,
a sandbox in this process has five customers with 1,000 contacts each.";

/// A year, in seconds.
const YEAR: u64 = 365 * 86_400;

/// Parsed arguments.
#[derive(Debug, Clone)]
pub struct Config {
    /// URL of PostgreSQL or SQLite, if one was given.
    pub database: Option<String>,
    /// URL of Redis.
    pub redis: Option<String>,
    /// Processes that share the limit.
    pub processes: u32,
    /// Address of the HTTP server.
    pub listen: SocketAddr,
    /// Accounts with their labels.
    pub accounts: Vec<(String, String)>,
    /// Parked accounts to run again.
    pub resume: Vec<String>,
    /// Settings of the sync.
    pub sync: SyncSettings,
    /// Settings of the workers.
    pub workers: WorkerSettings,
}

impl Config {
    /// Parses arguments; `Err` is a text for the user.
    ///
    /// # Errors
    ///
    /// For an unknown option, or a value that does not fit.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut config = Self {
            database: None,
            redis: None,
            processes: 1,
            listen: SocketAddr::from(([127, 0, 0, 1], 3000)),
            accounts: Vec::new(),
            resume: Vec::new(),
            sync: SyncSettings::default(),
            workers: WorkerSettings::default(),
        };
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            if !argument.starts_with("--") {
                let (id, label) = argument
                    .split_once('=')
                    .ok_or_else(|| format!("`{argument}`: expected ACCOUNT=LABEL\n\n{USAGE}"))?;
                config.accounts.push((id.to_owned(), label.to_owned()));
                continue;
            }
            let value =
                arguments.next().ok_or_else(|| format!("`{argument}` needs a value\n\n{USAGE}"))?;
            config.set(&argument, &value)?;
        }
        Ok(config)
    }

    fn set(&mut self, option: &str, value: &str) -> Result<(), String> {
        fn parse<T: FromStr>(option: &str, value: &str) -> Result<T, String> {
            value.parse().map_err(|_| format!("`{option} {value}` is not valid\n\n{USAGE}"))
        }
        fn within<T: FromStr + PartialOrd + Display>(
            option: &str,
            value: &str,
            range: RangeInclusive<T>,
        ) -> Result<T, String> {
            let number = parse(option, value)?;
            if range.contains(&number) {
                return Ok(number);
            }
            let (least, most) = range.into_inner();
            Err(format!("`{option} {value}`: expected a number from {least} to {most}"))
        }
        match option {
            "--database" => self.database = Some(value.to_owned()),
            "--redis" => self.redis = Some(value.to_owned()),
            "--processes" => self.processes = within(option, value, 1..=1_000_000)?,
            "--workers" => self.workers.workers = within(option, value, 1..=1_000)?,
            "--page" => self.sync.page = within(option, value, 1..=1_000_000)?,
            "--every" => {
                self.sync.interval = Duration::from_secs(within(option, value, 1..=YEAR)?);
            }
            "--full-every" => self.sync.full_every = within(option, value, 1..=1_000_000)?,
            "--heartbeat" => {
                self.workers.heartbeat = Duration::from_secs(within(option, value, 1..=3_600)?);
            }
            "--resume" => self.resume.push(value.to_owned()),
            "--listen" => self.listen = parse(option, value)?,
            _ => return Err(format!("unknown option `{option}`\n\n{USAGE}")),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Config;

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn numbers_have_bounds() {
        let config = parse("--page 20 --every 1 --heartbeat 3600").expect("a configuration");
        assert_eq!((config.sync.page, config.workers.heartbeat.as_secs()), (20, 3_600));
        for (arguments, expected) in [
            // Each of these would stop every account, or overflow a time.
            ("--page 0", "from 1 to"),
            ("--every 0", "from 1 to"),
            ("--every 18446744073709551615", "to 31536000"),
            ("--heartbeat 18446744073709551615", "to 3600"),
            ("--workers 0", "from 1 to"),
            ("--processes 0", "from 1 to"),
            ("--full-every 0", "from 1 to"),
            ("--page x", "is not valid"),
            ("--page", "needs a value"),
            ("acme", "expected ACCOUNT=LABEL"),
            ("--theme red", "unknown option `--theme`"),
        ] {
            let error = parse(arguments).expect_err(arguments);
            assert!(error.contains(expected), "{arguments}: {error}");
        }
    }
}
