//! Tasks of maintainers: `cargo xtask <ci | bench | charts | book | release --dry-run>`.
#![forbid(unsafe_code)]

mod book;
mod charts;
mod release;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const USAGE: &str = "\
Usage: cargo xtask <TASK>

Tasks:
  ci                 Run the gate (.ci/run)
  bench              Run all benchmarks and update docs/benchmarks.md, then the charts
  charts             Draw docs/charts/*.svg from docs/benchmarks.md (--check: fail if they differ)
  book               Build the site into target/book, and check its links
  release --dry-run  Check that the workspace can be released, and package every crate
";

type Result<T = ()> = std::result::Result<T, String>;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args[..] {
        ["ci"] => run(".ci/run", &[]),
        ["bench"] => bench(),
        ["charts"] => charts::run(false),
        ["charts", "--check"] => charts::run(true),
        ["book"] => book::build(),
        ["book-preprocessor", "supports", _] => Ok(()),
        ["book-preprocessor"] => book::preprocess(),
        ["release", "--dry-run"] => release::dry_run(),
        ["release"] => {
            Err("releases are published by hand, see RELEASING.md; use `--dry-run`".into())
        }
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench() -> Result {
    run("cargo", &["run", "--release", "-p", "truto-benches", "--", "--compile"])?;
    charts::run(false)
}

/// The workspace's folder.
fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn command(program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(workspace());
    command
}

/// Runs a command that inherits our output.
fn run(program: &str, args: &[&str]) -> Result {
    let status = command(program, args).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{program} {}`: {status}", args.join(" "))),
        Err(error) => Err(format!("`{program}`: {error}")),
    }
}

/// Runs a command and returns its output.
fn output(program: &str, args: &[&str]) -> Result<String> {
    let output = command(program, args).output();
    let output = output.map_err(|error| format!("`{program}`: {error}"))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{program} {}`: {}", args.join(" "), text.trim()));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("`{program}`: {error}"))
}

fn read(path: &str) -> Result<String> {
    std::fs::read_to_string(workspace().join(path)).map_err(|error| format!("{path}: {error}"))
}
