//! Formats with `rustfmt`, where the machine has one.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Longer files are written as prettyplease prints them: rustfmt would take seconds.
const MAX_LENGTH: usize = 2 << 20;
/// Files after these are written as prettyplease prints them: each takes a process.
const MAX_FILES: usize = 1_000;

/// The texts as rustfmt has them, in the style of the folder; unchanged where it cannot.
pub(crate) fn format_all(texts: &mut [String], folder: &Path) {
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let count = texts.len().min(MAX_FILES);
    let texts = &mut texts[..count];
    let chunk = texts.len().div_ceil(workers).max(1);
    std::thread::scope(|scope| {
        for texts in texts.chunks_mut(chunk) {
            scope.spawn(|| {
                for text in texts {
                    if let Some(formatted) = rustfmt(text, folder) {
                        *text = formatted;
                    }
                }
            });
        }
    });
}

/// The text as rustfmt has it. `RUSTFMT` names another command, as it does for cargo.
pub(crate) fn rustfmt(text: &str, folder: &Path) -> Option<String> {
    if text.len() > MAX_LENGTH {
        return None;
    }
    let command = std::env::var_os("RUSTFMT").filter(|name| !name.is_empty());
    let command = command.unwrap_or_else(|| "rustfmt".into());
    // rustfmt looks for its settings from here upward.
    let existing = folder.ancestors().find(|path| path.is_dir() && !path.as_os_str().is_empty());
    let mut child = Command::new(command)
        .args(["--edition", "2024", "--quiet"])
        .current_dir(existing.unwrap_or(Path::new(".")))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take()?;
    let output = std::thread::scope(|scope| {
        // A full pipe in one direction must not block the other one.
        scope.spawn(move || _ = input.write_all(text.as_bytes()));
        child.wait_with_output()
    });
    let output = output.ok().filter(|output| output.status.success())?;
    let formatted = String::from_utf8(output.stdout).ok()?;
    // Guards against a `RUSTFMT` that changes the code.
    let same = super::fingerprint(&formatted)? == super::fingerprint(text)?;
    same.then_some(formatted)
}
