//! Compile time of tolerant types: a model with them, and the same model without.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::clients::Failure;
use crate::report::Report;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A resource of 20 fields with an enum, a number and two dates.
fn library(resources: usize, tolerant: bool) -> String {
    let wrapped =
        |ty: &str| if tolerant { format!("truto_core::OrRaw<{ty}>") } else { ty.to_owned() };
    let mut text = String::new();
    for at in 0..resources {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "/// A record.\n\
             #[truto_core::unified_endpoint(method = \"GET\", path = \"/unified/m/r{at}\")]\n\
             #[truto_core::unified_endpoint(method = \"GET\", path = \"/unified/m/r{at}/<id>\")]\n\
             #[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]\n\
             pub struct Record{at} {{\n    pub id: String,\n    pub status: Option<{}>,\n    \
             pub size: Option<{}>,\n    pub created_at: Option<{}>,\n    pub updated_at: Option<{}>,\n",
            wrapped(&format!("Status{at}")),
            wrapped("u64"),
            wrapped("jiff::Timestamp"),
            wrapped("jiff::Timestamp"),
        );
        for field in 5..20 {
            let _ = writeln!(text, "    pub field_{field}: Option<String>,");
        }
        let _ = write!(
            text,
            "}}\n\n/// A status.\n#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]\n\
             #[serde(rename_all = \"snake_case\")]\npub enum Status{at} {{\n    Active,\n    Inactive,\n    Pending,\n}}\n\n"
        );
    }
    text
}

/// Seconds of a check and of a release build, each the best of three.
fn seconds(resources: usize, tolerant: bool) -> Result<[f64; 2], Failure> {
    let folder = Path::new(ROOT).join("target/compile/tolerance");
    std::fs::create_dir_all(folder.join("src"))?;
    std::fs::write(
        folder.join("Cargo.toml"),
        format!(
            "[package]\nname = \"tolerance\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             truto-core = {{ path = \"{ROOT}/truto-core\" }}\n\
             serde = {{ version = \"1\", features = [\"derive\"] }}\n\
             jiff = {{ version = \"1\", features = [\"serde\"] }}\n\n[workspace]\n"
        ),
    )?;
    std::fs::copy(Path::new(ROOT).join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let mut best = [f64::INFINITY; 2];
    // The first run builds the dependencies.
    for run in 0..4 {
        for (arguments, best) in
            [["check", "--quiet"].as_slice(), &["build", "--quiet", "--release"]]
                .into_iter()
                .zip(&mut best)
        {
            std::fs::write(folder.join("src/lib.rs"), library(resources, tolerant))?;
            let started = Instant::now();
            let output = Command::new("cargo")
                .args(arguments)
                .current_dir(&folder)
                .env("CARGO_TARGET_DIR", Path::new(ROOT).join("target/compile/target"))
                .env("CARGO_INCREMENTAL", "0")
                .output()?;
            if !output.status.success() {
                return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
            }
            if run > 0 {
                *best = best.min(started.elapsed().as_secs_f64());
            }
        }
    }
    Ok(best)
}

/// Writes the table.
///
/// # Errors
///
/// If a model does not compile.
pub fn report(report: &mut Report, resources: usize) -> Result<(), Failure> {
    report.section("Compiling tolerant types");
    report.head(&["fields", "check, s", "release build, s"]);
    let plain = seconds(resources, false)?;
    let tolerant = seconds(resources, true)?;
    for (title, [check, build]) in [("four `OrRaw` fields", tolerant), ("plain fields", plain)] {
        report.row(&[
            title.to_owned(),
            format!("{check:.2} ({:.2})", check / plain[0]),
            format!("{build:.2} ({:.2})", build / plain[1]),
        ]);
    }
    Ok(())
}
