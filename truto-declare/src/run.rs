//! One run: arguments in, files and words out.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use crate::cli::{Cli, command};
use crate::config::Config;
use crate::diagnostic::{SourceError, Warnings};
use crate::model::Resource;
use crate::output::{Step, Wanted, apply, modules_of, steps};
use crate::plan::{Plan, plan};
use crate::read::Source;
use crate::surface::Surface;
use crate::write::head::{Found, Origin, look, sha256, with_head};
use crate::write::{Modules, files};
use crate::{live, merge, read, source};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Done,
    /// Something changed, or a file was kept as it was.
    Different,
    Failed,
}

/// Where the words go.
pub(crate) struct Terminal<'a> {
    pub(crate) out: &'a mut dyn Write,
    pub(crate) err: &'a mut dyn Write,
    /// Whether a person reads along.
    pub(crate) interactive: bool,
}

const RED: &str = "\u{1b}[1;31m";
const YELLOW: &str = "\u{1b}[1;33m";
const GREEN: &str = "\u{1b}[32m";
const PLAIN: &str = "\u{1b}[0m";

pub(crate) fn run(cli: &Cli, arguments: &[String], terminal: &mut Terminal<'_>) -> Exit {
    let mut warnings = Warnings::default();
    let made = make(cli, arguments, &mut warnings, terminal);
    for warning in warnings.take() {
        // The files are written even where nobody reads the words.
        let _ = writeln!(terminal.err, "{YELLOW}warning{PLAIN}: {warning}");
    }
    let wanted = match made {
        Ok(wanted) => wanted,
        Err(errors) => {
            for error in errors {
                let _ = writeln!(terminal.err, "{RED}error{PLAIN}: {error}");
            }
            return Exit::Failed;
        }
    };
    let done = steps(&cli.out, &wanted, cli.only.is_empty(), cli.force).and_then(|steps| match cli
        .check
    {
        true => Ok(check(&wanted, &steps, terminal)),
        false => {
            apply(&cli.out, &wanted, &steps)?;
            Ok(tell(&cli.out, &steps, terminal))
        }
    });
    done.unwrap_or_else(|error| {
        let _ = writeln!(terminal.err, "{RED}error{PLAIN}: {error}");
        Exit::Failed
    })
}

/// The files that the sources yield.
fn make(
    cli: &Cli,
    arguments: &[String],
    warnings: &mut Warnings,
    terminal: &mut Terminal<'_>,
) -> Result<Vec<Wanted>, Vec<SourceError>> {
    let mut sources = source::gather(&cli.sources)?;
    let mut capabilities = None;
    if let Some(model) = &cli.live {
        if terminal.interactive {
            let _ = writeln!(terminal.err, "fetching the schemas of {model} …");
        }
        let live = live::fetch(model, cli.account.as_deref()).map_err(|error| vec![error])?;
        sources.extend(live.sources);
        capabilities = live.capabilities;
    }
    let config = config(cli).map_err(|error| vec![error])?;
    let (mut resources, mut errors) = (Vec::new(), Vec::new());
    for source in &sources {
        match read::read(source, warnings) {
            Ok(read) => resources.extend(read),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut resources: Vec<Resource> = merge::merge(resources, warnings);
    if let Some(capabilities) = capabilities {
        capabilities.limit(&mut resources, warnings);
    }
    if resources.is_empty() {
        let error = SourceError::new("the sources name no resource");
        return Err(vec![error.expected("a schema or page of at least one resource")]);
    }
    for segment in &cli.only {
        if !resources.iter().any(|resource| resource.segment == *segment) {
            let known: BTreeSet<&str> = resources.iter().map(|r| r.segment.as_str()).collect();
            let known = known.into_iter().collect::<Vec<_>>().join(", ");
            let error =
                SourceError::new(format!("--only {segment}: the sources have no such resource"));
            return Err(vec![error.expected(format!("one of {known}"))]);
        }
    }
    let plan = plan(&resources, &config, warnings);
    config.check_used(warnings);
    let origins: Vec<Origin> = sources.iter().map(origin).collect();
    Ok(wanted(cli, &plan, &origins, &command(arguments)))
}

fn origin(source: &Source) -> Origin {
    Origin { name: source.name.to_string(), sha256: sha256(source.text.as_bytes()) }
}

/// The config that is named, or the one in the output folder.
fn config(cli: &Cli) -> Result<Config, SourceError> {
    let beside = cli.out.join("declare.toml");
    let path = match &cli.config {
        Some(path) => path.as_path(),
        None if beside.exists() => beside.as_path(),
        None => return Ok(Config::default()),
    };
    let name = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => Config::parse(&name, &text),
        Err(error) => Err(SourceError::new(format!("{name}: {error}")).expected("a file in TOML")),
    }
}

fn wanted(cli: &Cli, plan: &Plan, origins: &[Origin], command: &str) -> Vec<Wanted> {
    let only = |segment: &Option<String>| {
        cli.only.is_empty() || segment.as_ref().is_none_or(|segment| cli.only.contains(segment))
    };
    let selected = selected(cli, plan);
    // Modules of other resources stay as the folder has them.
    let keep = |path: &str, modules: &mut Modules| {
        if cli.only.is_empty() {
            return;
        }
        let folder = path.trim_end_matches("mod.rs");
        modules.retain(|module, _| {
            module == "shared" || selected.contains(&format!("{folder}{module}"))
        });
        let Ok(text) = std::fs::read_to_string(cli.out.join(path)) else {
            return;
        };
        let Found::Generated { content, .. } = look(&text) else {
            return;
        };
        for (module, names) in modules_of(content) {
            let file = cli.out.join(format!("{folder}{module}"));
            let stands = file.with_extension("rs").exists() || file.join("mod.rs").exists();
            if stands && !modules.contains_key(&module) {
                modules.insert(module, names);
            }
        }
    };
    let mut all = files(plan, &keep);
    all.retain(|file| only(&file.segment));
    if !cli.only.is_empty() && plan.models.len() > 1 {
        // The folder of a model of which nothing is written.
        all.retain(|file| match file.path.split_once('/') {
            Some((folder, _)) => selected.contains(folder),
            None => true,
        });
    }
    let wanted = |file: crate::write::File| {
        let of_file = |origin: &&Origin| {
            file.sources.is_empty() || file.sources.iter().any(|name| **name == *origin.name)
        };
        let origins: Vec<&Origin> = origins.iter().filter(of_file).collect();
        Wanted {
            text: with_head(&file.content, &origins, command),
            path: file.path,
            content: file.content,
        }
    };
    all.into_iter().map(wanted).collect()
}

/// The modules of the selected resources, and of their models.
fn selected(cli: &Cli, plan: &Plan) -> BTreeSet<String> {
    let mut selected = BTreeSet::new();
    for model in &plan.models {
        let folder = match plan.models.len() {
            1 => String::new(),
            _ => format!("{}/", model.module),
        };
        for file in model.files.iter().filter(|file| cli.only.contains(&file.segment)) {
            selected.insert(format!("{folder}{}", file.module));
            selected.insert(model.module.clone());
        }
    }
    selected
}

/// Says what was written, removed and kept.
fn tell(folder: &Path, steps: &[(String, Step)], terminal: &mut Terminal<'_>) -> Exit {
    let (mut written, mut kept) = (0, false);
    for (path, step) in steps {
        let path = folder.join(path);
        let path = path.display();
        let line = match step {
            Step::Write { old: None, .. } => format!("{GREEN}new{PLAIN}     {path}"),
            Step::Write { .. } => format!("{GREEN}changed{PLAIN} {path}"),
            Step::Remove { .. } => format!("{RED}removed{PLAIN} {path}"),
            Step::Leave => continue,
            Step::KeepEdited { .. } => {
                kept = true;
                let _ = writeln!(
                    terminal.err,
                    "{YELLOW}kept{PLAIN}: {path} was edited by hand; `--force` writes it anew"
                );
                continue;
            }
            Step::KeepForeign => {
                kept = true;
                let _ = writeln!(
                    terminal.err,
                    "{YELLOW}kept{PLAIN}: {path} was not written by this command; move it to make room"
                );
                continue;
            }
        };
        written += 1;
        let _ = writeln!(terminal.out, "{line}");
    }
    if written == 0 && !kept {
        let _ = writeln!(terminal.out, "{}: nothing changed", folder.display());
    }
    match kept {
        true => Exit::Different,
        false => Exit::Done,
    }
}

/// Says what the sources would change.
fn check(wanted: &[Wanted], steps: &[(String, Step)], terminal: &mut Terminal<'_>) -> Exit {
    let (mut before, mut after) = (Surface::default(), Surface::default());
    let (mut files, mut diff) = (Vec::new(), String::new());
    for (path, step) in steps {
        let new = wanted.iter().find(|file| file.path == *path).map(|file| &*file.content);
        let old = match step {
            Step::Leave | Step::Write { changed: false, .. } => new,
            Step::Write { old, .. } => old.as_deref(),
            Step::Remove { old } | Step::KeepEdited { old } => Some(&**old),
            Step::KeepForeign => None,
        };
        before.add(old.unwrap_or_default());
        after.add(new.unwrap_or_default());
        let what = match step {
            Step::Leave | Step::Write { changed: false, .. } => continue,
            Step::Write { old: None, .. } => "is missing",
            Step::Write { .. } => "differs",
            Step::Remove { .. } => "is of a resource that is gone",
            Step::KeepEdited { .. } => "was edited by hand",
            Step::KeepForeign => "was not written by this command",
        };
        files.push(format!("{path}: {what}"));
        if !matches!(step, Step::KeepForeign) {
            diff.push_str(&unified(path, old.unwrap_or_default(), new.unwrap_or_default()));
        }
    }
    if files.is_empty() {
        let _ = writeln!(terminal.out, "nothing changed");
        return Exit::Done;
    }
    for line in before.changes(&after).iter().chain(&files) {
        let _ = writeln!(terminal.out, "{line}");
    }
    let _ = write!(terminal.out, "\n{diff}");
    Exit::Different
}

/// The difference of two texts, colored.
fn unified(path: &str, old: &str, new: &str) -> String {
    let old = old.replace("\r\n", "\n");
    let diff = similar::TextDiff::from_lines(old.as_str(), new);
    let text = diff.unified_diff().context_radius(2).header(path, path).to_string();
    let colored = |line: &str| match line.as_bytes().first() {
        Some(b'+') => format!("{GREEN}{line}{PLAIN}\n"),
        Some(b'-') => format!("{RED}{line}{PLAIN}\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(colored).collect()
}
