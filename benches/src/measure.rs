//! Ways to measure: instructions by callgrind, allocations, best times, resident memory.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::clients::Failure;

/// Instructions per call: the difference of two runs of this program with different lengths, so that
/// startup does not count.
///
/// `None` without valgrind.
///
/// # Errors
///
/// If a run fails.
pub fn instructions(arguments: &[&str], lengths: [usize; 2]) -> Result<Option<f64>, Failure> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Ok(None);
    }
    let [short, long] = lengths;
    let (few, many) = (total(arguments, short)?, total(arguments, long)?);
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    Ok(Some((many.saturating_sub(few)) as f64 / (long - short) as f64))
}

fn total(arguments: &[&str], length: usize) -> Result<u64, Failure> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args(arguments)
        .arg(length.to_string())
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let total = text.lines().find_map(|line| {
        let (_, total) = line.split_once("Collected : ")?;
        total.trim().parse().ok()
    });
    total.ok_or_else(|| format!("callgrind printed no count: {text}").into())
}

/// Figures of the program `allocations`: number of allocations, total bytes, and peak bytes.
///
/// # Errors
///
/// If it fails.
pub fn allocations(arguments: &[&str]) -> Result<[f64; 3], Failure> {
    let output = Command::new(sibling("allocations")?).args(arguments).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut numbers = text.split_whitespace().map(str::parse);
    let mut next = || -> Result<f64, Failure> {
        let error = String::from_utf8_lossy(&output.stderr);
        Ok(numbers.next().ok_or_else(|| format!("no count: {error}"))??)
    };
    Ok([next()?, next()?, next()?])
}

/// Builds another program of this package, which `cargo run` does not, and returns its path.
///
/// # Errors
///
/// If it does not build.
pub fn sibling(name: &str) -> Result<PathBuf, Failure> {
    static BUILT: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let is_new = BUILT.lock().map_err(|_| "a build panicked")?.insert(name.to_owned());
    if is_new {
        build(name)?;
    }
    let program = std::env::current_exe()?;
    Ok(program.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}

fn build(name: &str) -> Result<(), Failure> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "--package", "truto-benches", "--bin"]);
    cargo.arg(name);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    if cargo.status()?.success() { Ok(()) } else { Err(format!("`{name}` does not build").into()) }
}

/// The shortest of several runs, which is the least disturbed one.
pub fn best_of(runs: usize, mut run: impl FnMut()) -> Duration {
    (0..runs)
        .map(|_| {
            let started = Instant::now();
            run();
            started.elapsed()
        })
        .min()
        .unwrap_or_default()
}

/// A line of this process's status, in kilobytes; 0 if the system does not provide it.
#[must_use]
pub fn resident_kb(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0)
}
