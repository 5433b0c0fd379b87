//! Time and memory of inputs that invite quadratic work: `cargo bench -p truto-declare --bench extremes`.
//!
//! Each has to take less than three seconds of processor time, rustfmt included, and 400 MB. Names of inputs as arguments select some.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

const MAX_TIME: Duration = Duration::from_secs(3);
const MAX_MEMORY: u64 = 400 << 20;

fn model(resources: impl IntoIterator<Item = (String, Value)>) -> String {
    let resource = |(segment, schema)| (segment, json!({"schema": schema, "methods": ["list"]}));
    let resources: Map<String, Value> = resources.into_iter().map(resource).collect();
    json!({"result": [{"name": "m", "resources": resources}]}).to_string()
}

fn record(fields: impl IntoIterator<Item = (String, Value)>) -> Value {
    let fields: Map<String, Value> = fields.into_iter().collect();
    json!({"type": "object", "properties": fields})
}

fn one(schema: Value) -> String {
    model([("records".to_owned(), schema)])
}

fn text() -> Value {
    json!({"type": "string"})
}

/// Different names that are one name in Rust's style.
fn colliding(count: usize) -> impl Iterator<Item = String> {
    let part = |n: usize, bit: usize| if n >> bit & 1 == 0 { "a-" } else { "a_" };
    (0..count).map(move |n| (0..17).map(|bit| part(n, bit)).collect())
}

fn catalog() -> String {
    let field = |n: usize| json!({"name": format!("field_{n}"), "type": "string"});
    let fields: Vec<Value> = (0..100_000).map(field).collect();
    json!({"format": "truto-unified-model/1", "model": "m", "resources": [{"segment": "records",
        "methods": [{"http": "GET", "path": "/unified/m/records"}], "schema": fields}]})
    .to_string()
}

fn page() -> String {
    let mut page = "# R Object\n\n> Source: x\n\n## Properties\n\n".to_owned();
    for n in 0..100_000 {
        let _ = writeln!(page, "- **`field_{n}`** _(string)_\n  Its text.");
    }
    page.push_str("\n## Methods\n\n- [GET /unified/m/records](x) — List\n");
    page
}

fn index() -> String {
    let mut page = "# M\n\n> Source: x\n\n## Resources\n\n".to_owned();
    for n in 0..100_000 {
        let _ = writeln!(page, "- [POST /unified/m/r{}/do-{n}](x) — Do", n % 400);
    }
    page
}

fn methods() -> String {
    let names: Vec<String> = (0..100_000).map(|n| format!("do-{n}")).collect();
    json!({"result": [{"name": "m", "resources": {"records": {"schema": record([("id".to_owned(), text())]), "methods": names}}}]})
        .to_string()
}

/// Each level names the next one twice.
fn doubling() -> String {
    let level = |n: usize| {
        let next = json!({"$ref": format!("#/definitions/l{}", n + 1)});
        (format!("l{n}"), record([("x".to_owned(), next.clone()), ("y".to_owned(), next)]))
    };
    let resource = |n: usize| {
        let definitions: Map<String, Value> = (0..20).map(level).collect();
        let schema = json!({"type": "object", "definitions": definitions,
            "properties": {"a": {"$ref": "#/definitions/l0"}}});
        (format!("records_{n}"), schema)
    };
    model((0..40).map(resource))
}

/// Each field is a `$ref` to a definition of its own.
fn references() -> String {
    let field = |n: usize| (format!("field_{n}"), json!({"$ref": format!("#/definitions/d{n}")}));
    let mut schema = record((0..100_000).map(field));
    let definitions: Map<String, Value> = (0..100_000).map(|n| (format!("d{n}"), text())).collect();
    schema["definitions"] = definitions.into();
    one(schema)
}

/// Each part adds one field.
fn parts() -> String {
    let part = |n: usize| record([(format!("field_{n}"), text())]);
    one(json!({"allOf": (0..100_000).map(part).collect::<Vec<_>>()}))
}

/// A catalog that lists one resource many times.
fn entries() -> String {
    let entry = |n: usize| {
        json!({"segment": "records",
            "methods": [{"http": "GET", "path": "/unified/m/records"}],
            "schema": [{"name": format!("field_{n}"), "type": "string"}]})
    };
    let entries: Vec<Value> = (0..100_000).map(entry).collect();
    json!({"format": "truto-unified-model/1", "model": "m", "resources": entries}).to_string()
}

/// A file for each resource.
fn resources() -> String {
    model((0..2_000).map(|n| (format!("records_{n}"), record([("id".to_owned(), text())]))))
}

/// An enum for each field; one of them has `last` as a word.
fn enums(last: &str) -> String {
    let field = |n: usize| {
        let last = if n == 50_000 { last } else { "closed" };
        (format!("state_{n}"), json!({"type": "string", "enum": ["open", format!("w{n}"), last]}))
    };
    one(record((0..100_000).map(field)))
}

/// A record for each field; one of them has a field called `last`.
fn records(last: &str) -> String {
    let field = |n: usize| {
        let last = if n == 50_000 { last } else { "name" };
        let fields = [(format!("field_{n}"), text()), (last.to_owned(), text())];
        (format!("part_{n}"), record(fields))
    };
    one(record((0..100_000).map(field)))
}

/// Each field is a `$ref` to one definition.
fn shared(definition: &Value) -> String {
    let field = |n: usize| (format!("field_{n}"), json!({"$ref": "#/definitions/d"}));
    let mut schema = record((0..100_000).map(field));
    schema["definitions"] = json!({"d": definition});
    one(schema)
}

/// A coverage page with as many lines.
fn coverage() -> String {
    let mut page = "# M Coverage\n\n> Source: https://x/unified-m-api/coverage\n\n".to_owned();
    for n in 0..100_000 {
        let _ = writeln!(page, "- **R{}**: list, do-{n}", n % 400);
    }
    page
}

/// The resources of [`coverage`].
fn covered() -> String {
    model((0..400).map(|n| (format!("r{n}"), record([("id".to_owned(), text())]))))
}

/// As many keys with an effect as without one.
fn settings() -> String {
    let mut config = "[fields]\n".to_owned();
    for n in 0..50_000 {
        let _ = writeln!(config, "\"records.field_{n}\" = \"u64\"");
    }
    config.push_str("[types]\n");
    for n in 0..50_000 {
        let _ = writeln!(config, "\"records.field_{n}\" = \"Type{n}\"");
    }
    config
}

/// One chain of objects, each with many fields.
fn nested() -> String {
    let level = |inner: Value, level: usize| {
        let fields = (0..1_000).map(|n| (format!("field_{level}_{n}"), text()));
        record(fields.chain([("next".to_owned(), inner)]))
    };
    one((0..50).fold(text(), level))
}

struct Input {
    name: &'static str,
    text: String,
    /// The input of a run before it; the run is a `--check` then.
    before: Option<String>,
    /// Another file, and the argument for it.
    beside: Option<(&'static str, String)>,
    exit: i32,
}

impl Input {
    fn new(name: &'static str, text: String) -> Self {
        Self { name, text, before: None, beside: None, exit: 0 }
    }

    fn after(self, before: String) -> Self {
        Self { before: Some(before), exit: 1, ..self }
    }

    fn beside(self, file: &'static str, text: String) -> Self {
        Self { beside: Some((file, text)), ..self }
    }
}

fn inputs() -> Vec<Input> {
    let numbered = |n: usize| (format!("field_{n}"), text());
    let names: Vec<String> = (0..100_000).map(|n| format!("field_{n}")).collect();
    let mut listed = record([numbered(0)]);
    listed["required"] = json!(names);
    let mut required = record((0..100_000).map(numbered));
    required["required"] = json!(names);
    let names = |count| one(record(colliding(count).map(|name| (name, text()))));
    let state = |count| {
        let words: Vec<String> = colliding(count).collect();
        one(record([("state".to_owned(), json!({"type": "string", "enum": words}))]))
    };
    let unknown = |n: usize| (format!("field_{n}"), json!({"type": "money"}));
    let words: Vec<String> = (0..100).map(|n| format!("word_{n}")).collect();
    let described = json!({"type": "string", "description": "Its long text. ".repeat(300)});
    vec![
        Input::new("required", one(listed)),
        Input::new("required-fields", one(required)),
        Input::new("fields", one(record((0..100_000).map(numbered)))),
        Input::new("catalog", catalog()),
        Input::new("page", page()),
        Input::new("index", index()),
        Input::new("methods", methods()),
        Input::new("names", names(100_000)),
        Input::new("words", state(100_000)),
        Input::new("references", references()),
        Input::new("shared-enum", shared(&json!({"type": "string", "enum": words}))),
        Input::new("shared-description", shared(&record([("a".to_owned(), described)]))),
        Input::new("parts", parts()),
        Input::new("entries", entries()),
        Input::new("coverage", coverage()).beside("model.json", covered()),
        Input::new("settings", one(record((0..100_000).map(numbered))))
            .beside("--config=declare.toml", settings()),
        Input::new("warnings", one(record((0..100_000).map(unknown)))),
        Input::new("nested", nested()),
        Input::new("resources", resources()),
        Input::new("enums", enums("closed")),
        Input::new("check-enums", enums("locked")).after(enums("closed")),
        Input::new("records", records("name")),
        Input::new("check-records", records("title")).after(records("name")),
        Input { exit: 3, ..Input::new("check-names", names(100_000)).after(names(99_999)) },
        Input { exit: 3, ..Input::new("check-words", state(100_000)).after(state(99_999)) },
        Input { exit: 2, ..Input::new("doubling", doubling()) },
    ]
}

/// The resources that a run of the command took.
struct Usage {
    elapsed: Duration,
    /// Processor time of the command, and of the formatters that it ran.
    own: Duration,
    rustfmt: Duration,
    /// The most memory that the command held.
    memory: u64,
    exit: i32,
}

impl Usage {
    /// Processor time, which does not depend on the load of the machine; elapsed time where it is not known.
    fn time(&self) -> Duration {
        let time = self.own + self.rustfmt;
        if time.is_zero() { self.elapsed } else { time }
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Usage {
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_truto-declare"))
        .args(arguments)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command");
    let (mut memory, mut times) = (0, [Duration::ZERO; 2]);
    // A process that has ended keeps its times until its exit code is read; without `/proc`, nothing is known.
    while let Some(words) = stat(child.id()) {
        memory = memory.max(peak(child.id()));
        times = processor_times(&words).unwrap_or(times);
        if words.first().is_some_and(|state| state == "Z") {
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let exit = child.wait().expect("its end").code().unwrap_or(-1);
    Usage { elapsed: started.elapsed(), own: times[0], rustfmt: times[1], memory, exit }
}

/// The words of `/proc/<process>/stat` from the state of the process on.
fn stat(process: u32) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    Some(text.rsplit_once(") ")?.1.split(' ').map(str::to_owned).collect())
}

/// User and system time of a process, and of its children that have ended.
fn processor_times(words: &[String]) -> Option<[Duration; 2]> {
    // In ticks, of which Linux has a hundred per second.
    let sum = |from: usize| -> Option<Duration> {
        let ticks: u64 =
            words.get(from)?.parse::<u64>().ok()? + words.get(from + 1)?.parse::<u64>().ok()?;
        Some(Duration::from_millis(ticks * 10))
    };
    Some([sum(11)?, sum(13)?])
}

/// Peak memory of a process so far; 0 without `/proc`.
fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or(0) << 10
}

fn main() {
    let selected: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("extremes");
    let mut slow = false;
    for Input { name, text, before, beside, exit } in inputs() {
        if !selected.is_empty() && selected.iter().all(|one| one != name) {
            continue;
        }
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = if text.starts_with('{') { "input.json" } else { "input.md" };
        let mut arguments = vec![file, "--out", "out"];
        if let Some((argument, text)) = beside {
            let file = argument.trim_start_matches("--config=");
            std::fs::write(folder.join(file), text).expect("a file");
            arguments.push(argument);
        }
        if let Some(before) = before {
            std::fs::write(folder.join(file), before).expect("a file");
            assert_eq!(run(&folder, &arguments).exit, 0, "{name}");
            arguments.push("--check");
        }
        std::fs::write(folder.join(file), &text).expect("a file");
        let usage = run(&folder, &arguments);
        let over = usage.time() > MAX_TIME || usage.memory > MAX_MEMORY;
        slow |= over;
        println!(
            "{name}: {} KB in {} ms of processor time, {} ms of rustfmt, {} ms elapsed, {} MB{}",
            text.len() >> 10,
            usage.own.as_millis(),
            usage.rustfmt.as_millis(),
            usage.elapsed.as_millis(),
            usage.memory >> 20,
            if over { " (too much)" } else { "" }
        );
        assert_eq!(usage.exit, exit, "{name}");
    }
    assert!(!slow, "an input takes more than {MAX_TIME:?} of processor time or 400 MB");
}
