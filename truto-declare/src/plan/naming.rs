//! Wire paths and names of the collected types.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::collect::{Draft, Site};
use crate::diagnostic::Warnings;
use crate::lock::LockedModel;
use crate::names::{Claim, Names, assign};
use crate::wire_path::segment;

/// Path and name of each type, by its index.
pub(super) struct Named {
    pub(super) paths: Vec<String>,
    /// The resource whose path a type has.
    pub(super) resources: Vec<usize>,
    pub(super) names: Vec<String>,
}

pub(super) fn name_all(
    drafts: &[Draft<'_>],
    segments: &[&str],
    locked: Option<&LockedModel>,
    model: &str,
    warnings: &mut Warnings,
) -> Named {
    let present: HashSet<&str> = segments.iter().copied().collect();
    let mut locked_names: HashMap<&str, &str> = HashMap::new();
    let mut names = Names::default();
    for (resource, types) in locked.into_iter().flat_map(|model| &model.resources) {
        let is_present = present.contains(resource.as_str());
        for (path, name) in types.types.iter() {
            if is_present {
                locked_names.insert(path, name);
            } else {
                // Resources that are not in these sources keep their names.
                names.take(name);
            }
        }
    }
    // The paths first: they are the keys of the lock.
    let sent = locked.map(LockedModel::sent_paths).unwrap_or_default();
    let (paths, resources) = paths(drafts, segments, &locked_names, &sent);
    // Names of the config come before all others.
    for draft in drafts {
        if let Some(name) = &draft.stated {
            names.take(name);
        }
    }
    let mut chosen: Vec<String> =
        drafts.iter().map(|draft| draft.stated.clone().unwrap_or_default()).collect();
    // Records get the plain names. A shortened name comes last, since it can fall back to a longer one.
    let rank = |draft: &Draft<'_>| match (&draft.site, draft.collapsed.is_some()) {
        (Site::Root { path, .. }, _) if path.is_empty() => 0,
        (Site::Root { .. }, _) => 1,
        (Site::Nested { .. }, false) => 2,
        (Site::Nested { .. }, true) => 3,
    };
    // A locked name is taken before any new one, whatever its rank.
    let is_locked = |index: usize| locked_names.contains_key(paths[index].as_str());
    for (with_lock, step) in
        [(true, 0), (true, 1), (true, 2), (true, 3), (false, 0), (false, 1), (false, 2), (false, 3)]
    {
        let open: Vec<usize> = (0..drafts.len())
            .filter(|&index| drafts[index].stated.is_none())
            .filter(|&index| is_locked(index) == with_lock && rank(&drafts[index]) == step)
            .collect();
        let claims: Vec<Claim<'_>> = open
            .iter()
            .map(|&index| {
                let draft = &drafts[index];
                let short = draft.collapsed.as_ref().filter(|name| names.is_free(name));
                let wanted = allowed(short.unwrap_or(&draft.wanted));
                Claim::new(&paths[index], wanted)
            })
            .collect();
        let (new, renamed) = assign(&claims, |path| locked_names.get(path).copied(), &mut names);
        for (index, name) in open.into_iter().zip(new) {
            chosen[index] = name;
        }
        for renamed in renamed {
            let message = format!(
                "the name `{}` is taken; the type of `{model}/{}` is called `{}`",
                renamed.wanted, renamed.wire, renamed.chosen
            );
            warnings.add(message, &[]);
        }
    }
    Named { paths, resources, names: chosen }
}

/// The name, with a suffix if the generated code uses it for something else.
fn allowed(name: &str) -> String {
    if crate::names::is_taken_by_rust(name) { format!("{name}Record") } else { name.to_owned() }
}

/// The path of each type. A type of several places keeps the path that it has in the lock.
fn paths(
    drafts: &[Draft<'_>],
    segments: &[&str],
    locked: &HashMap<&str, &str>,
    sent: &BTreeSet<&str>,
) -> (Vec<String>, Vec<usize>) {
    let mut paths: Vec<String> = Vec::with_capacity(drafts.len());
    let mut resources: Vec<usize> = Vec::with_capacity(drafts.len());
    let mut taken: HashSet<String> = HashSet::new();
    for draft in drafts {
        let (mut path, mut resource) = match &draft.site {
            Site::Root { resource, path } => {
                let segment = segments[*resource];
                let path =
                    if path.is_empty() { segment.to_owned() } else { format!("{segment}.{path}") };
                (path, *resource)
            }
            Site::Nested { parent, field } => {
                (format!("{}.{}", paths[*parent], segment(field)), resources[*parent])
            }
        };
        if !locked.contains_key(path.as_str()) {
            let others = draft.more.iter().map(|(parent, field)| {
                (format!("{}.{}", paths[*parent], segment(field)), resources[*parent])
            });
            if let Some(kept) =
                others.into_iter().find(|(path, _)| locked.contains_key(path.as_str()))
            {
                (path, resource) = kept;
            }
        }
        // A field of a record can have the same path as a query or body: the locked one keeps it.
        let of_lock = |path: &str| match &draft.site {
            // A name of the config does not depend on the path, and its type may be both.
            _ if draft.stated.is_some() => true,
            Site::Root { path: below, .. } if below.is_empty() => true,
            Site::Root { .. } => sent.contains(path) || !locked.contains_key(path),
            Site::Nested { .. } => !sent.contains(path),
        };
        while taken.contains(&path) || !of_lock(&path) {
            path.push('\'');
        }
        taken.insert(path.clone());
        paths.push(path);
        resources.push(resource);
    }
    (paths, resources)
}
