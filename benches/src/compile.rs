//! Compile time of an endpoint: generated crates of many endpoints, ours and by hand.

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
            Self::ByHand => "hand-written reqwest, one `async fn` per endpoint",
            Self::Progenitor => "progenitor, from OpenAPI",
        }
    }

    /// A library that declares `endpoints` endpoints on one model, and a program that calls each.
    fn sources(self, endpoints: usize) -> [String; 2] {
        let pieces = self.pieces();
        let each = |piece: &str| {
            let numbered = |at: usize| piece.replace("AT", &at.to_string());
            (0..endpoints).map(numbered).collect::<String>()
        };
        let [head, declaration, method] = pieces.library;
        let model = if self == Self::Progenitor { "" } else { MODEL };
        let library = format!("{head}{}{model}{}", each(declaration), each(method));
        let [head, call, main, arm, end] = pieces.program;
        let program = format!("{head}{}{main}{}{end}", each(call), each(arm));
        [library, program]
    }

    fn pieces(self) -> Pieces {
        match self {
            Self::Ours => Pieces {
                library: [
                    "use truto_core::unified_endpoint;\n\n",
                    "#[unified_endpoint(method = \"GET\", path = \"/unified/m/rAT/<id>\", name = \"get_AT\", response = Self)]\n",
                    "",
                ],
                program: [
                    "use std::pin::Pin;\n\nuse bench_ours::Model;\nuse truto_core::{Account, Client, Error};\n\n",
                    "async fn call_AT(account: &Account) -> Result<Model, Error> {\n    Model::get_AT(\"x\").exclude_fields([\"a\"]).send(account).await\n}\n",
                    "type Call<'a> = Pin<Box<dyn Future<Output = Result<Model, Error>> + 'a>>;\n\nfn pick<'a>(number: usize, account: &'a Account) -> Call<'a> {\n    match number {\n",
                    "        AT => Box::pin(call_AT(account)),\n",
                    "        _ => Box::pin(std::future::pending()),\n    }\n}\n\n#[tokio::main(flavor = \"current_thread\")]\nasync fn main() -> Result<(), Error> {\n    let account = Client::from_env()?.token_account();\n    println!(\"{:?}\", pick(std::env::args().count(), &account).await?);\n    Ok(())\n}\n",
                ],
            },
            Self::ByHand => Pieces {
                library: [
                    "use reqwest::{Client, Error, Url};\n\n",
                    "",
                    "/// Gets one.\npub async fn get_AT(client: &Client, base: &Url, id: &str, exclude: &[&str]) -> Result<Model, Error> {\n    let mut url = base.clone();\n    url.path_segments_mut().expect(\"a base\").extend([\"unified\", \"m\", \"rAT\", id]);\n    for field in exclude {\n        url.query_pairs_mut().append_pair(\"truto_exclude_fields[]\", field);\n    }\n    let response = client.get(url).bearer_auth(\"token\").header(\"Accept\", \"application/json\").send().await?;\n    response.error_for_status()?.json().await\n}\n",
                ],
                program: [
                    "use std::pin::Pin;\n\nuse bench_by_hand::Model;\nuse reqwest::{Client, Error, Url};\n\n",
                    "async fn call_AT(client: &Client, base: &Url) -> Result<Model, Error> {\n    bench_by_hand::get_AT(client, base, \"x\", &[\"a\"]).await\n}\n",
                    "type Call<'a> = Pin<Box<dyn Future<Output = Result<Model, Error>> + 'a>>;\n\nfn pick<'a>(number: usize, client: &'a Client, base: &'a Url) -> Call<'a> {\n    match number {\n",
                    "        AT => Box::pin(call_AT(client, base)),\n",
                    "        _ => Box::pin(std::future::pending()),\n    }\n}\n\n#[tokio::main(flavor = \"current_thread\")]\nasync fn main() -> Result<(), Error> {\n    let client = Client::new();\n    let base = Url::parse(\"http://localhost\").expect(\"a URL\");\n    println!(\"{:?}\", pick(std::env::args().count(), &client, &base).await?);\n    Ok(())\n}\n",
                ],
            },
            Self::Progenitor => Pieces {
                library: ["progenitor::generate_api!(\"api.json\");\n", "", ""],
                program: [
                    "use std::pin::Pin;\n\nuse bench_progenitor::{Client, Error, types::Model};\n\n",
                    "async fn call_AT(client: &Client) -> Result<Model, Error<()>> {\n    Ok(client.get_AT(\"x\", Some(\"a\")).await?.into_inner())\n}\n",
                    "type Call<'a> = Pin<Box<dyn Future<Output = Result<Model, Error<()>>> + 'a>>;\n\nfn pick<'a>(number: usize, client: &'a Client) -> Call<'a> {\n    match number {\n",
                    "        AT => Box::pin(call_AT(client)),\n",
                    "        _ => Box::pin(std::future::pending()),\n    }\n}\n\n#[tokio::main(flavor = \"current_thread\")]\nasync fn main() -> Result<(), Error<()>> {\n    let client = Client::new(\"http://localhost\");\n    println!(\"{:?}\", pick(std::env::args().count(), &client).await?);\n    Ok(())\n}\n",
                ],
            },
        }
    }

    /// The same endpoints, described for progenitor.
    fn openapi(endpoints: usize) -> String {
        let paths: Vec<String> =
            (0..endpoints).map(|at| PATH.replace("AT", &at.to_string())).collect();
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

/// Source text, with `AT` for the endpoint's number.
struct Pieces {
    /// Imports, a declaration above the model, a function below it.
    library: [&'static str; 3],
    /// Imports, a caller, `main` to its match, an arm, the end.
    program: [&'static str; 5],
}

const MODEL: &str = "/// A record.\n#[derive(Debug, serde::Deserialize)]\npub struct Model {\n    /// Its id.\n    pub id: String,\n    /// Its name.\n    pub name: Option<String>,\n}\n\n";

struct Crate {
    how: How,
    folder: PathBuf,
}

impl Crate {
    fn new(how: How) -> Result<Self, Failure> {
        let folder = Path::new(ROOT).join("target/compile").join(how.name());
        std::fs::create_dir_all(folder.join("src"))?;
        std::fs::write(folder.join("Cargo.toml"), how.manifest())?;
        std::fs::copy(Path::new(ROOT).join("Cargo.lock"), folder.join("Cargo.lock"))?;
        Ok(Self { how, folder })
    }

    fn write(&self, endpoints: usize) -> Result<(), Failure> {
        if self.how == How::Progenitor {
            std::fs::write(self.folder.join("api.json"), How::openapi(endpoints))?;
        }
        let [library, program] = self.how.sources(endpoints);
        std::fs::write(self.folder.join("src/lib.rs"), library)?;
        Ok(std::fs::write(self.folder.join("src/main.rs"), program)?)
    }

    fn cargo(&self, arguments: &[&str]) -> Result<Output, Failure> {
        let output = Command::new("cargo")
            .args(arguments)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", Path::new(ROOT).join("target/compile/target"))
            .env("CARGO_INCREMENTAL", "0")
            // Allows `-Ztime-passes` on the stable compiler.
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

    /// Seconds of a check of the library, and of the macro expansion within it.
    fn check(&self, endpoints: usize) -> Result<[f64; 2], Failure> {
        self.write(endpoints)?;
        self.cargo(&["check", "--lib"])?;
        let seconds = self.seconds(endpoints, &["check", "--lib"])?;
        self.write(endpoints)?;
        let output =
            self.cargo(&["rustc", "--lib", "--profile", "check", "--", "-Ztime-passes"])?;
        let text = String::from_utf8_lossy(&output.stderr);
        let line = text
            .lines()
            .find(|line| line.trim_end().ends_with("macro_expand_crate"))
            .ok_or("no time of the expansion")?;
        let (_, rest) = line.split_once("time:").ok_or("no time")?;
        let expansion = rest.split(';').next().unwrap_or_default().trim().parse()?;
        Ok([seconds, expansion])
    }

    /// Seconds of a debug build of the program, and the bytes of a release build.
    fn program(&self, endpoints: usize) -> Result<[f64; 2], Failure> {
        self.write(endpoints)?;
        self.cargo(&["build"])?;
        let seconds = self.seconds(endpoints, &["build"])?;
        self.write(endpoints)?;
        self.cargo(&["build", "--release"])?;
        let program = format!("target/compile/target/release/bench-{}", self.how.name());
        let bytes = std::fs::metadata(Path::new(ROOT).join(program))?.len();
        Ok([seconds, f64::from(u32::try_from(bytes)?)])
    }
}

/// Writes the tables.
///
/// # Errors
///
/// If a crate does not compile.
pub fn report(report: &mut Report, sizes: &[usize]) -> Result<(), Failure> {
    report.section("Compiling");
    report.head(&[
        "how",
        "endpoints",
        "check, s",
        "ms per endpoint",
        "of which expansion, ms",
        "debug program, s",
        "ms per endpoint",
        "release program, bytes per endpoint",
    ]);
    for how in [How::Ours, How::ByHand, How::Progenitor] {
        let generated = Crate::new(how)?;
        let empty = generated.check(0)?;
        let first = generated.program(1)?;
        report.row(&[how.title(), "0", &format!("{:.2}", empty[0]), "", "", "", "", ""]);
        for &endpoints in sizes {
            let [check, expansion] = generated.check(endpoints)?;
            let [build, bytes] = generated.program(endpoints)?;
            let count = f64::from(u32::try_from(endpoints)?);
            report.row(&[
                how.title(),
                &endpoints.to_string(),
                &format!("{check:.2}"),
                &format!("{:.2}", (check - empty[0]) / count * 1e3),
                &format!("{:.2}", (expansion - empty[1]) / count * 1e3),
                &format!("{build:.2}"),
                &format!("{:.2}", (build - first[0]) / (count - 1.0) * 1e3),
                &thousands((bytes - first[1]) / (count - 1.0)),
            ]);
        }
    }
    Ok(())
}

/// Checks that the generated crates still compile, without measuring.
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
