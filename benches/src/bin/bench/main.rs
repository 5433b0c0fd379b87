//! All benchmarks: `cargo run --release -p truto-benches` prints their tables.
//!
//! With `--quick`, every benchmark runs at a small size. With `--write`, the tables of docs/benchmarks.md are
//! replaced. With `--compile`, compile times are measured and written, too, which takes a quarter of an hour.
#![forbid(unsafe_code)]

mod calls;
mod pages;
mod sizes;
mod streams;

use std::path::Path;
use std::process::Command;

use truto_benches::clients::{Failure, Who};
use truto_benches::report::Report;
use truto_benches::server::{self, Server};
use truto_benches::{compile, idle, sharing, tolerance, weights};

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["serve"] => Ok(runtime()?.block_on(server::run())?),
        ["call", who, port, calls] => {
            runtime()?.block_on(who.parse::<Who>()?.call(port, calls.parse()?, 1))
        }
        ["sizes"] => sizes::sizes(&mut Report::default()),
        ["build", who, count] => calls::build(who, count.parse()?),
        ["decode", how, users, count] => pages::decode(how, users.parse()?, count.parse()?),
        ["stream", who, port, megabytes] => {
            runtime()?.block_on(streams::stream(who, port, megabytes.parse()?))
        }
        ["upload", who, port, megabytes] => {
            runtime()?.block_on(streams::upload(who, port, megabytes.parse()?))
        }
        [] => all(&Sizes::WHOLE, false).map(drop),
        ["--write"] => write(&all(&Sizes::WHOLE, false)?),
        ["--compile"] => write(&all(&Sizes::WHOLE, true)?),
        ["--quick"] => all(&Sizes::QUICK, false).map(drop),
        _ => Err("the argument is `--quick`, `--write` or `--compile`".into()),
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

struct Sizes {
    calls: usize,
    counted: [usize; 2],
    runs: usize,
    pages: [usize; 2],
    iterated: usize,
    megabytes: u64,
    quick: bool,
}

impl Sizes {
    const WHOLE: Self = Self {
        calls: 20_000,
        counted: [500, 2_500],
        runs: 9,
        pages: [1_000, 10_000],
        iterated: 200,
        megabytes: 1_024,
        quick: false,
    };
    const QUICK: Self = Self {
        calls: 640,
        counted: [100, 200],
        runs: 2,
        pages: [10, 100],
        iterated: 5,
        megabytes: 64,
        quick: true,
    };
}

fn all(sizes: &Sizes, with_compile: bool) -> Result<Report, Failure> {
    let server = Server::start()?;
    let mut report = Report::default();
    calls::calls(&mut report, &server, sizes)?;
    calls::building(&mut report, sizes)?;
    sizes::sizes(&mut report)?;
    pages::decoding(&mut report, sizes)?;
    pages::iterating(&mut report, &server, sizes)?;
    streams::streaming(&mut report, &server, sizes)?;
    idle::report(&mut report, sizes.quick)?;
    if with_compile {
        compile::report(&mut report, &[50, 200, 1_000])?;
        tolerance::report(&mut report, 100)?;
        weights::report(&mut report)?;
        sharing::report(&mut report)?;
    } else if sizes.quick {
        compile::smoke()?;
    }
    Ok(report)
}

/// Replaces the measured tables in docs/benchmarks.md.
fn write(report: &Report) -> Result<(), Failure> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/benchmarks.md"));
    let updated = report.update(&std::fs::read_to_string(path)?)?;
    std::fs::write(path, updated)?;
    println!("\nMeasured on {}: state it at the top of docs/benchmarks.md.", machine());
    Ok(())
}

fn machine() -> String {
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc = rustc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    format!("{os}, {arch}, {cores} cores, {}", rustc.unwrap_or_default())
}
