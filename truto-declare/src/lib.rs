//! Writes declarations for `truto-core` from the schemas of Truto.
//!
//! The command reads schemas (the response of `GET /unified-model`, of `meta` routes, pages of
//! Truto's documentation) and writes Rust source that is checked in and owned by its user: structs
//! with the endpoints above them, enums, query and body types. See the README for its use, and
//! `truto-declare --help` for its arguments.
//!
//! Its modules, each of which uses only those before it: `read` and `merge` bring the sources into one
//! form, `plan` chooses types and names, `write` prints them, `run` compares them with the output
//! folder.
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
mod lock;
mod merge;
mod model;
mod names;
mod output;
mod plan;
#[cfg(test)]
mod properties;
mod read;
mod report;
mod route;
mod run;
mod source;
mod text;
mod wire_path;
mod words;
mod write;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use anstream::ColorChoice;
use clap::Parser;

/// Runs the command with the arguments of the process.
///
/// The exit code is 0 if everything was written or nothing changed, 1 if `--check` found a breaking
/// change or a file was kept, 2 if an argument, the config, a source or the folder is unusable or standard
/// output cannot be written, and 3 if `--check` found only compatible changes.
#[must_use]
pub fn main() -> ExitCode {
    let parsed = cli::Cli::try_parse();
    let color = match &parsed {
        Ok(cli) => cli.color,
        // `--help` and errors of the arguments have colors, too.
        Err(_) => cli::Color::of(std::env::args_os().skip(1)),
    };
    match color {
        cli::Color::Auto => {}
        cli::Color::Always => ColorChoice::Always.write_global(),
        cli::Color::Never => ColorChoice::Never.write_global(),
    }
    let (mut out, mut err) = (output::Checked::new(anstream::stdout()), anstream::stderr());
    let exit = match &parsed {
        Err(error) => {
            let text = error.render();
            let arguments: Vec<_> = std::env::args_os().skip(1).collect();
            let is_utf8 = error.kind() != clap::error::ErrorKind::InvalidUtf8;
            if let Some(error) = (!is_utf8).then(|| cli::not_utf8(&arguments)).flatten() {
                let _ = writeln!(err, "{}error{}: {error}", run::RED, run::PLAIN);
                run::Exit::Failed
            } else if error.use_stderr() {
                let _ = write!(err, "{}", text.ansi());
                run::Exit::Failed
            } else {
                let _ = write!(out, "{}", text.ansi());
                run::Exit::Done
            }
        }
        Ok(cli) => {
            if let Some(shell) = cli.completions {
                cli::print_completions(shell, &mut out);
                run::Exit::Done
            } else {
                let interactive = std::io::stderr().is_terminal();
                run::run(cli, &mut run::Terminal { out: &mut out, err: &mut err, interactive })
            }
        }
    };
    let exit = match out.finish() {
        Ok(()) => exit,
        Err(error) => {
            let _ = writeln!(err, "{}error{}: standard output: {error}", run::RED, run::PLAIN);
            run::Exit::Failed
        }
    };
    match exit {
        run::Exit::Done => ExitCode::SUCCESS,
        run::Exit::Different => ExitCode::from(1),
        run::Exit::Failed => ExitCode::from(2),
        run::Exit::Compatible => ExitCode::from(3),
    }
}
