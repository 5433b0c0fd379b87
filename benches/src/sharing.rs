//! Simulation of processes that share a limit and learn it from the headers of responses.

use std::process::Command;

use crate::clients::Failure;
use crate::report::Report;

const TEST: &str = "adaptive_processes_settle_below_a_shared_limit";

/// Writes the figures of the simulation, which is a test of truto-core.
///
/// # Errors
///
/// If it fails.
pub fn report(report: &mut Report) -> Result<(), Failure> {
    let output = Command::new("cargo")
        .args(["test", "--quiet", "--package", "truto-core", "--lib", "--"])
        .args(["--nocapture", TEST])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let figures = text.lines().find_map(|line| {
        let (used, refused) = line.trim().split_once("% of the limit used, ")?;
        Some((used, refused.strip_suffix("% of the calls refused")?))
    });
    let (used, refused) = figures.ok_or("no figures")?;
    report.section("A limit that processes share");
    report.head(&["limit used", "calls refused"]);
    report.row(&[format!("{used}%"), format!("{refused}%")]);
    Ok(())
}
