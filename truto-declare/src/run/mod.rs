//! One run: arguments in, files and messages out.

mod changes;
mod check;
mod folder;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use crate::cli::{Cli, Format};
use crate::config::Config;
use crate::diagnostic::{SourceError, Warnings};
use crate::lock::{self, Lock};
use crate::model::Resource;
use crate::output::{Exclusive, FileAction, commit};
use crate::plan::plan;
use crate::write::Printed;
use crate::{live, merge, read, source};

pub(crate) use changes::Outcome;

/// The result of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Done,
    /// Something changed, or a file was kept.
    Different,
    Failed,
    /// `--check` found compatible changes only.
    Compatible,
}

/// The outputs of the process.
pub(crate) struct Terminal<'a> {
    pub(crate) out: &'a mut dyn Write,
    pub(crate) err: &'a mut dyn Write,
    /// Standard error is a terminal.
    pub(crate) interactive: bool,
}

// `anstream` removes these escapes where the output has no colors.
pub(crate) const RED: &str = "\u{1b}[1;31m";
pub(crate) const YELLOW: &str = "\u{1b}[1;33m";
pub(crate) const GREEN: &str = "\u{1b}[32m";
pub(crate) const PLAIN: &str = "\u{1b}[0m";

pub(crate) fn run(cli: &Cli, terminal: &mut Terminal<'_>) -> Exit {
    let mut warnings = Warnings::default();
    let outcome = outcome(cli, &mut warnings, terminal);
    if !cli.quiet {
        for line in warnings.lines(cli.verbose) {
            // The files are written even if the reader of the messages is gone.
            let _ = writeln!(terminal.err, "{YELLOW}warning{PLAIN}: {line}");
        }
    }
    let errors = match outcome {
        Ok((mut outcome, _held)) => {
            // `--check` needs formatted texts for its diff only.
            if !cli.check || cli.format == Format::Text && !cli.quiet {
                for line in format(&mut outcome, &cli.out) {
                    if !cli.quiet {
                        let _ = writeln!(terminal.err, "{YELLOW}warning{PLAIN}: {line}");
                    }
                }
            }
            if cli.check {
                return check::check(cli, &outcome, terminal);
            }
            match write(&cli.out, &mut outcome) {
                Ok(()) => return print_summary(cli, &outcome, terminal),
                Err(error) => vec![SourceError::new(error.to_string())],
            }
        }
        Err(errors) => errors,
    };
    for error in errors {
        let _ = writeln!(terminal.err, "{RED}error{PLAIN}: {error}");
    }
    Exit::Failed
}

fn failed(error: impl std::fmt::Display) -> Vec<SourceError> {
    vec![SourceError::new(error.to_string())]
}

/// Everything that the run would do.
fn outcome(
    cli: &Cli,
    warnings: &mut Warnings,
    terminal: &mut Terminal<'_>,
) -> Result<(Outcome, Exclusive), Vec<SourceError>> {
    let config = config(cli)?;
    let mut sources = source::gather(&cli.sources, warnings)?;
    let mut capabilities = None;
    if !cli.live.is_empty() {
        let mut progress = |line: &str| {
            if terminal.interactive && !cli.quiet {
                let _ = writeln!(terminal.err, "{line}");
            }
        };
        let live = live::fetch(&cli.live, cli.account.as_deref(), &mut progress);
        let live = live.map_err(|error| vec![error])?;
        sources.extend(live.sources);
        for warning in live.warnings {
            warnings.add(warning, &[]);
        }
        capabilities = live.capabilities;
    }
    let (mut resources, mut errors) = (Vec::new(), Vec::new());
    let mut hashes = BTreeMap::new();
    // Each text is dropped once it is read: everything that follows takes memory, too.
    for source in sources {
        match read::read(&source, warnings) {
            Ok(read) => resources.extend(read),
            Err(error) => errors.push(error),
        }
        hashes.insert(source.name.to_string(), crate::write::sha256(source.text.as_bytes()));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut resources: Vec<Resource> = merge::merge(resources, warnings);
    if let Some(capabilities) = capabilities {
        capabilities.limit(&mut resources, warnings);
    }
    if resources.is_empty() {
        let error = SourceError::new("the sources contain no resource");
        return Err(vec![error.expected("a schema or page of at least one resource")]);
    }
    check_only(cli, &resources)?;
    let nearest = cli.out.ancestors().find(|path| path.exists());
    if let Some(file) = nearest.filter(|path| !path.is_dir()) {
        let out = cli.out.display();
        let message = if file == cli.out {
            format!("--out {out}: not a folder")
        } else {
            format!("--out {out}: `{}` is not a folder", file.display())
        };
        return Err(vec![SourceError::new(message)]);
    }
    // After the sources, which may take minutes to fetch, and before the lock is read.
    let held = acquire(cli, warnings, terminal).map_err(failed)?;
    let lock = read_lock(&cli.out)?;
    let plan = plan(&resources, &config, &lock, warnings)?;
    drop(resources);
    config.check_used(warnings);
    let outcome = changes::outcome(cli, &config, lock, plan, hashes);
    Ok((outcome.map_err(|error| vec![error])?, held))
}

/// Locks the folder for this run, and completes an interrupted earlier one.
///
/// So does `--check`, which would otherwise report the missing half of that run as changes.
fn acquire(
    cli: &Cli,
    warnings: &mut Warnings,
    terminal: &mut Terminal<'_>,
) -> std::io::Result<Exclusive> {
    let mut waiting = |process: &str| {
        let _ = writeln!(terminal.err, "waiting for another run (process {process}) …");
    };
    let held = Exclusive::acquire(&cli.out, &mut waiting)?;
    if commit::recover(&cli.out)? {
        warnings.add("an earlier run was interrupted; its files are complete now", &[]);
    }
    Ok(held)
}

fn check_only(cli: &Cli, resources: &[Resource]) -> Result<(), Vec<SourceError>> {
    let known: BTreeSet<&str> = resources.iter().map(|r| r.segment.as_str()).collect();
    for segment in &cli.only {
        if !known.contains(segment.as_str()) {
            let known = known.into_iter().collect::<Vec<_>>().join(", ");
            let error =
                SourceError::new(format!("--only `{segment}`: the sources have no such resource"));
            return Err(vec![error.expected(format!("one of {known}"))]);
        }
    }
    Ok(())
}

fn read_lock(folder: &Path) -> Result<Lock, Vec<SourceError>> {
    let path = folder.join(lock::FILE);
    let Some(text) = crate::output::read(&path).map_err(failed)? else {
        return Ok(Lock::default());
    };
    let expected = expected_lock(&text);
    if text.trim().is_empty() {
        // Continuing without the locked names would rename declarations.
        let message = format!("{}: empty, or not UTF-8", path.display());
        return Err(vec![SourceError::new(message).expected(expected)]);
    }
    let lock = Lock::parse(&text).map_err(|error| {
        let message = format!("{}:{}: {}", path.display(), error.line, error.message);
        vec![SourceError::new(message).expected(expected)]
    })?;
    if let Some(name) = lock.unusable() {
        let message =
            format!("{}: `{name}` is not a file or module of this folder", path.display());
        return Err(vec![SourceError::new(message).expected(expected)]);
    }
    Ok(lock)
}

/// The remedy for a lock that cannot be read.
fn expected_lock(text: &str) -> &'static str {
    // Any of them: a hand may have removed only some.
    let is_marker = |line: &str| {
        let word = line.split(' ').next().unwrap_or_default();
        ["<<<<<<<", "|||||||", "=======", ">>>>>>>"].contains(&word)
    };
    if text.lines().any(is_marker) {
        "a file without conflict markers; take either side of the conflict and run the command again"
    } else {
        "the file as this command wrote it; restore it from version control, or delete it and use \
         `--force` to choose all names again"
    }
}

/// The config that is named, or the one in the output folder.
fn config(cli: &Cli) -> Result<Config, Vec<SourceError>> {
    let beside = cli.out.join("declare.toml");
    let path = match &cli.config {
        Some(path) => path.as_path(),
        None if beside.exists() => beside.as_path(),
        None => return Ok(Config::default()),
    };
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| {
        vec![SourceError::new(format!("{name}: {error}")).expected("a file in TOML")]
    })?;
    let text = source::utf8(&name, bytes).map_err(|error| vec![error])?;
    Config::parse(&name, &text)
}

/// Formats the files that differ from those of the folder; returns warnings.
fn format(outcome: &mut Outcome, folder: &Path) -> Vec<String> {
    let mut printed = Vec::new();
    for (path, action) in &outcome.actions {
        let differs = matches!(action, FileAction::Write { .. } | FileAction::KeepEdited { .. });
        if let Some(file) = outcome.files.get_mut(path).filter(|_| differs) {
            printed.push(Printed {
                path: path.clone(),
                text: std::mem::take(&mut file.file.text),
                fingerprint: file.fingerprint.clone(),
            });
        }
    }
    let warnings = crate::write::format_all(&mut printed, folder);
    for Printed { path, text, .. } in printed {
        if let Some(file) = outcome.files.get_mut(&path) {
            file.file.text = text;
        }
    }
    warnings
}

fn write(folder: &Path, outcome: &mut Outcome) -> std::io::Result<()> {
    let mut changes = Vec::new();
    for (path, action) in &outcome.actions {
        match action {
            FileAction::Write { .. } => {
                if let Some(file) = outcome.files.get_mut(path) {
                    // Not copied: a long file takes megabytes.
                    let text = std::mem::take(&mut file.file.text);
                    changes.push(commit::Change::Write { path: path.clone(), text });
                }
            }
            FileAction::Remove { .. } => {
                changes.push(commit::Change::Remove { path: path.clone() });
            }
            _ => {}
        }
    }
    if outcome.new_lock != outcome.old_lock {
        let text = outcome.new_lock.text();
        changes.push(commit::Change::Write { path: lock::FILE.to_owned(), text });
    }
    commit::commit(folder, &changes, &mut || Ok(()))
}

/// Prints the files that were written, removed and kept.
fn print_summary(cli: &Cli, outcome: &Outcome, terminal: &mut Terminal<'_>) -> Exit {
    let (mut written, mut kept) = (0, false);
    for (path, action) in &outcome.actions {
        let path = cli.out.join(path);
        let path = path.display();
        let line = match action {
            FileAction::Write { old: None } => format!("{GREEN}new{PLAIN}     {path}"),
            FileAction::Write { .. } => format!("{GREEN}changed{PLAIN} {path}"),
            FileAction::Remove { .. } => format!("{RED}removed{PLAIN} {path}"),
            FileAction::Forget => {
                format!("{RED}forgot{PLAIN}  {path}: the generated file no longer exists")
            }
            FileAction::Leave => continue,
            FileAction::KeepEdited { .. } => {
                kept = true;
                let _ = writeln!(
                    terminal.err,
                    "{YELLOW}kept{PLAIN}: {path} was edited by hand; use `--force` to overwrite it"
                );
                continue;
            }
            FileAction::KeepForeign { .. } => {
                kept = true;
                let _ = writeln!(
                    terminal.err,
                    "{YELLOW}kept{PLAIN}: {path} was not written by this command; move it to make room"
                );
                continue;
            }
        };
        written += 1;
        if !cli.quiet {
            let _ = writeln!(terminal.out, "{line}");
        }
    }
    if written == 0 && !kept && !cli.quiet {
        let _ = writeln!(terminal.out, "{}: nothing changed", cli.out.display());
    }
    if kept { Exit::Different } else { Exit::Done }
}
