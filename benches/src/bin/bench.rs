//! All benchmarks: `cargo run --release -p truto-benches`, which writes docs/benchmarks.md.
//!
//! With `--quick` every benchmark runs at a small size and nothing is written; with `--compile` the
//! compile times are measured, too, which takes a quarter of an hour.
#![forbid(unsafe_code)]

use std::hint::black_box;
use std::path::Path;
use std::pin::pin;
use std::process::Command;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::StreamExt;
use truto_benches::clients::{ByHand, Failure, Ours, Who};
use truto_benches::compile;
use truto_benches::measure::{allocations, best_of, instructions, resident_kb};
use truto_benches::model::{self, ParsedUser, Size, User};
use truto_benches::report::{Report, thousands, with_ratio};
use truto_benches::server::{self, PAGE_DELAY, Server};
use truto_benches::weights;
use truto_core::Page;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["serve"] => Ok(runtime()?.block_on(server::run())?),
        ["call", who, port, calls] => {
            runtime()?.block_on(who.parse::<Who>()?.call(port, calls.parse()?, 1))
        }
        ["build", who, count] => build(who, count.parse()?),
        ["stream", who, port, megabytes] => {
            runtime()?.block_on(stream(who, port, megabytes.parse()?))
        }
        [] => all(&Sizes::WHOLE, false),
        ["--compile"] => all(&Sizes::WHOLE, true),
        ["--quick"] => all(&Sizes::QUICK, false),
        _ => Err("the arguments are `--quick` or `--compile`".into()),
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

struct Sizes {
    calls: usize,
    counted: [usize; 2],
    runs: usize,
    pages: [usize; 2],
    walk: usize,
    megabytes: u64,
    quick: bool,
}

impl Sizes {
    const WHOLE: Self = Self {
        calls: 20_000,
        counted: [500, 2_500],
        runs: 9,
        pages: [1_000, 10_000],
        walk: 200,
        megabytes: 1_024,
        quick: false,
    };
    const QUICK: Self = Self {
        calls: 640,
        counted: [100, 200],
        runs: 2,
        pages: [10, 100],
        walk: 5,
        megabytes: 64,
        quick: true,
    };
}

fn all(sizes: &Sizes, with_compile: bool) -> Result<(), Failure> {
    let server = Server::start()?;
    let mut report = Report::default();
    report.line("# Benchmarks\n");
    report.line(&format!(
        "Written by `cargo run --release -p truto-benches -- --compile` on {}. The numbers in parentheses are\n\
         ratios to hand-written reqwest, or to what the table names as the base, in the same run.",
        machine()
    ));
    calls(&mut report, &server, sizes)?;
    building(&mut report, sizes)?;
    decoding(&mut report, sizes)?;
    walking(&mut report, &server, sizes)?;
    streaming(&mut report, &server, sizes)?;
    if with_compile {
        compile::report(&mut report, &[50, 200, 1_000])?;
        weights::report(&mut report)?;
    } else if sizes.quick {
        compile::smoke()?;
    }
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    if with_compile {
        std::fs::write(root.join("docs/benchmarks.md"), report.into_text())?;
    }
    Ok(())
}

fn machine() -> String {
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc = rustc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    format!("{os}, {arch}, {cores} cores, {}", rustc.unwrap_or_default())
}

fn calls(report: &mut Report, server: &Server, sizes: &Sizes) -> Result<(), Failure> {
    report.section(
        "A call",
        "DELETE of a user with four Truto parameters, an answer of 2.1 KB decoded into a model of 20 fields, over one\n\
         kept connection, the server in another process. Ours with retries, deadline, limits and tracing in place.\n\n\
         With `Value`, decoding and what reqwest and hyper do are nine tenths of the instructions, and nobody can save\n\
         them: reqwest takes only a parsed `Url`, and parses it twice more on its way (about 13,000 each). What remains\n\
         to win is one UTF-8 check in place of one for each string, and a URL that is written once. `RemoteData` keeps\n\
         the provider's record as text, and so saves parsing what is rarely read.",
    );
    report.head(&[
        "who",
        "instructions",
        "allocations",
        "bytes",
        "calls/s, 1 in flight",
        "calls/s, 64 in flight",
    ]);
    let mut rows = Vec::new();
    for who in Who::ALL {
        let counted = instructions(&["call", who.argument(), server.port()], sizes.counted)?;
        let count = sizes.counted[1].to_string();
        let [allocations, bytes, _] =
            allocations(&["call", who.argument(), server.port(), &count])?;
        let mut speeds = Vec::new();
        for in_flight in [1, 64] {
            let runtime = runtime()?;
            let mut failed = None;
            let best = best_of(sizes.runs.min(4), || {
                failed = runtime
                    .block_on(who.call(server.port(), sizes.calls, in_flight))
                    .err();
            });
            if let Some(failed) = failed {
                return Err(failed);
            }
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
            speeds.push((sizes.calls / in_flight * in_flight) as f64 / best.as_secs_f64());
        }
        rows.push((who, counted, allocations, bytes, speeds));
    }
    let base = rows
        .iter()
        .find(|row| row.0 == Who::ByHand)
        .ok_or("no base")?;
    for (who, counted, allocations, bytes, speeds) in &rows {
        let counted = counted
            .zip(base.1)
            .map(|(value, base)| with_ratio(value, base));
        report.row(&[
            who.title().to_owned(),
            counted.unwrap_or_else(|| "no valgrind".to_owned()),
            with_ratio(*allocations, base.2),
            with_ratio(*bytes, base.3),
            with_ratio(speeds[0], base.4[0]),
            with_ratio(speeds[1], base.4[1]),
        ]);
    }
    Ok(())
}

fn build(who: &str, count: usize) -> Result<(), Failure> {
    let client = ByHand::new("1")?;
    for _ in 0..count {
        match who {
            "ours" => {
                let _ = black_box(Ours::request());
            }
            "by-hand" => {
                black_box(client.request()?);
            }
            _ => {
                black_box(serde_qs::to_string(&model::Parameters::default())?);
            }
        }
    }
    Ok(())
}

fn building(report: &mut Report, sizes: &Sizes) -> Result<(), Failure> {
    report.section(
        "Building a request",
        "Path and query with four Truto parameters, no network. Ours is a value that can be cloned and looked at, with one\n\
         allocation; the last row writes the query alone.",
    );
    report.head(&["who", "instructions", "ns", "allocations"]);
    let count = sizes.calls;
    for (who, title) in [
        ("ours", "truto-core's `Request`"),
        ("by-hand", "`reqwest::RequestBuilder` and `Url`"),
        ("serde_qs", "serde_qs"),
    ] {
        let counted = instructions(&["build", who], [count, 2 * count])?;
        let mut failed = None;
        let best = best_of(sizes.runs, || failed = build(who, count).err());
        if let Some(failed) = failed {
            return Err(failed);
        }
        let [allocated, ..] = allocations(&["build", who])?;
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let nanoseconds = best.as_nanos() as f64 / count as f64;
        let counted = counted.map_or_else(|| "no valgrind".to_owned(), thousands);
        report.row(&[
            title.to_owned(),
            counted,
            thousands(nanoseconds),
            thousands(allocated),
        ]);
    }
    Ok(())
}

fn decoding(report: &mut Report, sizes: &Sizes) -> Result<(), Failure> {
    report.section(
        "Decoding a page",
        "The base is `serde_json::from_slice` into the same type as the second row.",
    );
    report.head(&["users", "who", "ms", "peak memory, KB"]);
    for users in sizes.pages {
        let body = Bytes::from(model::page(users, None));
        let hows = [
            ("ours", "truto-core, `remote_data: RemoteData`"),
            ("ours-parsed", "truto-core, `remote_data: Value`"),
            ("serde_json", "`serde_json::from_slice`, `Value`"),
        ];
        let mut rows = Vec::new();
        for (how, title) in hows {
            let best = best_of(sizes.runs, || match how {
                "ours" => {
                    black_box(truto_core::__private::decode::<Page<User>>(body.clone()).is_ok());
                }
                "ours-parsed" => {
                    black_box(
                        truto_core::__private::decode::<Page<ParsedUser>>(body.clone()).is_ok(),
                    );
                }
                _ => {
                    black_box(serde_json::from_slice::<Page<ParsedUser>>(&body).is_ok());
                }
            });
            let [.., peak] = allocations(&["decode", how, &users.to_string()])?;
            rows.push((title, best.as_secs_f64() * 1e3, peak / 1024.0));
        }
        let base = rows[2];
        for (title, ms, peak) in rows {
            let ms = format!("{ms:.2} ({:.2})", ms / base.1);
            report.row(&[
                thousands(f64::from(u32::try_from(users)?)),
                title.to_owned(),
                ms,
                with_ratio(peak, base.2),
            ]);
        }
    }
    Ok(())
}

fn walking(report: &mut Report, server: &Server, sizes: &Sizes) -> Result<(), Failure> {
    report.section(
        "A walk",
        &format!(
            "Over {} pages of 20 users; the server takes {PAGE_DELAY:?} for a page, and so does whoever reads it.",
            sizes.walk
        ),
    );
    report.head(&["how", "seconds", "pages"]);
    let client = Ours::new(server.port())?;
    for prefetch in [false, true] {
        let pages = std::collections::BTreeMap::from([("pages", sizes.walk)]);
        let mut request = User::list().query(&pages);
        if prefetch {
            request = request.prefetch();
        }
        let started = Instant::now();
        let count = runtime()?.block_on(async {
            let mut pages = pin!(request.pages(&client.account));
            let mut count = 0;
            while let Some(page) = pages.next().await {
                black_box(page?.result.len());
                tokio::time::sleep(PAGE_DELAY).await;
                count += 1;
            }
            Ok::<_, Failure>(count)
        })?;
        let title = if prefetch {
            "`pages()` with `prefetch()`"
        } else {
            "`pages()`"
        };
        report.row(&[
            title.to_owned(),
            format!("{:.2}", started.elapsed().as_secs_f64()),
            count.to_string(),
        ]);
        if count != sizes.walk {
            return Err("pages are missing".into());
        }
    }
    Ok(())
}

/// Copies a body into nothing; prints the bytes a second and the memory above the start.
async fn stream(who: &str, port: &str, megabytes: u64) -> Result<(), Failure> {
    let client = Ours::new(port)?;
    let url = format!("http://127.0.0.1:{port}/unified/e-signature/users/download?megabytes=");
    let http = reqwest::Client::builder().no_proxy().build()?;
    let (mut before, mut seconds) = (0, Duration::ZERO);
    // The first body warms up, so that what is allocated once is not counted.
    for megabytes in [1, megabytes] {
        before = resident_kb("VmRSS:");
        let started = Instant::now();
        let mut sink = tokio::io::sink();
        let mut written = 0;
        if who == "ours" {
            let stream = User::download(&Size { megabytes })
                .send(&client.account)
                .await?;
            written = stream.copy_to(&mut sink).await?;
        } else {
            let mut chunks = http
                .post(format!("{url}{megabytes}"))
                .send()
                .await?
                .bytes_stream();
            while let Some(chunk) = chunks.next().await {
                written += chunk?.len() as u64;
            }
        }
        seconds = started.elapsed();
        if written != megabytes << 20 {
            return Err("bytes are missing".into());
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let speed = megabytes as f64 / seconds.as_secs_f64();
    println!("{speed} {}", resident_kb("VmHWM:").saturating_sub(before));
    Ok(())
}

/// The most memory that a stream of any size may take.
const STREAM_LIMIT_KB: f64 = 4.0 * 1024.0;

fn streaming(report: &mut Report, server: &Server, sizes: &Sizes) -> Result<(), Failure> {
    let megabytes = sizes.megabytes.to_string();
    report.section(
        "A stream",
        &format!("{megabytes} MB from another process, copied into nothing."),
    );
    report.head(&["who", "MB/s", "peak memory above the start, KB"]);
    let mut rows = Vec::new();
    for who in ["ours", "by-hand"] {
        let output = Command::new(std::env::current_exe()?)
            .args(["stream", who, server.port(), &megabytes])
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let (speed, memory) = text
            .trim()
            .split_once(' ')
            .ok_or_else(|| format!("no stream: {}", String::from_utf8_lossy(&output.stderr)))?;
        rows.push((speed.parse::<f64>()?, memory.parse::<f64>()?));
    }
    for (title, (speed, memory)) in ["truto-core, `copy_to`", "reqwest, `bytes_stream`"]
        .into_iter()
        .zip(&rows)
    {
        report.row(&[
            title.to_owned(),
            with_ratio(*speed, rows[1].0),
            thousands(*memory),
        ]);
    }
    if rows[0].1 > STREAM_LIMIT_KB {
        return Err(format!("a stream takes more than {STREAM_LIMIT_KB} KB").into());
    }
    Ok(())
}
