//! The arguments.

use std::path::PathBuf;

use clap::{CommandFactory, Parser};

const EXAMPLES: &str = "Examples:
  truto-declare unified-model.json --out src/truto
      the response of GET /unified-model?name=<model>, as declarations
  truto-declare docs/ meta/ --only users --only groups
      pages and meta responses together, two resources of them
  truto-declare crm/contacts/list=meta.json
      a meta response, with the route that it is about
  truto-declare docs/ --check
      in CI: exit code 1 and a list if Truto has changed since
  TRUTO_API_TOKEN=… truto-declare --live e-signature
      the schemas of your own environment

Exit codes: 0 done or nothing changed; 1 something changed, or a file was kept as it was; 2 a source cannot be read.";

/// Writes typed declarations for `truto-core` from what Truto says about a unified model.
#[derive(Debug, Parser)]
#[command(name = "truto-declare", version, after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// A file, a folder, `-`, or MODEL/RESOURCE/METHOD=FILE for a meta response
    #[arg(value_name = "SOURCE", required_unless_present = "live")]
    pub(crate) sources: Vec<String>,
    /// The folder to write to
    #[arg(long, value_name = "DIR", default_value = "src/truto")]
    pub(crate) out: PathBuf,
    /// Writes only the resource with this path segment; may be repeated
    #[arg(long, value_name = "SEGMENT")]
    pub(crate) only: Vec<String>,
    /// Names and types of your choice; `declare.toml` in the output folder is found by itself
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Writes nothing; tells what changed, with exit code 1
    #[arg(long, conflicts_with = "force")]
    pub(crate) check: bool,
    /// Overwrites generated files that were edited by hand
    #[arg(long)]
    pub(crate) force: bool,
    /// Fetches the schemas of a model from your environment, with `TRUTO_API_TOKEN`
    #[arg(long, value_name = "MODEL")]
    pub(crate) live: Option<String>,
    /// Leaves out what the integration of this account cannot do
    #[arg(long, value_name = "UUID", requires = "live")]
    pub(crate) account: Option<String>,
}

/// The command as the head of a file names it: without `--check` and `--force`.
pub(crate) fn command(arguments: &[String]) -> String {
    let mut command = Cli::command().get_name().to_owned();
    let mut only_sources = false;
    for argument in arguments {
        only_sources |= argument == "--";
        if !only_sources && (argument == "--check" || argument == "--force") {
            continue;
        }
        command.push(' ');
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:@,+".contains(c);
        match !argument.is_empty() && argument.chars().all(plain) {
            true => command.push_str(argument),
            false => command.push_str(&format!("'{}'", argument.replace('\'', r"'\''"))),
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_hold_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_command_is_told_without_what_only_asks() {
        let arguments = ["a b.json", "--check", "--out", "src", "--force", "--", "--check"];
        let arguments = arguments.map(str::to_owned);
        assert_eq!(command(&arguments), "truto-declare 'a b.json' --out src -- --check");
    }
}
