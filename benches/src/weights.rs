//! Dependencies and build time of a minimal user of truto-core, for each feature.

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::clients::Failure;
use crate::report::Report;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Writes the table.
///
/// # Errors
///
/// If a crate does not compile.
pub fn report(report: &mut Report) -> Result<(), Failure> {
    report.section("Dependencies");
    report.head(&["features", "crates", "cold build, s"]);
    let reqwest = "reqwest = { version = \"0.13\", default-features = false, features = [\"http2\", \"rustls\"] }";
    row(report, "reqwest alone", reqwest)?;
    for features in [
        "",
        "macros",
        "macros, rustls",
        "macros, rustls-ring",
        "macros, native-tls",
        "macros, rustls, blocking",
        "macros, rustls, webhooks",
    ] {
        let list: Vec<String> = features
            .split(", ")
            .filter(|feature| !feature.is_empty())
            .map(|feature| format!("\"{feature}\""))
            .collect();
        let dependency = format!(
            "truto-core = {{ path = \"{ROOT}/truto-core\", default-features = false, features = [{}] }}",
            list.join(", ")
        );
        let title = match features {
            "" => "none: no TLS",
            "macros, rustls" => "macros, rustls (default)",
            other => other,
        };
        row(report, title, &dependency)?;
    }
    Ok(())
}

fn row(report: &mut Report, title: &str, dependency: &str) -> Result<(), Failure> {
    let folder = Path::new(ROOT).join("target/compile/minimal");
    std::fs::create_dir_all(folder.join("src"))?;
    std::fs::write(folder.join("src/main.rs"), "fn main() {}\n")?;
    std::fs::copy(Path::new(ROOT).join("Cargo.lock"), folder.join("Cargo.lock"))?;
    std::fs::write(
        folder.join("Cargo.toml"),
        format!(
            "[package]\nname = \"minimal\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\n{dependency}\n\n[workspace]\n"
        ),
    )?;
    let target = Path::new(ROOT).join("target/compile/cold");
    let cargo = |arguments: &[&str]| -> Result<String, Failure> {
        let output = Command::new("cargo")
            .args(arguments)
            .current_dir(&folder)
            .env("CARGO_TARGET_DIR", &target)
            .output()?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
        }
    };
    let tree = cargo(&["tree", "--edges=normal,build", "--prefix=none", "--format={p}"])?;
    // All but the program itself; a second mention is marked with an asterisk.
    let crates: HashSet<&str> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    if target.exists() {
        std::fs::remove_dir_all(&target)?;
    }
    let started = Instant::now();
    cargo(&["build"])?;
    let seconds = started.elapsed().as_secs_f64();
    report.row(&[title, &(crates.len() - 1).to_string(), &format!("{seconds:.1}")]);
    Ok(())
}
