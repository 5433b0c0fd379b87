//! Writes declarations for `truto-core` from what Truto says about a unified model.
//!
//! The command reads schemas (the response of `GET /unified-model`, of `meta` routes, pages of
//! Truto's documentation) and writes Rust source that is checked in and owned by its user: structs
//! with the endpoints above them, enums, query and body types. See the README for its use, and
//! `truto-declare --help` for its arguments.
#![forbid(unsafe_code)]
#![allow(
    clippy::format_push_string,
    reason = "the output is text, and a String takes it without an error to handle"
)]

mod cli;
mod config;
mod diagnostic;
mod json;
mod live;
mod merge;
mod model;
mod output;
mod plan;
#[cfg(test)]
mod properties;
mod read;
mod run;
mod source;
mod surface;
mod text;
mod write;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;

/// Runs the command with the arguments of the process.
///
/// The exit code is 0 if all is written or nothing changed, 1 if `--check` found a change or a file
/// was kept as it was, 2 if a source cannot be read.
#[must_use]
pub fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let arguments: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let mut terminal = run::Terminal {
        out: &mut anstream::stdout(),
        err: &mut anstream::stderr(),
        interactive: std::io::stderr().is_terminal(),
    };
    match run::run(&cli, &arguments, &mut terminal) {
        run::Exit::Done => ExitCode::SUCCESS,
        run::Exit::Different => ExitCode::from(1),
        run::Exit::Failed => ExitCode::from(2),
    }
}
