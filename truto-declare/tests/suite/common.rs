//! Folders, runs of the command, and packages that use its output.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Asserts that a text has each of the parts.
#[track_caller]
pub(crate) fn assert_has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
}

/// An empty folder for one test.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        if path.exists() {
            fs::remove_dir_all(&path).expect("an empty place");
        }
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.0.join(file);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// Writes an executable shell script.
    ///
    /// Another process writes it: while this one does, a child that another test starts would hold the
    /// file open for a moment, and a file that is open for writing cannot be executed.
    #[cfg(unix)]
    pub(crate) fn write_script(&self, file: &str, script: &str) -> PathBuf {
        let path = self.0.join(file);
        let text = format!("{file}.txt");
        self.write(&text, &format!("#!/bin/sh\n{script}\n"));
        let copied = Command::new("sh")
            .args(["-c", "cat \"$1\" > \"$2\" && chmod 755 \"$2\"", "sh", &text, file])
            .current_dir(&self.0)
            .status();
        assert!(copied.expect("a shell").success(), "{file}");
        path
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    pub(crate) fn has(&self, file: &str) -> bool {
        self.0.join(file).exists()
    }

    pub(crate) fn run(&self, arguments: &str) -> Ran {
        self.run_with(arguments, |command| command)
    }

    /// Runs the command in another environment.
    pub(crate) fn run_with(
        &self,
        arguments: &str,
        change: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_truto-declare"));
        command
            .args(arguments.split_whitespace())
            .current_dir(&self.0)
            .env_remove("TRUTO_API_TOKEN");
        Ran(change(&mut command).output().expect("the command"))
    }
}

pub(crate) struct Ran(Output);

impl Ran {
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        let (out, err) = (self.out(), self.err());
        assert_eq!(self.0.status.code(), Some(code), "{out}\n{err}");
        self
    }

    pub(crate) fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).expect("UTF-8")
    }

    pub(crate) fn err(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).expect("UTF-8")
    }

    /// Compares all that was printed to standard output.
    #[track_caller]
    pub(crate) fn prints(self, words: &str) -> Self {
        assert_eq!(self.out(), words);
        self
    }

    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Self {
        let all = format!("{}\n{}", self.out(), self.err());
        assert!(all.contains(words), "no {words:?} in\n{all}");
        self
    }
}

/// A package that declares with the command and is built with this workspace's runtime.
pub(crate) struct Scratch {
    pub(crate) folder: Folder,
}

impl Scratch {
    /// An empty library; `lints` are lines of its `Cargo.toml`.
    pub(crate) fn new(name: &str, lints: &str) -> Self {
        let folder = Folder::new(name);
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace");
        let manifest = format!(
            "[package]\nname = {name:?}\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n\
             [dependencies]\ntruto-core = {{ path = {:?}, default-features = false, features = [\"macros\"] }}\n\
             serde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\n\
             jiff = {{ version = \"1\", features = [\"serde\"] }}\n{lints}",
            workspace.join("truto-core").display().to_string()
        );
        folder.write("Cargo.toml", &manifest);
        // A user's package has rustfmt's defaults, not this workspace's settings.
        folder.write("rustfmt.toml", "");
        folder.write("src/lib.rs", "//! Declared.\n\npub mod truto;\n");
        fs::copy(workspace.join("Cargo.lock"), folder.0.join("Cargo.lock")).expect("a lock file");
        Self { folder }
    }

    /// Runs cargo and returns what it printed; all packages share one target folder.
    #[track_caller]
    pub(crate) fn cargo(&self, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(&self.folder.0)
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("build"))
            .env_remove("RUSTFLAGS")
            .env_remove("RUSTDOCFLAGS")
            .output()
            .expect("cargo");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "cargo {arguments:?}\n{out}\n{err}");
        out
    }

    /// `clippy` where the toolchain has it, else `check`.
    pub(crate) fn lint(&self, flags: &[&str]) {
        let has_clippy = Command::new(env!("CARGO")).args(["clippy", "--version"]).output();
        if has_clippy.is_ok_and(|output| output.status.success()) {
            self.cargo(&[&["clippy", "--quiet", "--offline", "--"], flags].concat());
        } else {
            self.cargo(&["check", "--quiet", "--offline"]);
        }
    }
}
