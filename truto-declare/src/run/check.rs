//! `--check`: the changes that a run would make.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::{Exit, GREEN, Outcome, PLAIN, RED, Terminal};
use crate::cli::{Cli, Format};
use crate::output::FileAction;
use crate::report::{Change, escaped};
use crate::route::model_and_resource;

/// The time limit for the diffs of one run.
const DIFF_TIME: Duration = Duration::from_secs(1);

#[derive(Serialize)]
struct Report<'a> {
    changes: &'a [Change],
    files: &'a [FileState],
    exit: u8,
}

#[derive(Serialize)]
struct FileState {
    path: String,
    state: &'static str,
}

pub(super) fn check(cli: &Cli, outcome: &Outcome, terminal: &mut Terminal<'_>) -> Exit {
    let mut all = outcome.changes.clone();
    let files = states(outcome);
    add_documentation(outcome, &mut all);
    // Files in these two states are judged by their changes; any other state needs the user.
    let differs = |state: &FileState| state.state != "differs" && state.state != "is new";
    let exit = if all.is_empty() && files.is_empty() {
        Exit::Done
    } else if all.iter().any(|change| change.breaking) || files.iter().any(differs) {
        Exit::Different
    } else {
        Exit::Compatible
    };
    match cli.format {
        Format::Json => {
            let exit = match exit {
                Exit::Done => 0,
                Exit::Compatible => 3,
                Exit::Different | Exit::Failed => 1,
            };
            let report = Report { changes: &all, files: &files, exit };
            // Cannot fail: the report consists of texts, flags and numbers.
            let text = serde_json::to_string_pretty(&report).unwrap_or_default();
            let _ = writeln!(terminal.out, "{text}");
        }
        Format::Github => {
            for change in &all {
                let _ = writeln!(terminal.out, "{}", change.annotation());
            }
            for file in &files {
                let path = cli.out.join(&file.path);
                let path = escaped(&path.to_string_lossy(), true);
                let _ = writeln!(
                    terminal.out,
                    "::warning file={path},title=truto-declare::{}: {}",
                    escaped(&file.path, false),
                    file.state
                );
            }
        }
        Format::Text => text(cli, outcome, &all, &files, terminal),
    }
    exit
}

fn text(
    cli: &Cli,
    outcome: &Outcome,
    all: &[Change],
    files: &[FileState],
    terminal: &mut Terminal<'_>,
) {
    if all.is_empty() && files.is_empty() {
        if !cli.quiet {
            let _ = writeln!(terminal.out, "nothing changed");
        }
        return;
    }
    for change in all {
        let _ = writeln!(terminal.out, "{}", change.line());
    }
    for file in files {
        let _ = writeln!(terminal.out, "{}: {}", file.path, file.state);
    }
    if cli.quiet {
        return;
    }
    let _ = writeln!(terminal.out);
    // Without a limit, a long file that changed everywhere takes minutes; a diff after it is coarser.
    let deadline = Instant::now() + DIFF_TIME;
    for (path, action) in &outcome.actions {
        let old = match action {
            FileAction::Leave | FileAction::Forget | FileAction::KeepForeign { .. } => continue,
            FileAction::Write { old } => old.as_deref().unwrap_or_default(),
            FileAction::Remove { old } | FileAction::KeepEdited { old } => old,
        };
        let new = outcome.files.get(path).map(|file| file.file.text.as_str()).unwrap_or_default();
        let _ = write!(terminal.out, "{}", unified(path, old, new, deadline));
    }
}

fn states(outcome: &Outcome) -> Vec<FileState> {
    let state = |(path, action): (&String, &FileAction)| {
        let known = outcome.old_lock.files.contains_key(path);
        let state = match action {
            FileAction::Leave | FileAction::Forget => return None,
            // A resource that the last run did not have.
            FileAction::Write { old: None } if !known && !outcome.old_lock.files.is_empty() => {
                "is new"
            }
            FileAction::Write { old: None } => "is missing",
            FileAction::Write { .. } => "differs",
            FileAction::Remove { .. } => "is of a removed resource",
            FileAction::KeepEdited { .. } => "was edited by hand",
            FileAction::KeepForeign { .. } => "was not written by this command",
        };
        Some(FileState { path: path.clone(), state })
    };
    outcome.actions.iter().filter_map(state).collect()
}

/// Reports files in which only descriptions or the order change.
fn add_documentation(outcome: &Outcome, all: &mut Vec<Change>) {
    let known: BTreeSet<(String, String)> = all
        .iter()
        .map(|change| {
            let path = change.path.as_str();
            // An endpoint belongs to the resource in its route.
            let segment = match path.split_once(' ') {
                Some((_, route)) => model_and_resource(route).map_or("", |(_, segment)| segment),
                None => path.split('.').next().unwrap_or_default(),
            };
            (change.model.clone(), segment.to_owned())
        })
        .collect();
    for (path, (model, segment)) in &outcome.resources {
        let rewritten =
            matches!(outcome.actions.get(path), Some(FileAction::Write { old: Some(_) }));
        if rewritten && !known.contains(&(model.clone(), segment.clone())) {
            all.push(Change {
                model: model.clone(),
                path: segment.clone(),
                change: "documentation only".to_owned(),
                breaking: false,
                file: None,
                line: None,
            });
        }
    }
    all.sort_by(|a, b| (&a.model, &a.path).cmp(&(&b.model, &b.path)));
}

/// The difference of two texts, colored.
fn unified(path: &str, old: &str, new: &str, deadline: Instant) -> String {
    let old = old.replace("\r\n", "\n");
    let mut config = similar::TextDiff::configure();
    config.deadline(deadline);
    let diff = config.diff_lines(old.as_str(), new);
    let text = diff.unified_diff().context_radius(2).header(path, path).to_string();
    let colored = |line: &str| match line.as_bytes().first() {
        Some(b'+') => format!("{GREEN}{line}{PLAIN}\n"),
        Some(b'-') => format!("{RED}{line}{PLAIN}\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(colored).collect()
}
