//! Finds the files that the arguments name.

use std::io::Read;
use std::path::Path;

use crate::diagnostic::{SourceError, Warnings};
use crate::read::Source;
use crate::read::meta::About;

/// Folders nested deeper than this are refused.
const MAX_DEPTH: usize = 16;

/// All sources that the arguments name, each file once, sorted by name.
pub(crate) fn gather(
    arguments: &[String],
    warnings: &mut Warnings,
) -> Result<Vec<Source>, Vec<SourceError>> {
    let (mut sources, mut errors) = (Vec::new(), Vec::new());
    for argument in arguments {
        if let Err(error) = gather_one(argument, &mut sources, warnings) {
            errors.push(error);
        }
    }
    sources.sort_by(|a, b| (&a.name, a.found).cmp(&(&b.name, b.found)));
    // A file that is named sorts before the same one found in a folder, and stays.
    sources.dedup_by(|a, b| a.name == b.name && a.about == b.about);
    if errors.is_empty() { Ok(sources) } else { Err(errors) }
}

fn gather_one(
    argument: &str,
    sources: &mut Vec<Source>,
    warnings: &mut Warnings,
) -> Result<(), SourceError> {
    let path = Path::new(argument);
    let stated = argument
        .split_once('=')
        // A file may have `=` in its name.
        .filter(|_| !path.exists())
        .and_then(|(about, file)| Some((About::stated(about)?, file)));
    if let Some((about, file)) = stated {
        if file.is_empty() {
            return Err(SourceError::new(format!("{argument}: names no file")).expected(SOURCE));
        }
        sources.push(read(file, Some(about), false)?);
        return Ok(());
    }
    if argument != "-" && path.is_dir() {
        let before = sources.len();
        folder(path, argument.trim_end_matches(['/', '\\']), 0, sources, warnings)?;
        if sources.len() == before {
            return Err(SourceError::new(format!("{argument}: contains no `.json` or `.md` file")));
        }
        return Ok(());
    }
    if argument.is_empty() {
        return Err(SourceError::new("a SOURCE is empty").expected(SOURCE));
    }
    let source = read(argument, None, false);
    let stated = argument.contains('=') && !path.exists();
    sources.push(if stated { source.map_err(|error| error.expected(SOURCE)) } else { source }?);
    Ok(())
}

/// The forms of the argument.
const SOURCE: &str = "a file, a folder, `-`, or MODEL/RESOURCE/METHOD=FILE for a meta response";

fn read(name: &str, about: Option<About>, found: bool) -> Result<Source, SourceError> {
    let bytes = match name {
        "-" => {
            let mut bytes = Vec::new();
            std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
        }
        file => std::fs::read(file),
    };
    let bytes = bytes.map_err(|error| SourceError::new(format!("{name}: {error}")))?;
    let text = utf8(name, bytes)?;
    Ok(Source { name: name.replace('\\', "/").into(), text, about, found })
}

/// The text of a file; the error has the line of the first byte that is not UTF-8.
pub(crate) fn utf8(name: &str, bytes: Vec<u8>) -> Result<String, SourceError> {
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.split(|byte| *byte == b'\n').count();
        SourceError::new(format!("{name}:{line}: not UTF-8")).expected("a file in UTF-8")
    })
}

fn folder(
    path: &Path,
    name: &str,
    depth: usize,
    sources: &mut Vec<Source>,
    warnings: &mut Warnings,
) -> Result<(), SourceError> {
    let fail = |error: std::io::Error| SourceError::new(format!("{name}: {error}"));
    if depth > MAX_DEPTH {
        // A link to a parent folder would never end.
        warnings.add(format!("{name}: deeper than {MAX_DEPTH} folders; it is skipped"), &[]);
        return Ok(());
    }
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(path).map_err(fail)? {
        entries.push(entry.map_err(fail)?.path());
    }
    // File systems list in different orders, and the output must not depend on that.
    entries.sort();
    for entry in entries {
        let Some(file) = entry.file_name().and_then(|file| file.to_str()) else {
            let message = format!("{}: the name is not UTF-8; it is skipped", entry.display());
            warnings.add(message, &[]);
            continue;
        };
        // Hidden files, including our own staged ones, are never sources.
        if file.starts_with('.') {
            continue;
        }
        let below = if name == "." { file.to_owned() } else { format!("{name}/{file}") };
        let of_interest = has_extension(file, "json") || has_extension(file, "md");
        let kind = match std::fs::metadata(&entry) {
            Ok(kind) => kind,
            Err(error) => {
                if of_interest {
                    warnings.add(format!("{below}: {error}; it is skipped"), &[]);
                }
                continue;
            }
        };
        if kind.is_dir() {
            let real = entry.canonicalize().ok();
            let above = path.canonicalize().ok();
            if entry.is_symlink()
                && real.zip(above).is_some_and(|(real, above)| above.starts_with(real))
            {
                warnings.add(format!("{below}: a link to a parent folder; it is skipped"), &[]);
                continue;
            }
            folder(&entry, &below, depth + 1, sources, warnings)?;
        } else if !of_interest {
        } else if kind.is_file() {
            sources.push(read(&below, None, true)?);
        } else {
            warnings.add(format!("{below}: not a file; it is skipped"), &[]);
        }
    }
    Ok(())
}

fn has_extension(file: &str, extension: &str) -> bool {
    let own = Path::new(file).extension();
    own.is_some_and(|own| own.eq_ignore_ascii_case(extension))
}
