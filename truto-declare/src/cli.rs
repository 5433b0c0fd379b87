//! The command-line arguments.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory, Parser, ValueEnum, ValueHint};

use crate::diagnostic::SourceError;

const EXAMPLES: &str = "Examples:
  truto-declare unified-model.json --out src/truto
      the response of GET /unified-model?name=<model>, as declarations
  truto-declare docs/ meta/ --only users --only groups
      pages and meta responses together, two of their resources
  truto-declare crm/contacts/list=meta.json
      a meta response, with the route that it describes
  truto-declare docs/ --check
      in CI: the changes since the last run
  TRUTO_API_TOKEN=… truto-declare --live e-signature
      the schemas of your own environment (TRUTO_API_BASE_URL for another host)

Exit codes:
  0  the files are written, or nothing changed
  1  a file was kept: it was edited by hand, or was not written by this command
     --check: a breaking change, or a file that is missing, left over or edited by hand
  2  an argument, the config, a source or the folder is unusable, and nothing was written;
     or standard output cannot be written
  3  --check: compatible changes only";

/// Writes typed declarations for `truto-core` from the schemas of Truto.
#[derive(Debug, Parser)]
#[command(name = "truto-declare", version, after_help = EXAMPLES, arg_required_else_help = true)]
#[allow(clippy::struct_excessive_bools)] // each is a separate switch
pub(crate) struct Cli {
    /// A file, a folder, `-`, or MODEL/RESOURCE/METHOD=FILE for a meta response
    #[arg(value_name = "SOURCE", required_unless_present_any = ["live", "completions"])]
    pub(crate) sources: Vec<String>,
    /// The folder to write to
    #[arg(short, long, value_name = "DIR", default_value = "src/truto", value_hint = ValueHint::DirPath)]
    pub(crate) out: PathBuf,
    /// Writes only the resources with these path segments; repeat the option or separate them with commas
    #[arg(long, value_name = "SEGMENT", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// The file with names and types of your choice [default: `declare.toml` in the output folder]
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,
    /// Reports the changes instead of writing them: exit code 0, 3 (compatible) or 1 (breaking)
    #[arg(long, conflicts_with = "force")]
    pub(crate) check: bool,
    /// The format of the report of `--check`
    #[arg(long, value_enum, default_value_t = Format::Text, requires = "check")]
    pub(crate) format: Format,
    /// Overwrites generated files that were edited by hand
    #[arg(short, long)]
    pub(crate) force: bool,
    /// Fetches the schemas of these models from your environment, with `TRUTO_API_TOKEN`
    #[arg(long, value_name = "MODEL", num_args = 1..)]
    pub(crate) live: Vec<String>,
    /// Leaves out methods that this account does not support
    #[arg(long, value_name = "UUID", requires = "live")]
    pub(crate) account: Option<String>,
    /// Prints errors only; with `--check`, no diff
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Prints every warning, even if there are many of one kind
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Colors messages always, never, or if they go to a terminal
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(crate) color: Color,
    /// Prints the completion script for this shell
    #[arg(long, value_name = "SHELL", exclusive = true)]
    pub(crate) completions: Option<clap_complete::Shell>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
    /// Annotations of a GitHub workflow
    Github,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    /// The color of arguments that cannot be parsed, or ask for help: the last `--color` that is valid.
    pub(crate) fn of(arguments: impl Iterator<Item = OsString>) -> Self {
        let arguments: Vec<OsString> = arguments.take_while(|argument| argument != "--").collect();
        let texts: Vec<&str> =
            arguments.iter().map(|argument| argument.to_str().unwrap_or_default()).collect();
        let value = |at: usize| match texts[at].strip_prefix("--color") {
            Some("") => texts.get(at + 1).copied(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        let mut values = (0..texts.len()).rev().filter_map(value);
        values.find_map(|value| Self::from_str(value, false).ok()).unwrap_or(Self::Auto)
    }
}

/// The options with one value.
const TAKE_ONE: [&str; 9] = [
    "-o",
    "--out",
    "-c",
    "--config",
    "--only",
    "--account",
    "--format",
    "--color",
    "--completions",
];

/// The error for the first argument that has to be UTF-8 and is not; clap's own does not name it.
pub(crate) fn not_utf8(arguments: &[OsString]) -> Option<SourceError> {
    // Paths may be of any bytes.
    let is_path = |name: &str| ["-o", "--out", "-c", "--config"].contains(&name);
    let (mut option, mut is_open) = (String::new(), false);
    for argument in arguments {
        let shown = argument.to_string_lossy();
        let is_option = !is_open && shown.starts_with('-') && shown != "-";
        let (name, value) = match shown.split_once('=') {
            Some((name, value)) if is_option => (name.to_owned(), value),
            _ if is_option => {
                is_open = TAKE_ONE.contains(&&*shown);
                option = shown.into_owned();
                continue;
            }
            // `--live` takes several values.
            _ if is_open || option == "--live" => (option.clone(), &*shown),
            _ => ("SOURCE".to_owned(), &*shown),
        };
        is_open = false;
        if option != "--live" {
            option.clear();
        }
        if argument.to_str().is_none() && !is_path(&name) {
            let error = SourceError::new(format!("{name} `{value}`: not UTF-8"));
            return Some(if name == "SOURCE" {
                error
                    .expected("a name in UTF-8, or `-` for a file that is read from standard input")
            } else {
                error.expected("a text in UTF-8")
            });
        }
    }
    None
}

/// Prints the completions of a shell.
pub(crate) fn print_completions(shell: clap_complete::Shell, out: &mut dyn std::io::Write) {
    // `generate` panics if it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "truto-declare", &mut script);
    let _ = out.write_all(&script);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn argument_errors_follow_the_color_setting() {
        for (arguments, expected) in [
            ("--color always --nope", Color::Always),
            ("--color=never --help", Color::Never),
            ("--nope --color", Color::Auto),
            ("--color red", Color::Auto),
            ("--color=never --color always", Color::Always),
            ("--colors=never", Color::Auto),
            ("-- --color never", Color::Auto),
            ("", Color::Auto),
        ] {
            let found = Color::of(arguments.split_whitespace().map(OsString::from));
            assert_eq!(found, expected, "{arguments}");
        }
    }
}
