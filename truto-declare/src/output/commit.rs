//! Writes all files or none.
//!
//! Each file is first written next to its target, under a temporary name. A journal in the folder lists
//! them: as long as it says `staging`, the next run removes what it lists; from the moment it says
//! `commit`, the next run completes it. Replacing the journal is one rename, so a kill at any step
//! leaves one of the two. No file system renames several files atomically: after a kill between two
//! renames, the next run, `--check` included, performs the remaining ones before it reads the folder.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

const JOURNAL: &str = ".declare-journal";
const STAGED: &str = ".declare-new";

/// A change of one file, relative to the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    Write { path: String, text: String },
    Remove { path: String },
}

/// Called before each step; a test makes it fail to simulate an interruption.
pub(crate) type Checkpoint<'a> = &'a mut dyn FnMut() -> io::Result<()>;

fn at(path: &Path) -> impl Fn(io::Error) -> io::Error + '_ {
    move |error| io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// The file that a path leads to, through links.
fn target(folder: &Path, path: &str) -> PathBuf {
    let path = folder.join(path);
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    // A link to a file that does not exist yet.
    match (std::fs::read_link(&path), path.parent()) {
        (Ok(next), Some(parent)) => parent.join(next),
        _ => path,
    }
}

fn staged(target: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(STAGED);
    target.with_file_name(name)
}

/// Applies all changes or none.
pub(crate) fn commit(
    folder: &Path,
    changes: &[Change],
    checkpoint: Checkpoint<'_>,
) -> io::Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    std::fs::create_dir_all(folder).map_err(at(folder))?;
    let lines: Vec<String> = changes
        .iter()
        .map(|change| match change {
            Change::Write { path, .. } => format!("write {path}"),
            Change::Remove { path } => format!("remove {path}"),
        })
        .collect();
    checkpoint()?;
    let staging = write_journal(folder, "staging", &lines, checkpoint)
        .and_then(|()| stage(folder, changes, checkpoint))
        .and_then(|()| checkpoint())
        .and_then(|()| write_journal(folder, "commit", &lines, checkpoint));
    if let Err(error) = staging {
        // Nothing has changed yet, so the staged files are removed. Not after a simulated kill, which
        // has this kind of error: a killed process cleans up nothing.
        if error.kind() != io::ErrorKind::Interrupted {
            let _ = recover(folder);
        }
        return Err(error);
    }
    complete(folder, &lines, checkpoint)
}

fn stage(folder: &Path, changes: &[Change], checkpoint: Checkpoint<'_>) -> io::Result<()> {
    let mut written = Vec::new();
    for change in changes {
        let Change::Write { path, text } = change else { continue };
        checkpoint()?;
        let target = target(folder, path);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent).map_err(at(parent))?;
        }
        let staged = staged(&target);
        let mut file = std::fs::File::create(&staged).map_err(at(&staged))?;
        checkpoint()?;
        file.write_all(text.as_bytes()).map_err(at(&staged))?;
        written.push((staged, target));
    }
    // Synced together at the end: waiting for the disk after each file would take far longer.
    for (staged, target) in written {
        let file = std::fs::File::options().write(true).open(&staged).map_err(at(&staged))?;
        file.sync_data().map_err(at(&staged))?;
        // Last, since the mode may forbid writing.
        if let Ok(metadata) = std::fs::metadata(&target) {
            file.set_permissions(metadata.permissions()).map_err(at(&staged))?;
        }
    }
    Ok(())
}

fn write_journal(
    folder: &Path,
    state: &str,
    lines: &[String],
    checkpoint: Checkpoint<'_>,
) -> io::Result<()> {
    let journal = folder.join(JOURNAL);
    let next = folder.join(format!("{JOURNAL}{STAGED}"));
    let text = format!("{state}\n{}\n", lines.join("\n"));
    let mut file = std::fs::File::create(&next).map_err(at(&next))?;
    file.write_all(text.as_bytes()).map_err(at(&next))?;
    // After a power failure the journal must not be older than the renames that it announces.
    file.sync_data().map_err(at(&next))?;
    drop(file);
    checkpoint()?;
    std::fs::rename(&next, &journal).map_err(at(&journal))
}

/// Moves the staged files to their targets. Idempotent, since an interrupted run may have moved some.
fn complete(folder: &Path, lines: &[String], checkpoint: Checkpoint<'_>) -> io::Result<()> {
    for line in lines {
        checkpoint()?;
        if let Some(path) = line.strip_prefix("write ") {
            let target = target(folder, path);
            match std::fs::rename(staged(&target), &target) {
                // An interrupted run has moved it already.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                moved => moved.map_err(at(&target))?,
            }
        } else if let Some(path) = line.strip_prefix("remove ") {
            let target = folder.join(path);
            match std::fs::remove_file(&target) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                removed => removed.map_err(at(&target))?,
            }
            // Removes the folder, too, unless it still has files.
            if let Some(parent) = target.parent().filter(|parent| *parent != folder) {
                let _ = std::fs::remove_dir(parent);
            }
        }
    }
    checkpoint()?;
    let journal = folder.join(JOURNAL);
    std::fs::remove_file(&journal).map_err(at(&journal))
}

/// Completes or undoes a run that was interrupted. Returns whether there was one.
pub(crate) fn recover(folder: &Path) -> io::Result<bool> {
    // A journal that was not renamed yet announces nothing.
    let _ = std::fs::remove_file(folder.join(format!("{JOURNAL}{STAGED}")));
    let Some(text) = super::read(&folder.join(JOURNAL))? else {
        return Ok(false);
    };
    let mut lines = text.lines().map(str::to_owned);
    let state = lines.next();
    // The journal may be checked in by mistake, or written by somebody else.
    let lines: Vec<String> = lines.filter(|line| is_inside(line)).collect();
    if state.as_deref() == Some("commit") {
        complete(folder, &lines, &mut || Ok(()))?;
        return Ok(true);
    }
    for path in lines.iter().filter_map(|line| line.strip_prefix("write ")) {
        let staged = staged(&target(folder, path));
        let _ = std::fs::remove_file(&staged);
        if let Some(parent) = staged.parent().filter(|parent| *parent != folder) {
            let _ = std::fs::remove_dir(parent);
        }
    }
    let journal = folder.join(JOURNAL);
    std::fs::remove_file(&journal).map_err(at(&journal))?;
    Ok(true)
}

/// Returns whether a line of a journal names a file within the folder.
fn is_inside(line: &str) -> bool {
    let path = line.split_once(' ').map_or("", |(_, path)| path);
    let normal = |part| matches!(part, std::path::Component::Normal(_));
    !path.is_empty() && Path::new(path).components().all(normal)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn state(folder: &Path) -> BTreeMap<String, String> {
        fn walk(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let entry = entry.expect("an entry");
                let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
                if entry.path().is_dir() {
                    walk(&entry.path(), &format!("{name}/"), files);
                } else {
                    let text = std::fs::read_to_string(entry.path()).expect("a text");
                    files.insert(name, text);
                }
            }
        }
        let mut files = BTreeMap::new();
        walk(folder, "", &mut files);
        files
    }

    fn prepare(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("declare-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("b")).expect("a folder");
        std::fs::write(folder.join("a.rs"), "old a").expect("a file");
        std::fs::write(folder.join("b/gone.rs"), "old b").expect("a file");
        folder
    }

    #[test]
    fn an_interrupted_run_leaves_the_old_state_or_the_new_one() {
        let changes = changes();
        let folder = prepare("kill");
        let old = state(&folder);
        commit(&folder, &changes, &mut || Ok(())).expect("written");
        let new = state(&folder);
        assert_eq!(new.keys().collect::<Vec<_>>(), ["a.rs", "c/d.rs", "declare.lock"]);
        let (mut saw_old, mut saw_new, mut step) = (0, 0, 0);
        loop {
            let folder = prepare("kill");
            let mut left = step;
            let killed = commit(&folder, &changes, &mut || {
                if left == 0 {
                    return Err(io::ErrorKind::Interrupted.into());
                }
                left -= 1;
                Ok(())
            });
            recover(&folder).expect("recovered");
            let now = state(&folder);
            assert!(now == old || now == new, "step {step}: {now:?}");
            saw_old += usize::from(now == old);
            saw_new += usize::from(now == new);
            if killed.is_ok() {
                break;
            }
            step += 1;
        }
        assert!(saw_old >= 5 && saw_new >= 5, "{saw_old} old, {saw_new} new");
        std::fs::remove_dir_all(&folder).expect("cleaned");
    }

    const CHILD_FOLDER: &str = "DECLARE_TEST_FOLDER";
    const CHILD_STEP: &str = "DECLARE_TEST_STEP";

    fn changes() -> [Change; 4] {
        let write = |path: &str, text: &str| Change::Write { path: path.into(), text: text.into() };
        [
            write("a.rs", "new a"),
            write("c/d.rs", "new d"),
            Change::Remove { path: "b/gone.rs".into() },
            write("declare.lock", "new lock"),
        ]
    }

    #[test]
    #[ignore = "the process that `a_killed_process_leaves_the_old_state_or_the_new_one` kills"]
    fn child_that_is_killed() {
        let folder = std::env::var_os(CHILD_FOLDER).expect("a folder");
        let step = std::env::var(CHILD_STEP).expect("a step");
        let mut left: usize = step.parse().expect("a number");
        let written = commit(Path::new(&folder), &changes(), &mut || {
            if left == 0 {
                println!("\nat the step");
                loop {
                    std::thread::park();
                }
            }
            left -= 1;
            Ok(())
        });
        written.expect("written");
    }

    #[test]
    fn a_killed_process_leaves_the_old_state_or_the_new_one() {
        use std::io::BufRead;
        use std::process::{Command, Stdio};
        let reference = prepare("kill9");
        let old = state(&reference);
        commit(&reference, &changes(), &mut || Ok(())).expect("written");
        let new = state(&reference);
        let (mut saw_old, mut saw_new) = (0, 0);
        for step in 0.. {
            let folder = prepare("kill9");
            let mut child = Command::new(std::env::current_exe().expect("this test"))
                .args(["output::commit::tests::child_that_is_killed", "--exact", "--ignored"])
                .arg("--nocapture")
                .env(CHILD_FOLDER, &folder)
                .env(CHILD_STEP, step.to_string())
                .stdout(Stdio::piped())
                .spawn()
                .expect("a child");
            let output = io::BufReader::new(child.stdout.take().expect("its output"));
            let stopped = output.lines().map_while(Result::ok).any(|line| line == "at the step");
            let _ = child.kill();
            child.wait().expect("its end");
            recover(&folder).expect("recovered");
            let now = state(&folder);
            assert!(now == old || now == new, "step {step}: {now:?}");
            saw_old += usize::from(now == old);
            saw_new += usize::from(now == new);
            if !stopped {
                assert_eq!(now, new, "a run that is not killed writes everything");
                break;
            }
        }
        assert!(saw_old >= 5 && saw_new >= 5, "{saw_old} old, {saw_new} new");
        std::fs::remove_dir_all(&reference).expect("cleaned");
    }

    #[test]
    fn a_failure_changes_nothing() {
        let folder = prepare("fail");
        let old = state(&folder);
        let changes = [
            Change::Write { path: "a.rs".into(), text: "new".into() },
            // A file is in the way of the folder.
            Change::Write { path: "a.rs/x.rs".into(), text: "new".into() },
        ];
        commit(&folder, &changes, &mut || Ok(())).expect_err("no folder");
        assert_eq!(state(&folder), old);
        std::fs::remove_dir_all(&folder).expect("cleaned");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_modes_stay() {
        use std::os::unix::fs::PermissionsExt;
        let folder = prepare("link");
        std::fs::rename(folder.join("a.rs"), folder.join("real.rs")).expect("moved");
        std::os::unix::fs::symlink("real.rs", folder.join("a.rs")).expect("a link");
        let mode = std::fs::Permissions::from_mode(0o640);
        std::fs::set_permissions(folder.join("real.rs"), mode).expect("a mode");
        let changes = [Change::Write { path: "a.rs".into(), text: "new".into() }];
        commit(&folder, &changes, &mut || Ok(())).expect("written");
        assert!(folder.join("a.rs").is_symlink());
        assert_eq!(std::fs::read_to_string(folder.join("real.rs")).expect("a text"), "new");
        let mode = std::fs::metadata(folder.join("real.rs")).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        // A link to a file that is yet to be written.
        std::os::unix::fs::symlink("later.rs", folder.join("b.rs")).expect("a link");
        let changes = [Change::Write { path: "b.rs".into(), text: "new".into() }];
        commit(&folder, &changes, &mut || Ok(())).expect("written");
        assert!(folder.join("b.rs").is_symlink());
        assert_eq!(std::fs::read_to_string(folder.join("later.rs")).expect("a text"), "new");
        std::fs::remove_dir_all(&folder).expect("cleaned");
    }
}
