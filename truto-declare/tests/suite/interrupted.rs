//! Runs that are killed, and runs at the same time.

use std::collections::BTreeMap;
use std::fs;
#[cfg(unix)]
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
#[cfg(unix)]
use std::time::Duration;
use std::time::Instant;

use serde_json::{Map, Value, json};

use crate::common::Folder;

/// A model of many resources, so that writing takes a while.
fn model(field: &str) -> String {
    let resource = |n: usize| {
        let schema = json!({"type": "object", "properties": {"id": {"type": "string"}, field: {"type": "string"}}});
        (format!("records_{n}"), json!({"schema": schema, "methods": ["list"]}))
    };
    let resources: Map<String, Value> = (0..40).map(resource).collect();
    json!({"result": [{"name": "wide", "resources": resources}]}).to_string()
}

fn state(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let text = fs::read_to_string(entry.path()).expect("a text");
        files.insert(entry.file_name().to_string_lossy().into_owned(), text);
    }
    files
}

fn command(folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_truto-declare"));
    command
        .args(arguments)
        .current_dir(&folder.0)
        // Formatting would take most of the time.
        .env("RUSTFMT", "no-such-command")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

#[test]
fn a_killed_run_leaves_the_old_state_or_the_new_one() {
    let folder = Folder::new("killed");
    let (out, old_files) = (folder.0.join("src/truto"), folder.0.join("old"));
    let finish = |arguments: &[&str]| {
        command(&folder, arguments).status().expect("the command").code().expect("a code")
    };
    folder.write("new.json", &model("new"));
    folder.write("old.json", &model("old"));
    let started = Instant::now();
    assert_eq!(finish(&["new.json"]), 0);
    let whole = started.elapsed();
    let new = state(&out);
    fs::remove_dir_all(&out).expect("removed");
    assert_eq!(finish(&["old.json"]), 0);
    let old = state(&out);
    fs::rename(&out, &old_files).expect("moved");
    // The later part of a run is the writing.
    let kills = 24;
    for kill in 0..kills {
        let _ = fs::remove_dir_all(&out);
        fs::create_dir_all(&out).expect("a folder");
        for (name, text) in &old {
            fs::write(out.join(name), text).expect("a file");
        }
        let mut child = command(&folder, &["new.json"]).spawn().expect("the command");
        std::thread::sleep(whole * (kills + kill) / (2 * kills));
        let _ = child.kill();
        child.wait().expect("its end");
        // `--check` completes what is left to do, and clears away what is of no use.
        let code = finish(&["new.json", "--check"]);
        let now = state(&out);
        assert!(now.keys().all(|name| !name.starts_with('.')), "{:?}", now.keys());
        match code {
            0 => assert_eq!(now, new),
            _ => assert_eq!(now, old),
        }
        assert_eq!(finish(&["new.json"]), 0);
        assert_eq!(state(&out), new);
    }
}

#[cfg(unix)]
#[test]
fn a_second_run_waits_and_names_the_first() {
    let folder = Folder::new("at-once");
    folder.write("m.json", &model("a"));
    // This formatter leaves a mark when it starts, while the run holds the folder, and waits for another mark.
    let script = "touch \"$DECLARE_TEST_MARK\"\n\
        while [ ! -e \"$DECLARE_TEST_MARK.end\" ]; do sleep 0.05; done";
    let slow = folder.write_script("slow-rustfmt", script);
    let mark = folder.0.join("mark");
    let mut first = command(&folder, &["m.json"])
        .env("RUSTFMT", &slow)
        .env("DECLARE_TEST_MARK", &mark)
        .spawn()
        .expect("the command");
    let started = Instant::now();
    while !mark.exists() {
        assert!(started.elapsed() < Duration::from_secs(60), "the first run does not write");
        std::thread::sleep(Duration::from_millis(10));
    }
    let mut second = command(&folder, &["m.json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command");
    let mut line = String::new();
    let mut errors = BufReader::new(second.stderr.take().expect("its errors"));
    errors.read_line(&mut line).expect("a line");
    assert_eq!(line, format!("waiting for another run (process {}) …\n", first.id()));
    folder.write("mark.end", "");
    assert!(first.wait().expect("its end").success());
    let second = second.wait_with_output().expect("its end");
    assert_eq!(second.status.code(), Some(0));
    let out = String::from_utf8(second.stdout).expect("UTF-8");
    assert!(out.contains("nothing changed"), "{out}");
    // A run that waits no longer than it has to leaves nothing behind.
    assert!(state(&folder.0.join("src/truto")).keys().all(|name| !name.starts_with('.')));
}
