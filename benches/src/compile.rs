//! What an endpoint costs to compile: generated crates of many endpoints, ours and by hand.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Instant;

use crate::clients::Failure;
use crate::report::{Report, thousands};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Ours,
    ByHand,
    Progenitor,
}

impl How {
    fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::ByHand => "by-hand",
            Self::Progenitor => "progenitor",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Ours => "declared with `unified_endpoint`",
            Self::ByHand => "hand-written reqwest, an `async fn` each",
            Self::Progenitor => "progenitor, from OpenAPI",
        }
    }

    /// A crate with so many endpoints on one model, each called from `main`.
    fn source(self, endpoints: usize) -> String {
        let [head, declaration, call, main, arm, end] = self.pieces();
        let each = |piece: &str, number: usize| {
            (0..endpoints)
                .map(|at| {
                    piece
                        .replace("AT", &at.to_string())
                        .replace("NEXT", &(at + number).to_string())
                })
                .collect::<String>()
        };
        let (declarations, calls, arms) = (each(declaration, 0), each(call, 0), each(arm, 2));
        let model = if self == Self::Progenitor { "" } else { MODEL };
        format!("{head}\n{declarations}{model}{calls}{main}{arms}{end}")
    }

    /// Imports, a declaration, a function that calls it, `main` to its match, an arm, the end.
    fn pieces(self) -> [&'static str; 6] {
        match self {
            Self::Ours => [
                "use truto_core::{Account, Client, Error, unified_endpoint};\n",
                "#[unified_endpoint(method = \"GET\", path = \"/unified/m/rAT/<id>\", name = \"get_AT\", response = Self)]\n",
                "async fn call_AT(account: &Account) -> Result<Model, Error> {\n    Model::get_AT(\"x\").exclude_fields([\"a\"]).send(account).await\n}\n",
                "#[tokio::main(flavor = \"current_thread\")]\nasync fn main() -> Result<(), Error> {\n    let account = Client::from_env()?.token_account();\n    match std::env::args().count() {\n",
                "        NEXT => println!(\"{:?}\", call_AT(&account).await?),\n",
                "        _ => println!(\"{account:?}\"),\n    }\n    Ok(())\n}\n",
            ],
            Self::ByHand => [
                "use reqwest::{Client, Error, Url};\n",
                "",
                "async fn get_AT(client: &Client, base: &Url, id: &str, exclude: &[&str]) -> Result<Model, Error> {\n    let mut url = base.clone();\n    url.path_segments_mut().expect(\"a base\").extend([\"unified\", \"m\", \"rAT\", id]);\n    for field in exclude {\n        url.query_pairs_mut().append_pair(\"truto_exclude_fields[]\", field);\n    }\n    let response = client.get(url).bearer_auth(\"token\").header(\"Accept\", \"application/json\").send().await?;\n    response.error_for_status()?.json().await\n}\n",
                "#[tokio::main(flavor = \"current_thread\")]\nasync fn main() -> Result<(), Error> {\n    let client = Client::new();\n    let base = Url::parse(\"http://localhost\").expect(\"a URL\");\n    match std::env::args().count() {\n",
                "        NEXT => println!(\"{:?}\", get_AT(&client, &base, \"x\", &[\"a\"]).await?),\n",
                "        _ => println!(\"{client:?} {base}\"),\n    }\n    Ok(())\n}\n",
            ],
            Self::Progenitor => [
                "progenitor::generate_api!(\"api.json\");\n",
                "",
                "",
                "#[tokio::main(flavor = \"current_thread\")]\nasync fn main() -> Result<(), Box<dyn std::error::Error>> {\n    let client = Client::new(\"http://localhost\");\n    match std::env::args().count() {\n",
                "        NEXT => println!(\"{:?}\", client.get_AT(\"x\", Some(\"a\")).await?),\n",
                "        _ => println!(\"{client:?}\"),\n    }\n    Ok(())\n}\n",
            ],
        }
    }

    /// The same endpoints as an OpenAPI document.
    fn openapi(endpoints: usize) -> String {
        let paths: Vec<String> = (0..endpoints)
            .map(|at| PATH.replace("AT", &at.to_string()))
            .collect();
        OPENAPI.replace("PATHS", &paths.join(","))
    }

    fn manifest(self) -> String {
        let client = match self {
            Self::Ours => format!("truto-core = {{ path = \"{ROOT}/truto-core\" }}"),
            Self::ByHand => format!("reqwest = {{ {REQWEST}, \"json\"] }}"),
            Self::Progenitor => format!(
                "progenitor = \"0.15\"\nreqwest = {{ {REQWEST}, \"json\", \"query\", \"stream\"] }}"
            ),
        };
        format!(
            "[package]\nname = \"bench-{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{client}\n\
             serde = {{ version = \"1\", features = [\"derive\"] }}\n\
             tokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n\n\
             [profile.release]\nstrip = true\nincremental = false\n\n[workspace]\n",
            self.name()
        )
    }
}

const REQWEST: &str =
    r#"version = "0.13", default-features = false, features = ["gzip", "http2", "rustls""#;

const PATH: &str = r##""/unified/m/rAT/{id}": {"get": {"operationId": "get_AT", "parameters": [
    {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}},
    {"name": "truto_exclude_fields", "in": "query", "schema": {"type": "string"}}
], "responses": {"200": {"description": "the record", "content": {"application/json":
    {"schema": {"$ref": "#/components/schemas/Model"}}}}}}}"##;

const OPENAPI: &str = r#"{"openapi": "3.0.0", "info": {"title": "m", "version": "1"},
"paths": {PATHS}, "components": {"schemas": {"Model": {"type": "object", "required": ["id"],
"properties": {"id": {"type": "string"}, "name": {"type": "string"}}}}}}"#;

const MODEL: &str = "#[derive(Debug, serde::Deserialize)]\n#[allow(dead_code)]\nstruct Model {\n    id: String,\n    name: Option<String>,\n}\n\n";

struct Crate {
    how: How,
    folder: PathBuf,
}

impl Crate {
    fn new(how: How) -> Result<Self, Failure> {
        let folder = Path::new(ROOT).join("target/compile").join(how.name());
        std::fs::create_dir_all(folder.join("src"))?;
        std::fs::write(folder.join("Cargo.toml"), how.manifest())?;
        std::fs::copy(
            Path::new(ROOT).join("Cargo.lock"),
            folder.join("Cargo.lock"),
        )?;
        Ok(Self { how, folder })
    }

    fn write(&self, endpoints: usize) -> Result<(), Failure> {
        if self.how == How::Progenitor {
            std::fs::write(self.folder.join("api.json"), How::openapi(endpoints))?;
        }
        let source = self.how.source(endpoints);
        Ok(std::fs::write(self.folder.join("src/main.rs"), source)?)
    }

    fn cargo(&self, arguments: &[&str]) -> Result<Output, Failure> {
        let output = Command::new("cargo")
            .args(arguments)
            .current_dir(&self.folder)
            .env(
                "CARGO_TARGET_DIR",
                Path::new(ROOT).join("target/compile/target"),
            )
            .env("CARGO_INCREMENTAL", "0")
            // Lets the stable compiler tell how long each of its passes took.
            .env("RUSTC_BOOTSTRAP", "1")
            .output()?;
        if output.status.success() {
            Ok(output)
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
        }
    }

    /// The best of three runs on a source that has just been written.
    fn seconds(&self, endpoints: usize, arguments: &[&str]) -> Result<f64, Failure> {
        let mut best = f64::INFINITY;
        for _ in 0..3 {
            self.write(endpoints)?;
            let started = Instant::now();
            self.cargo(arguments)?;
            best = best.min(started.elapsed().as_secs_f64());
        }
        Ok(best)
    }

    fn expansion_seconds(&self, endpoints: usize) -> Result<f64, Failure> {
        self.write(endpoints)?;
        let output = self.cargo(&["rustc", "--profile", "check", "--", "-Ztime-passes"])?;
        let text = String::from_utf8_lossy(&output.stderr);
        let line = text
            .lines()
            .find(|line| line.trim_end().ends_with("macro_expand_crate"));
        let line = line.ok_or("no time of the expansion")?;
        let (_, rest) = line.split_once("time:").ok_or("no time")?;
        Ok(rest.split(';').next().unwrap_or_default().trim().parse()?)
    }

    fn release_bytes(&self, endpoints: usize) -> Result<f64, Failure> {
        self.write(endpoints)?;
        self.cargo(&["build", "--release"])?;
        let program = format!("target/compile/target/release/bench-{}", self.how.name());
        let bytes = std::fs::metadata(Path::new(ROOT).join(program))?.len();
        Ok(f64::from(u32::try_from(bytes)?))
    }
}

/// Writes the tables.
///
/// # Errors
///
/// If a crate does not compile.
pub fn report(report: &mut Report, sizes: &[usize]) -> Result<(), Failure> {
    report.section(
        "Compiling",
        "A crate with so many endpoints on one model, each called from `main`, dependencies built before. `cargo check`\n\
         and `cargo build` in seconds, the best of three; the rest an endpoint, against the crate without any.",
    );
    report.head(&[
        "how",
        "endpoints",
        "check, s",
        "build, s",
        "check, ms each",
        "of it expansion, ms each",
        "build, ms each",
        "release, bytes each",
    ]);
    for how in [How::Ours, How::ByHand, How::Progenitor] {
        let generated = Crate::new(how)?;
        generated.write(0)?;
        generated.cargo(&["check"])?;
        generated.cargo(&["build"])?;
        let mut base = None;
        for &endpoints in sizes {
            let check = generated.seconds(endpoints, &["check"])?;
            let build = generated.seconds(endpoints, &["build"])?;
            let expansion = generated.expansion_seconds(endpoints)?;
            let bytes = generated.release_bytes(endpoints)?;
            let now = [check, build, expansion, bytes];
            let base = *base.get_or_insert(now);
            let each = |at: usize| {
                let endpoints = f64::from(u32::try_from(endpoints).unwrap_or(u32::MAX));
                (now[at] - base[at]) / endpoints
            };
            let milliseconds = |at: usize| match endpoints {
                0 => "-".to_owned(),
                _ => format!("{:.2}", each(at) * 1e3),
            };
            let bytes = if endpoints == 0 {
                "-".to_owned()
            } else {
                thousands(each(3))
            };
            report.row(&[
                how.title().to_owned(),
                endpoints.to_string(),
                format!("{check:.2}"),
                format!("{build:.2}"),
                milliseconds(0),
                milliseconds(2),
                milliseconds(1),
                bytes,
            ]);
        }
    }
    Ok(())
}

/// Sees that the generated crates still compile, without measuring.
///
/// # Errors
///
/// If one does not.
pub fn smoke() -> Result<(), Failure> {
    for how in [How::Ours, How::ByHand] {
        let generated = Crate::new(how)?;
        generated.write(3)?;
        generated.cargo(&["check"])?;
    }
    Ok(())
}
