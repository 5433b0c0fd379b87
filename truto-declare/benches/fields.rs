//! Time for a schema of 10,000 fields: `cargo bench -p truto-declare`.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde_json::{Map, Value, json};

/// A model of `resources` resources with `fields` fields each, nested objects and enums among them.
fn model(resources: usize, fields: usize) -> Value {
    let field = |n: usize| match n % 10 {
        0 => json!({"type": "string", "enum": [format!("a{n}"), format!("b{n}")]}),
        1 => json!({"type": "object", "properties": {
            "id": {"type": "string"}, format!("name_{}", n % 50): {"type": "string"}}}),
        2 => {
            json!({"type": "array", "items": {"type": "string"}, "description": "Some words on it."})
        }
        _ => json!({"type": "string", "description": "What it says."}),
    };
    let resource = |index: usize| {
        let fields: Map<String, Value> =
            (0..fields).map(|n| (format!("field_{n}"), field(n + index))).collect();
        let schema = json!({"type": "object", "properties": fields});
        let mapping = json!({"x": {"list": {}, "get": {}, "create": {}}});
        (format!("records_{index}"), json!({"schema": schema, "integration_mapping": mapping}))
    };
    let resources: Map<String, Value> = (0..resources).map(resource).collect();
    json!({"result": [{"name": "wide", "resources": resources}]})
}

fn main() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fields");
    std::fs::create_dir_all(&folder).expect("a folder");
    for (resources, fields) in [(1, 100), (1, 10_000), (100, 100)] {
        let text = model(resources, fields).to_string();
        std::fs::write(folder.join("wide.json"), text).expect("a file");
        let mut times: Vec<u128> = (0..5)
            .map(|_| {
                // Each run writes every file.
                let _ = std::fs::remove_dir_all(folder.join("out"));
                let started = Instant::now();
                let output = Command::new(env!("CARGO_BIN_EXE_truto-declare"))
                    .args(["wide.json", "--out", "out"])
                    .current_dir(&folder)
                    .output()
                    .expect("the command");
                assert!(output.status.success());
                started.elapsed().as_millis()
            })
            .collect();
        times.sort_unstable();
        println!("{resources} resources of {fields} fields: {} ms (median of 5)", times[2]);
    }
}
