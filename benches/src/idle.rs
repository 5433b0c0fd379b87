//! The cost of idle state: calls that wait for a limit, and known accounts.

use std::process::Command;

use crate::clients::Failure;
use crate::measure::sibling;
use crate::report::{Report, thousands};

/// Writes the table.
///
/// # Errors
///
/// If the program that is measured fails.
pub fn report(report: &mut Report, quick: bool) -> Result<(), Failure> {
    report.section("Idle");
    report.head(&["kind", "count", "CPU time per second, ms", "µs each", "bytes each"]);
    for (what, title, count) in
        [("calls", "calls", 10_000_u32), ("accounts", "known accounts", 20_000)]
    {
        let count = if quick { count / 100 } else { count };
        let output = Command::new(sibling("waiters")?).args([what, &count.to_string()]).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let (time, memory) = text
            .trim()
            .split_once(' ')
            .ok_or_else(|| format!("no figures: {}", String::from_utf8_lossy(&output.stderr)))?;
        let (time, memory): (f64, f64) = (time.parse()?, memory.parse()?);
        report.row(&[
            title.to_owned(),
            thousands(f64::from(count)),
            format!("{:.1}", time / 1e3),
            format!("{:.3}", time / f64::from(count)),
            thousands(memory * 1024.0 / f64::from(count)),
        ]);
    }
    Ok(())
}
