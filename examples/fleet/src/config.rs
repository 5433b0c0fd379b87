//! Arguments of the command.

use std::net::SocketAddr;
use std::time::Duration;

use crate::sync::SyncSettings;
use crate::worker::WorkerSettings;

/// Text of `--help`.
pub const USAGE: &str = "\
Copies the contacts of accounts into a database.

usage: fleet [OPTIONS] [ACCOUNT=LABEL]...

  --database URL     postgres://… or sqlite://…; default sqlite://target/fleet.db
  --redis URL        share the token's limit with other processes through Redis
  --processes N      processes that share the limit; default 1
  --workers N        jobs at the same time; default 4
  --page N           records per page; default 100
  --every SECONDS    time between two runs over an account; default 900
  --full-every N     every n-th run reads all records; default 24
  --heartbeat SECONDS  jobs of a dead process are taken over after three; default 10
  --resume ACCOUNT   run a parked account again; may be repeated
  --listen ADDRESS   progress, /metrics and interactive calls; default 127.0.0.1:3000

TRUTO_API_TOKEN and TRUTO_API_BASE_URL say where Truto is. Without a token, a sandbox in
this process has five customers with 1,000 contacts each.";

/// Parsed arguments.
#[derive(Debug, Clone)]
pub struct Config {
    /// URL of PostgreSQL or SQLite.
    pub database: String,
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
            database: "sqlite://target/fleet.db".to_owned(),
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
            if argument == "--help" {
                return Err(USAGE.to_owned());
            }
            let value =
                arguments.next().ok_or_else(|| format!("`{argument}` needs a value\n\n{USAGE}"))?;
            config.set(&argument, &value)?;
        }
        Ok(config)
    }

    fn set(&mut self, option: &str, value: &str) -> Result<(), String> {
        fn parse<T: std::str::FromStr>(option: &str, value: &str) -> Result<T, String> {
            value.parse().map_err(|_| format!("`{option} {value}` is not valid\n\n{USAGE}"))
        }
        match option {
            "--database" => value.clone_into(&mut self.database),
            "--redis" => self.redis = Some(value.to_owned()),
            "--processes" => self.processes = parse(option, value)?,
            "--workers" => self.workers.workers = parse::<usize>(option, value)?.max(1),
            "--page" => self.sync.page = parse(option, value)?,
            "--every" => self.sync.interval = Duration::from_secs(parse(option, value)?),
            "--full-every" => self.sync.full_every = parse::<i64>(option, value)?.max(1),
            "--heartbeat" => {
                self.workers.heartbeat = Duration::from_secs(parse::<u64>(option, value)?.max(1));
            }
            "--resume" => self.resume.push(value.to_owned()),
            "--listen" => self.listen = parse(option, value)?,
            _ => return Err(format!("unknown option `{option}`\n\n{USAGE}")),
        }
        Ok(())
    }
}
