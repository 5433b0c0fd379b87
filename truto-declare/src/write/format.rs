//! Formats with `rustfmt`, where the machine has one.
//!
//! The files are formatted in a temporary folder, many by one process: starting rustfmt takes longer
//! than formatting a hundred small files.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::fingerprint;

/// Longer files are written as prettyplease prints them: rustfmt would take seconds for each.
const MAX_LENGTH: usize = 2 << 20;
/// The files of one process; the limit also bounds the length of its command line.
const MAX_FILES: usize = 100;
/// The text of one process; the limit divides a long run among all cores.
const MAX_BATCH: usize = 256 << 10;
/// The time for all files of a run, since a formatter may hang.
const MAX_TIME: Duration = Duration::from_secs(60);

/// A file as prettyplease prints it.
#[derive(Debug)]
pub(crate) struct Printed {
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) fingerprint: String,
}

/// Formats the files in the style of the folder; returns a warning for those that are left unformatted.
///
/// A machine without rustfmt causes a warning only if `RUSTFMT` names a command.
pub(crate) fn format_all(files: &mut [Printed], folder: &Path) -> Vec<String> {
    let mut failures = Failures::default();
    let mut open: Vec<&mut Printed> = Vec::new();
    for file in files {
        if file.text.len() > MAX_LENGTH {
            failures.add("takes seconds for files of over 2 MB", &file.path);
        } else {
            open.push(file);
        }
    }
    if let Some(formatter) = (!open.is_empty()).then(|| Formatter::new(folder)) {
        match formatter {
            Ok(formatter) => formatter.run(open, &mut failures),
            Err(error) => failures.add_all(&format!("cannot run: {error}"), &open),
        }
    }
    failures.warnings()
}

/// The reasons for which files are not formatted, each with its files.
#[derive(Default)]
struct Failures(Vec<(String, Vec<String>)>);

impl Failures {
    fn add(&mut self, why: &str, path: &str) {
        match self.0.iter_mut().find(|(known, _)| known == why) {
            Some((_, paths)) => paths.push(path.to_owned()),
            None => self.0.push((why.to_owned(), vec![path.to_owned()])),
        }
    }

    fn add_all(&mut self, why: &str, files: &[&mut Printed]) {
        for file in files {
            self.add(why, &file.path);
        }
    }

    fn warnings(self) -> Vec<String> {
        let warning = |(why, mut paths): (String, Vec<String>)| {
            // The workers finish in any order, and the warning should not change between runs.
            paths.sort();
            let named = match paths.as_slice() {
                [one] => format!("`{one}` is"),
                [one, other] => format!("`{one}` and `{other}` are"),
                [one, others @ ..] => format!("`{one}` and {} more files are", others.len()),
                [] => return why,
            };
            format!("rustfmt {why}; {named} written without it")
        };
        self.0.into_iter().map(warning).map(|line| crate::text::visible(&line)).collect()
    }
}

/// A run of rustfmt over many files.
struct Formatter {
    command: OsString,
    /// `RUSTFMT` names the command, as it does for cargo.
    named: bool,
    /// The output folder, or the nearest one above it: the toolchain of that place formats.
    folder: PathBuf,
    /// The settings of the output folder.
    config: Option<PathBuf>,
    scratch: Scratch,
    deadline: Instant,
}

impl Formatter {
    fn new(folder: &Path) -> io::Result<Self> {
        let named = std::env::var_os("RUSTFMT").filter(|name| !name.is_empty());
        let existing = folder.ancestors().find(|path| path.is_dir());
        let folder = existing.unwrap_or(Path::new(".")).canonicalize()?;
        let scratch = Scratch::new()?;
        let config = config_above(&folder);
        if config.is_none() && config_above(&scratch.0).is_some() {
            // Otherwise rustfmt would use the settings found above the temporary folder.
            fs::write(scratch.0.join("rustfmt.toml"), "")?;
        }
        Ok(Self {
            named: named.is_some(),
            command: named.map_or_else(|| Ok("rustfmt".into()), from_here)?,
            folder,
            config,
            scratch,
            deadline: Instant::now() + MAX_TIME,
        })
    }

    fn run(&self, files: Vec<&mut Printed>, failures: &mut Failures) {
        let batches = batches(files);
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        let workers = workers.min(batches.len());
        let (batches, failures) = (Mutex::new(batches), Mutex::new(failures));
        std::thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    loop {
                        // The lock is not held while a batch is formatted.
                        let Some(mut batch) = lock(&batches).pop() else { break };
                        let failed = self.batch(&mut batch);
                        for (why, index) in failed {
                            lock(&failures).add(&why, &batch[index].path);
                        }
                    }
                });
            }
        });
    }

    /// Formats the files of one process; returns those that are left unformatted, with the reasons.
    fn batch(&self, files: &mut [&mut Printed]) -> Vec<(String, usize)> {
        let all = |why: &str| (0..files.len()).map(|index| (why.to_owned(), index)).collect();
        let (places, problem) = match self.process(files) {
            Ok(done) => done,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !self.named => {
                return Vec::new();
            }
            Err(error) => return all(&format!("cannot run: {error}")),
        };
        let mut failed = Vec::new();
        for (index, (file, place)) in files.iter_mut().zip(places).enumerate() {
            let formatted = fs::read_to_string(place).unwrap_or_default();
            // Guards against a formatter that changes the code, or that was stopped within a file.
            let same = || fingerprint(&formatted).as_ref() == Some(&file.fingerprint);
            if formatted == file.text {
                failed.extend(problem.clone().map(|why| (why, index)));
            } else if same() {
                file.text = formatted;
            } else {
                let why = problem.clone().unwrap_or_else(|| "would change the code".to_owned());
                failed.push((why, index));
            }
        }
        failed
    }

    /// Runs rustfmt on the files; returns their places, and what went wrong.
    fn process(&self, files: &[&mut Printed]) -> io::Result<(Vec<PathBuf>, Option<String>)> {
        let places = self.scratch.write(files)?;
        let errors = self.scratch.next("stderr");
        let mut child = self.spawn(&places, &errors).map_err(|error| {
            let command = self.command.to_string_lossy();
            io::Error::new(error.kind(), format!("`{command}`: {error}"))
        })?;
        let problem = match self.wait(&mut child)? {
            Some(status) if status.success() => None,
            Some(status) => {
                let errors = fs::read(&errors)?;
                let errors = String::from_utf8_lossy(&errors);
                let line = errors.lines().map(str::trim).find(|line| !line.is_empty());
                Some(format!("failed: {}", line.unwrap_or(&status.to_string())))
            }
            None => Some(format!("takes over {} seconds", MAX_TIME.as_secs())),
        };
        Ok((places, problem))
    }

    fn spawn(&self, places: &[PathBuf], errors: &Path) -> io::Result<Child> {
        let mut command = Command::new(&self.command);
        command.args(["--edition", "2024", "--quiet"]);
        if let Some(config) = &self.config {
            command.arg("--config-path").arg(config);
        }
        command
            .args(places)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            // A pipe that is not read until the end would block rustfmt once it is full.
            .stderr(fs::File::create(errors)?)
            .spawn()
    }

    /// Waits for a process; `None` if it was killed at the deadline. Polls, since std cannot wait with
    /// a timeout.
    fn wait(&self, child: &mut Child) -> io::Result<Option<ExitStatus>> {
        let mut pause = Duration::from_millis(1);
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(Some(status));
            }
            if Instant::now() >= self.deadline {
                child.kill()?;
                child.wait()?;
                return Ok(None);
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a relative path absolute, since the command runs in another folder than this process.
fn from_here(command: OsString) -> io::Result<OsString> {
    let path = Path::new(&command);
    if path.components().count() < 2 {
        return Ok(command);
    }
    std::path::absolute(path).map(PathBuf::into_os_string)
}

/// The settings that rustfmt uses for files of the folder, if they are in it or above it.
fn config_above(folder: &Path) -> Option<PathBuf> {
    let named = |folder: &Path| {
        let names = [".rustfmt.toml", "rustfmt.toml"];
        names.iter().map(|name| folder.join(name)).find(|file| file.is_file())
    };
    folder.ancestors().find_map(named)
}

/// The files, divided among processes.
fn batches(files: Vec<&mut Printed>) -> Vec<Vec<&mut Printed>> {
    let mut batches = vec![Vec::new()];
    let mut length = 0;
    for file in files {
        length += file.text.len();
        if let Some(last) = batches.last_mut() {
            // An empty batch takes any file, so that one over the limit gets its own.
            if last.is_empty() || length <= MAX_BATCH && last.len() < MAX_FILES {
                last.push(file);
                continue;
            }
        }
        length = file.text.len();
        batches.push(vec![file]);
    }
    batches
}

/// A temporary folder for the files of a run.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> io::Result<Self> {
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        for attempt in 0.. {
            let name = format!("truto-declare-{}-{attempt}", std::process::id());
            let path = std::env::temp_dir().join(name);
            match builder.create(&path) {
                Ok(()) => return Ok(Self(path)),
                // Left over by a process with the same id.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < 1_000 => {}
                Err(error) => {
                    return Err(io::Error::new(
                        error.kind(),
                        format!("{}: {error}", path.display()),
                    ));
                }
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// A path that no other file has.
    fn next(&self, extension: &str) -> PathBuf {
        // Relaxed suffices below: only distinct numbers matter.
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        self.0.join(format!("{}.{extension}", NEXT.fetch_add(1, Ordering::Relaxed)))
    }

    fn write(&self, files: &[&mut Printed]) -> io::Result<Vec<PathBuf>> {
        let place = |file: &&mut Printed| {
            let modules: Vec<&str> = file.text.lines().filter_map(declared_module).collect();
            let mut place = self.next("rs");
            if !modules.is_empty() {
                // rustfmt looks for the file of each module that a file declares.
                let folder = place.with_extension("");
                fs::create_dir(&folder)?;
                for module in modules {
                    fs::write(folder.join(format!("{module}.rs")), "")?;
                }
                place = folder.join("mod.rs");
            }
            fs::write(&place, &file.text)?;
            Ok(place)
        };
        files.iter().map(place).collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A folder of temporary files that stays is harmless.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The name in a line like `pub mod users;`.
fn declared_module(line: &str) -> Option<&str> {
    let line = line.strip_prefix("pub ").unwrap_or(line);
    line.strip_prefix("mod ")?.strip_suffix(';')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(path: &str, text: &str) -> Printed {
        let fingerprint = fingerprint(text).expect("Rust");
        Printed { path: path.to_owned(), text: text.to_owned(), fingerprint }
    }

    #[test]
    fn files_are_divided_among_processes() {
        let mut files: Vec<Printed> = (0..250).map(|n| printed(&n.to_string(), "")).collect();
        let sizes = |files: &mut [Printed]| -> Vec<usize> {
            batches(files.iter_mut().collect()).iter().map(Vec::len).collect()
        };
        assert_eq!(sizes(&mut files), [100, 100, 50]);
        files.truncate(5);
        for file in &mut files {
            file.text = " ".repeat(MAX_BATCH / 2);
        }
        assert_eq!(sizes(&mut files), [2, 2, 1]);
        files[1].text = " ".repeat(MAX_BATCH * 2);
        assert_eq!(sizes(&mut files), [1, 1, 2, 1]);
    }

    #[cfg(unix)]
    #[test]
    fn a_formatter_that_hangs_is_stopped() {
        let scratch = Scratch::new().expect("a folder");
        let place = scratch.0.clone();
        let script = place.join("rustfmt.sh");
        // Written by another process: a child of another test could hold it open for a moment, and a
        // file that is open for writing cannot be executed.
        let text = r#"printf '#!/bin/sh\nexec sleep 60\n' > "$1" && chmod 755 "$1""#;
        let written = Command::new("sh").args(["-c", text, "sh"]).arg(&script).status();
        assert!(written.expect("a shell").success());
        let formatter = Formatter {
            command: script.into(),
            named: true,
            folder: place.clone(),
            config: None,
            scratch,
            deadline: Instant::now() + Duration::from_millis(50),
        };
        let started = Instant::now();
        let (mut file, mut failures) = (printed("a.rs", "struct A;"), Failures::default());
        formatter.run(vec![&mut file], &mut failures);
        assert!(started.elapsed() < Duration::from_secs(30));
        assert_eq!(file.text, "struct A;");
        let warning = "rustfmt takes over 60 seconds; `a.rs` is written without it";
        assert_eq!(failures.warnings(), [warning]);
        drop(formatter);
        assert!(!place.exists(), "temporary files are removed");
    }

    #[test]
    fn each_reason_is_one_warning_with_its_files() {
        let mut failures = Failures::default();
        for (why, path) in [("hangs", "b.rs"), ("fails", "z.rs"), ("hangs", "a.rs")] {
            failures.add(why, path);
        }
        failures.add("is away", "y.rs");
        failures.add("is away", "x.rs");
        failures.add("is away", "w.rs");
        assert_eq!(
            failures.warnings(),
            [
                "rustfmt hangs; `a.rs` and `b.rs` are written without it",
                "rustfmt fails; `z.rs` is written without it",
                "rustfmt is away; `w.rs` and 2 more files are written without it",
            ]
        );
    }

    #[test]
    fn the_modules_of_a_file_are_found() {
        for (line, expected) in [
            ("mod users;", Some("users")),
            ("pub mod users;", Some("users")),
            ("mod users {", None),
            ("pub use self::users::User;", None),
            ("    mod users;", None),
        ] {
            assert_eq!(declared_module(line), expected, "{line}");
        }
    }
}
