//! Compares the plan with the folder.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::folder::{Kept, module_files, prefix};
use crate::cli::Cli;
use crate::config::Config;
use crate::diagnostic::SourceError;
use crate::lock::{Lock, names};
use crate::output::{FileAction, GeneratedFile, action, existing, removal};
use crate::plan::Plan;
use crate::report::{Change, changes, locate};
use crate::wire_path;
use crate::write::{File, content, public_types, shared_content};

/// Everything that a run does, or would do.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) files: BTreeMap<String, GeneratedFile>,
    /// By path.
    pub(crate) actions: BTreeMap<String, FileAction>,
    pub(crate) old_lock: Lock,
    pub(crate) new_lock: Lock,
    /// The lock as it would be if no file were kept.
    pub(crate) planned: Lock,
    /// The changes that `--check` reports; none in a run that writes.
    pub(crate) changes: Vec<Change>,
    /// Model and wire path of each file of a resource.
    pub(crate) resources: BTreeMap<String, (String, String)>,
}

impl Outcome {
    /// Adds a generated file and what is done with it, depending on the file that is there.
    fn add(&mut self, file: File, cli: &Cli) -> std::io::Result<()> {
        let path = file.path.clone();
        let wanted = GeneratedFile::new(file);
        let found = existing(&cli.out, &path, &self.old_lock)?;
        self.actions.insert(path.clone(), action(found, &wanted, cli.force));
        self.files.insert(path, wanted);
        Ok(())
    }
}

pub(super) fn outcome(
    cli: &Cli,
    config: &Config,
    lock: Lock,
    plan: Plan,
    sources: BTreeMap<String, String>,
) -> Result<Outcome, SourceError> {
    let failed = |error: std::io::Error| SourceError::new(error.to_string());
    let only = !cli.only.is_empty();
    let segments: BTreeSet<&str> = cli.only.iter().map(String::as_str).collect();
    let selected = |segment: &str| !only || segments.contains(segment);
    let planned = lock.after(&plan, &selected, only);
    // Before anything is compared: with `--only`, files outside of the run must still compile.
    check_shared(&lock, &planned, &selected)?;
    let changes = if cli.check { changes_with_places(&lock, &planned, &plan) } else { Vec::new() };
    let mut outcome = Outcome {
        files: BTreeMap::new(),
        actions: BTreeMap::new(),
        old_lock: lock,
        new_lock: planned.clone(),
        planned,
        changes,
        resources: BTreeMap::new(),
    };
    let mut files = Vec::new();
    for model in &plan.models {
        let prefix = prefix(&model.folder);
        for (index, file) in model.files.iter().enumerate() {
            let path = format!("{prefix}{}.rs", file.module);
            outcome.resources.insert(path.clone(), (model.segment.clone(), file.segment.clone()));
            if selected(&file.segment) {
                files.push(File { path, text: content(model, index, config) });
            }
        }
        let touched = model.files.iter().any(|file| selected(&file.segment));
        if let (true, Some(text)) = (touched, shared_content(model, config)) {
            files.push(File { path: format!("{prefix}shared.rs"), text });
        }
    }
    let models: BTreeSet<String> = plan.models.iter().map(|model| model.segment.clone()).collect();
    // Its types take as much memory as all that follows.
    drop(plan);
    for file in files {
        outcome.add(file, cli).map_err(failed)?;
    }
    if only {
        remove_shared(cli, &mut outcome).map_err(failed)?;
    } else {
        remove_gone(cli, &models, &mut outcome).map_err(failed)?;
    }
    // After all resources, since a kept file changes what `mod.rs` may export.
    let kept = keep(&mut outcome);
    for file in module_files(&outcome.new_lock, &kept) {
        outcome.add(file, cli).map_err(failed)?;
    }
    // Models and resources that are not part of this run keep their sources.
    let all = !only && outcome.new_lock.models.keys().all(|model| models.contains(model));
    finish_lock(sources, all, &mut outcome);
    Ok(outcome)
}

fn changes_with_places(old: &Lock, new: &Lock, plan: &Plan) -> Vec<Change> {
    let mut changes = changes(old, new);
    let ty = |change: &Change| {
        let path = wire_path::split(&change.path).map_or(&*change.path, |(ty, _)| ty);
        (change.model.clone(), path.to_owned())
    };
    let types: HashSet<(String, String)> = changes.iter().map(ty).collect();
    let types = types.iter().map(|(model, path)| (&**model, &**path)).collect();
    locate(&mut changes, &plan.places(&types));
    changes
}

/// With `--only`, removes the file of shared types once no two resources share a type.
fn remove_shared(cli: &Cli, outcome: &mut Outcome) -> std::io::Result<()> {
    let lock = &outcome.old_lock;
    for model in outcome.planned.models.values().filter(|model| model.shared.is_empty()) {
        let path = format!("{}shared.rs", prefix(&model.folder));
        if lock.files.contains_key(&path) {
            let action = removal(existing(&cli.out, &path, lock)?, cli.force);
            outcome.actions.insert(path, action);
        }
    }
    Ok(())
}

/// Removes files of the lock that the plan no longer has; files of other models stay.
fn remove_gone(
    cli: &Cli,
    planned: &BTreeSet<String>,
    outcome: &mut Outcome,
) -> std::io::Result<()> {
    let lock = &outcome.old_lock;
    let other = lock.models.iter().filter(|(segment, _)| !planned.contains(*segment));
    let other: BTreeSet<&str> = other.map(|(_, model)| model.folder.as_str()).collect();
    for path in lock.files.keys() {
        let folder = path.split_once('/').map_or("", |(folder, _)| folder);
        // The file of a resource may be called `amod.rs`.
        let is_module = path.rsplit('/').next() == Some("mod.rs");
        if outcome.files.contains_key(path) || is_module || other.contains(folder) {
            continue;
        }
        let action = removal(existing(&cli.out, path, lock)?, cli.force);
        outcome.actions.insert(path.clone(), action);
    }
    // The `mod.rs` of a model without any resource left.
    for model in
        lock.models.iter().filter(|(segment, _)| !outcome.planned.models.contains_key(*segment))
    {
        let path = format!("{}mod.rs", prefix(&model.1.folder));
        if path == "mod.rs" || !lock.files.contains_key(&path) {
            continue;
        }
        let action = removal(existing(&cli.out, &path, lock)?, cli.force);
        outcome.actions.insert(path, action);
    }
    Ok(())
}

/// Kept files keep their part of the lock; returns the names that they export.
fn keep(outcome: &mut Outcome) -> Kept {
    let lock = &outcome.old_lock;
    let mut kept = Kept::new();
    let mut resources = BTreeMap::new();
    for (segment, model) in &lock.models {
        for (resource, locked) in &model.resources {
            let path = format!("{}{}.rs", prefix(&model.folder), locked.module);
            resources.insert(path, (segment, model, resource, locked));
        }
    }
    for (path, action) in &outcome.actions {
        let Some(text) = action.kept() else { continue };
        let mut names = public_types(text);
        if let Some((segment, model, resource, locked)) = resources.get(path) {
            names = names.or_else(|| Some(model.exports(resource).into_iter().collect()));
            // Its fields are those of the last run that wrote it.
            let new = outcome.new_lock.models.entry((*segment).clone()).or_default();
            new.folder.clone_from(&model.folder);
            new.resources.insert((*resource).clone(), Arc::clone(locked));
        }
        // The file itself is more current than the lock, which serves for a file that does not parse.
        kept.insert(path.clone(), names.unwrap_or_default());
    }
    kept
}

/// With `--only`, the files of other resources need the shared types that they name.
fn check_shared(
    lock: &Lock,
    planned: &Lock,
    selected: &dyn Fn(&str) -> bool,
) -> Result<(), SourceError> {
    for (segment, old) in &lock.models {
        let Some(new) = planned.models.get(segment) else { continue };
        let now: BTreeSet<&String> = new.shared.iter().collect();
        let gone: BTreeSet<&str> =
            old.shared.iter().filter(|name| !now.contains(name)).map(String::as_str).collect();
        for (resource, locked) in old.resources.iter().filter(|(name, _)| !selected(name)) {
            let mut used = locked.fields.values().flat_map(|ty| names(ty));
            if let Some(name) = used.find(|name| gone.contains(name)) {
                let message = format!(
                    "--only: `{segment}/{resource}` still uses the shared type `{name}`, which the sources no longer contain"
                );
                return Err(SourceError::new(message)
                    .expected(format!("`--only {resource}` too, or a run without `--only`")));
            }
        }
    }
    Ok(())
}

fn finish_lock(sources: BTreeMap<String, String>, all: bool, outcome: &mut Outcome) {
    let new = &mut outcome.new_lock;
    if all {
        new.sources = sources;
    } else {
        new.sources.extend(sources);
    }
    for (path, action) in &outcome.actions {
        match action {
            FileAction::Write { .. } | FileAction::Leave => {
                if let Some(file) = outcome.files.get(path) {
                    new.files.insert(path.clone(), file.fingerprint.clone());
                }
            }
            FileAction::Remove { .. } | FileAction::Forget => {
                new.files.remove(path);
            }
            FileAction::KeepEdited { .. } | FileAction::KeepForeign { .. } => {}
        }
    }
}
