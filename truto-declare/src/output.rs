//! The output folder: what stands there, what is to be written, what is removed.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::write::head::{Found, look};

/// A file as it is to stand on the disk.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) path: String,
    pub(crate) content: String,
    pub(crate) text: String,
}

/// What is to happen with a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Write {
        old: Option<String>,
        changed: bool,
    },
    /// It says what it should.
    Leave,
    Remove {
        old: String,
    },
    KeepEdited {
        old: String,
    },
    KeepForeign,
}

/// Compares the folder with what is wanted.
pub(crate) fn steps(
    folder: &Path,
    wanted: &[Wanted],
    remove: bool,
    force: bool,
) -> io::Result<Vec<(String, Step)>> {
    let mut steps = Vec::new();
    for file in wanted {
        let step = match read(&folder.join(&file.path))? {
            None => Step::Write { old: None, changed: true },
            Some(text) => match look(&text) {
                Found::Foreign => Step::KeepForeign,
                Found::Generated { content, edited: true } if !force => {
                    Step::KeepEdited { old: content.to_owned() }
                }
                Found::Generated { .. } if text == file.text => Step::Leave,
                Found::Generated { content, .. } => Step::Write {
                    changed: content.replace("\r\n", "\n") != file.content,
                    old: Some(content.to_owned()),
                },
            },
        };
        steps.push((file.path.clone(), step));
    }
    if remove {
        let paths: BTreeSet<&str> = wanted.iter().map(|file| &*file.path).collect();
        for path in generated(folder)?.iter().filter(|path| !paths.contains(path.as_str())) {
            let Some(text) = read(&folder.join(path))? else {
                continue;
            };
            let step = match look(&text) {
                Found::Generated { content, edited } if force || !edited => {
                    Step::Remove { old: content.to_owned() }
                }
                Found::Generated { content, .. } => Step::KeepEdited { old: content.to_owned() },
                Found::Foreign => continue,
            };
            steps.push((path.clone(), step));
        }
    }
    Ok(steps)
}

/// The text of a file; `None` if the file does not exist. What is not UTF-8 was not written here.
fn read(path: &Path) -> io::Result<Option<String>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8(bytes).unwrap_or_default())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io::Error::new(error.kind(), format!("{}: {error}", path.display()))),
    }
}

/// The generated files of the folder, and of the folders that its own `mod.rs` names.
fn generated(folder: &Path) -> io::Result<Vec<String>> {
    let mut files = in_folder(folder, "")?;
    if let Some(modules) = read(&folder.join("mod.rs"))?.filter(|text| look(text) != Found::Foreign)
    {
        for (module, _) in modules_of(&modules) {
            let below = folder.join(&module);
            if below.is_dir() {
                files.extend(in_folder(&below, &format!("{module}/"))?);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn in_folder(folder: &Path, prefix: &str) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(files),
        entries => entries?,
    };
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let path = folder.join(&name);
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        if is_rust
            && path.is_file()
            && read(&path)?.is_some_and(|text| look(&text) != Found::Foreign)
        {
            files.push(format!("{prefix}{name}"));
        }
    }
    Ok(files)
}

/// The modules that the content of a `mod.rs` names, with the names that it takes out of each.
pub(crate) fn modules_of(text: &str) -> Vec<(String, BTreeSet<String>)> {
    let mut modules: Vec<(String, BTreeSet<String>)> = Vec::new();
    for line in text.split(';') {
        let line = line.rsplit("*/").next().unwrap_or(line);
        let line: Vec<&str> = line
            .lines()
            .filter(|line| !line.starts_with("//") && !line.starts_with("#!"))
            .collect();
        let line = line.join(" ");
        let line = line.trim();
        let module = line.strip_prefix("pub mod ").or_else(|| line.strip_prefix("mod "));
        if let Some(module) = module {
            modules.push((module.trim().to_owned(), BTreeSet::new()));
        }
        let Some((module, names)) =
            line.strip_prefix("pub use self::").and_then(|rest| rest.split_once("::"))
        else {
            continue;
        };
        let names =
            names.trim_matches(['{', '}', ' ']).split(',').map(|name| name.trim().to_owned());
        if let Some((_, known)) = modules.iter_mut().find(|(name, _)| name == module) {
            known.extend(names.filter(|name| !name.is_empty()));
        }
    }
    modules
}

/// Carries the steps out.
pub(crate) fn apply(folder: &Path, wanted: &[Wanted], steps: &[(String, Step)]) -> io::Result<()> {
    for (path, step) in steps {
        let target = folder.join(path);
        match step {
            Step::Write { .. } => {
                if let Some(file) = wanted.iter().find(|file| file.path == *path) {
                    write(&target, &file.text)?;
                }
            }
            Step::Remove { .. } => {
                std::fs::remove_file(&target)?;
                // A folder that is empty now goes too; one that is not stays.
                if let Some(parent) = target.parent().filter(|parent| *parent != folder) {
                    let _ = std::fs::remove_dir(parent);
                }
            }
            Step::Leave | Step::KeepEdited { .. } | Step::KeepForeign => {}
        }
    }
    Ok(())
}

/// Writes a file whole or not at all.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let parent = path.parent().unwrap_or(Path::new("."));
    let told =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    std::fs::create_dir_all(parent).map_err(told)?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = PathBuf::from(beside);
    let written = std::fs::File::create(&beside)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .and_then(|()| std::fs::rename(&beside, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written.map_err(told)
}
