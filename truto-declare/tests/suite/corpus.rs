//! Forty schemas as APIs have them: formatted, linted, compiled, and round-tripped.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common::Scratch;

/// All JSON files below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The examples of the corpus: model, resource, path of the type below the resource, value.
fn examples(corpus: &Path) -> Vec<(String, String, String, Value)> {
    let (mut found, mut examples) = (Vec::new(), Vec::new());
    files(corpus, &mut found);
    for path in found.iter().filter(|path| path.extension().is_some_and(|own| own == "json")) {
        let text = fs::read_to_string(path).expect("a text");
        let json: Value = serde_json::from_str(&text).expect("JSON");
        for model in json["result"].as_array().into_iter().flatten() {
            let name = model["name"].as_str().expect("a name");
            for (segment, resource) in model["resources"].as_object().expect("resources") {
                let example = resource["example"].clone();
                examples.push((name.to_owned(), segment.clone(), String::new(), example));
            }
        }
        let parts: Vec<&str> = path.iter().filter_map(|part| part.to_str()).collect();
        if let [.., "unified", model, segment, "meta", method] = parts.as_slice() {
            for part in ["query", "body"] {
                if let Some(example) = json.get(format!("example_{part}")) {
                    let below = format!(".{}.{part}", method.trim_end_matches(".json"));
                    let own = ((*model).to_owned(), (*segment).to_owned());
                    examples.push((own.0, own.1, below, example.clone()));
                }
            }
        }
    }
    examples
}

/// A program that decodes each example as its type and encodes it again.
fn program(lock: &toml::Table, examples: &[(String, String, String, Value)]) -> String {
    let mut checks = String::new();
    for (model, segment, below, example) in examples {
        let locked = &lock["models"][model.as_str()];
        let resource = &locked["resources"][segment.as_str()];
        let path = format!("{segment}{below}");
        let name = resource["types"][path.as_str()].as_str().expect("a type");
        let folder = locked["folder"].as_str().expect("a folder");
        let example = example.to_string();
        checks.push_str(&format!(
            "    check::<truto::{folder}::{name}>({:?}, {example:?}, {});\n",
            format!("{model} {path}"),
            // A record and a query have `null` for what is missing; a body leaves it out.
            below.rsplit('.').next() != Some("body")
        ));
    }
    PROGRAM.replace("CHECKS", &checks)
}

const PROGRAM: &str = r#"//! Round trips.

mod truto;

use serde_json::Value;

/// Without nulls, and with the texts that `Id` makes of numbers.
fn normal(value: &Value, key: &str) -> Value {
    match value {
        Value::Object(all) => {
            let all = all.iter().filter(|(_, value)| !value.is_null());
            Value::Object(all.map(|(key, value)| (key.clone(), normal(value, key))).collect())
        }
        Value::Array(all) => Value::Array(all.iter().map(|value| normal(value, "")).collect()),
        Value::Number(number) if key == "id" => Value::String(number.to_string()),
        other => other.clone(),
    }
}

fn check<T>(name: &str, example: &str, nulls: bool)
where
    T: serde::Serialize + serde::de::DeserializeOwned + std::fmt::Debug,
{
    let value: T = serde_json::from_str(example).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(!format!("{value:?}").contains("Raw("), "{name} is of another type: {value:?}");
    let back = serde_json::to_value(&value).expect("JSON");
    let example: Value = serde_json::from_str(example).expect("JSON");
    if nulls {
        assert_eq!(normal(&back, ""), normal(&example, ""), "{name}");
    } else {
        assert_eq!(back, example, "{name}");
    }
    println!("{name}");
}

#[allow(clippy::too_many_lines)] // one line for each example
fn main() {
CHECKS}
"#;

#[test]
fn real_schemas_are_formatted_linted_compiled_and_round_trip() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let scratch = Scratch::new("corpus", "");
    let examples = examples(&corpus);
    assert!(examples.iter().filter(|(_, _, below, _)| below.is_empty()).count() >= 40);
    scratch.folder.run(&corpus.display().to_string()).exits(0);

    let lock = scratch.folder.read("src/truto/declare.lock");
    let lock: toml::Table = toml::from_str(&lock).expect("TOML");
    scratch.folder.write("src/main.rs", &program(&lock, &examples));
    let before = generated(&scratch);
    scratch.cargo(&["fmt"]);
    assert_eq!(generated(&scratch), before, "the output is not as rustfmt has it");
    scratch.lint(&["-D", "warnings", "-W", "clippy::pedantic"]);
    let printed = scratch.cargo(&["run", "--quiet", "--offline"]);
    assert_eq!(printed.lines().count(), examples.len(), "{printed}");
    // `cargo fmt` does not count as an edit.
    scratch.folder.run(&format!("{} --check", corpus.display())).exits(0);
}

/// The text of each generated file.
fn generated(scratch: &Scratch) -> BTreeMap<PathBuf, String> {
    let mut found = Vec::new();
    files(&scratch.folder.0.join("src/truto"), &mut found);
    let text = |path: PathBuf| (path.clone(), fs::read_to_string(path).expect("a text"));
    found.into_iter().map(text).collect()
}
