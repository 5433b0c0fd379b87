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
    let figures = text.lines().find(|line| line.contains("of the limit used"));
    report.section(
        "A limit that processes share",
        &format!(
            "Ten processes with `Throttle::adaptive`, 20 tasks each, on one token with Truto's 500 calls in 10 s, for 100 s of\n\
             a simulated clock. They learn of each other only through `ratelimit-remaining`. The test `{TEST}`\n\
             requires that more than 85% of the limit is used and less than 2% of the calls are refused.\n\n{}.",
            figures.ok_or("no figures")?.trim()
        ),
    );
    Ok(())
}
