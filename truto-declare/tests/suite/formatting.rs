//! rustfmt: the settings it reads, the number of its processes, and its failures.
#![cfg(unix)]

use std::fs;
use std::process::Command;

use serde_json::{Map, Value, json};

use crate::common::{Folder, Ran};

fn model(count: usize, description: &str) -> String {
    let schema = json!({"type": "object", "properties": {
        "id": {"type": "string"},
        "name": {"type": "string", "description": description},
    }});
    let resource =
        |n: usize| (format!("records_{n}"), json!({"schema": schema, "methods": ["list"]}));
    let resources: Map<String, Value> = (0..count).map(resource).collect();
    json!({"result": [{"name": "wide", "resources": resources}]}).to_string()
}

/// Runs the command with a shell script in place of rustfmt.
fn run(folder: &Folder, script: &str, arguments: &str) -> Ran {
    folder.write_script("rustfmt.sh", script);
    // A relative path is relative to the folder of the run.
    folder.run_with(arguments, |command| command.env("RUSTFMT", "./rustfmt.sh"))
}

fn has_rustfmt() -> bool {
    Command::new("rustfmt").arg("--version").output().is_ok_and(|output| output.status.success())
}

#[test]
fn formats_many_files_in_few_processes() {
    let folder = Folder::new("processes");
    folder.write("m.json", &model(250, "A name."));
    let mark = folder.0.join("processes").display().to_string();
    run(&folder, &format!("echo one >> '{mark}'"), "m.json").exits(0);
    let processes = folder.read("processes").lines().count();
    assert!((3..=6).contains(&processes), "{processes}");
    // A run that changes one file formats that file, and a run that changes none formats none.
    folder.write("m.json", &model(250, "A name.").replacen("A name.", "Another one.", 1));
    let count = format!("echo \"$@\" | tr ' ' '\\n' | grep -c '[.]rs$' >> '{mark}.files'");
    run(&folder, &count, "m.json").exits(0);
    run(&folder, &count, "m.json").exits(0).says("nothing changed");
    assert_eq!(folder.read("processes.files"), "1\n");
}

#[test]
fn uses_the_rustfmt_settings_of_the_folder() {
    if !has_rustfmt() {
        return;
    }
    let folder = Folder::new("settings-of-rustfmt");
    folder.write("m.json", &model(3, "A name."));
    folder.write("rustfmt.toml", "hard_tabs = true\n");
    folder.run("m.json").exits(0);
    assert!(folder.read("src/truto/records_0.rs").contains("\n\tpub id: Option<Id>,\n"));
    let modules = folder.read("src/truto/mod.rs");
    assert!(modules.contains("pub use self::records_0::Records0;"), "{modules}");
    // Nearer settings win, and other settings change nothing.
    folder.write("src/.rustfmt.toml", "tab_spaces = 2\n");
    folder.run("m.json --check").exits(0);
    fs::remove_file(folder.0.join("src/truto/records_0.rs")).expect("a file");
    folder.run("m.json").exits(0);
    assert!(folder.read("src/truto/records_0.rs").contains("\n  pub id: Option<Id>,\n"));
}

#[test]
fn warns_if_the_formatter_fails() {
    let folder = Folder::new("failing-rustfmt");
    folder.write("m.json", &model(3, "A name."));
    folder.run_with("m.json", |command| command.env("RUSTFMT", "cat")).exits(0);
    let plain = folder.read("src/truto/records_0.rs");
    let edit = "for file in \"$@\"; do case $file in *.rs) sed -i -e 's/pub id/pub(crate) id/' \"$file\";; esac; done";
    let empty = "for file in \"$@\"; do case $file in *.rs) : > \"$file\";; esac; done";
    for (script, warning) in [
        (
            "echo >&2; echo 'bad settings' >&2; exit 3",
            "rustfmt failed: bad settings; `mod.rs` and 3 more files are written without it",
        ),
        ("exit 3", "rustfmt failed: exit status: 3; `mod.rs` and 3 more"),
        (
            edit,
            "rustfmt would change the code; `records_0.rs` and 2 more files are written without it",
        ),
        (empty, "rustfmt would change the code; `mod.rs` and 3 more"),
        (&format!("{empty}; exit 1"), "rustfmt failed: exit status: 1; `mod.rs` and 3 more"),
    ] {
        fs::remove_dir_all(folder.0.join("src")).expect("a folder");
        let ran = run(&folder, script, "m.json").exits(0).says(warning);
        assert_eq!(ran.err().lines().count(), 1, "{}", ran.err());
        assert_eq!(folder.read("src/truto/records_0.rs"), plain);
        run(&folder, script, "m.json --check").exits(0);
    }
    fs::remove_dir_all(folder.0.join("src")).expect("a folder");
    let missing = |arguments: &str| {
        folder.run_with(arguments, |command| command.env("RUSTFMT", "no-such-rustfmt"))
    };
    missing("m.json").exits(0).says("rustfmt cannot run: `no-such-rustfmt`: ");
    fs::remove_dir_all(folder.0.join("src")).expect("a folder");
    assert_eq!(missing("m.json -q").exits(0).err(), "");
    fs::remove_dir_all(folder.0.join("src")).expect("a folder");
    // A machine without rustfmt is an ordinary one.
    let ran = folder.run_with("m.json", |command| command.env("PATH", "/nowhere")).exits(0);
    assert_eq!(ran.err(), "");
    assert_eq!(folder.read("src/truto/records_0.rs"), plain);
}

#[test]
fn a_file_that_is_too_long_for_rustfmt_is_named() {
    let folder = Folder::new("long-file");
    folder.write("m.json", &model(1, &"word ".repeat(450_000)));
    folder
        .run("m.json")
        .exits(0)
        .says("rustfmt takes seconds for files of over 2 MB; `records_0.rs` is written without it");
    folder.run("m.json --check").exits(0);
}
