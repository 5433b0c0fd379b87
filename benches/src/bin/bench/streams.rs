//! Bodies of any size, streamed.

use std::process::Command;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use truto_benches::clients::{Failure, Ours};
use truto_benches::measure::resident_kb;
use truto_benches::model::{Size, User};
use truto_benches::report::{Report, thousands};
use truto_benches::server::Server;
use truto_core::Upload;

use super::Sizes;

/// Discards a body; prints the throughput in megabytes per second and the peak memory above the start.
pub(crate) async fn stream(who: &str, port: &str, megabytes: u64) -> Result<(), Failure> {
    let client = Ours::new(port)?;
    let url = format!("http://127.0.0.1:{port}/unified/e-signature/users/download?megabytes=");
    let http = reqwest::Client::builder().no_proxy().build()?;
    let (mut before, mut seconds) = (0, Duration::ZERO);
    // The first body warms up, so that one-time allocations are not counted.
    for megabytes in [1, megabytes] {
        before = resident_kb("VmRSS:");
        let started = Instant::now();
        let mut sink = tokio::io::sink();
        let mut written = 0;
        if who == "ours" {
            let stream = User::download(&Size { megabytes }).send(&client.account).await?;
            written = stream.copy_to(&mut sink).await?;
        } else {
            let mut chunks = http.post(format!("{url}{megabytes}")).send().await?.bytes_stream();
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

/// Sends a file of `megabytes`; prints the throughput in megabytes per second and the peak memory above
/// the start.
pub(crate) async fn upload(who: &str, port: &str, megabytes: u64) -> Result<(), Failure> {
    let client = Ours::new(port)?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    let url = format!("http://127.0.0.1:{port}/unified/e-signature/users/upload");
    let path = std::env::temp_dir().join(format!("truto-bench-{}", std::process::id()));
    let (mut before, mut seconds) = (0, Duration::ZERO);
    for megabytes in [1, megabytes] {
        std::fs::File::create(&path)?.set_len(megabytes << 20)?;
        before = resident_kb("VmRSS:");
        let started = Instant::now();
        if who == "ours" {
            let file = Upload::path("application/pdf", &path);
            let request = User::upload(&file).body_passthrough();
            request.send(&client.account).await?;
        } else {
            let file = tokio::fs::File::open(&path).await?;
            let request = http.post(&url).header("content-length", megabytes << 20);
            request.body(file).send().await?.error_for_status()?;
        }
        seconds = started.elapsed();
    }
    std::fs::remove_file(path)?;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let speed = megabytes as f64 / seconds.as_secs_f64();
    println!("{speed} {}", resident_kb("VmHWM:").saturating_sub(before));
    Ok(())
}

/// The maximum memory that a stream may use, whatever its size.
const STREAM_LIMIT_KB: f64 = 4.0 * 1024.0;

pub(crate) fn streaming(
    report: &mut Report,
    server: &Server,
    sizes: &Sizes,
) -> Result<(), Failure> {
    let megabytes = sizes.megabytes.to_string();
    for (what, title, rows) in [
        ("stream", "A stream", ["truto-core, `copy_to`", "reqwest, `bytes_stream`"]),
        ("upload", "An upload", ["truto-core, `Upload::path`", "reqwest, `tokio::fs::File`"]),
    ] {
        report.section(title);
        table(report, server, [what, &megabytes], rows, sizes.runs)?;
    }
    Ok(())
}

/// A row for truto-core and one for hand-written reqwest.
fn table(
    report: &mut Report,
    server: &Server,
    [what, megabytes]: [&str; 2],
    titles: [&str; 2],
    pairs: usize,
) -> Result<(), Failure> {
    report.head(&["client", "MB/s", "peak memory above the start, KB"]);
    let mut speeds = [Vec::new(), Vec::new()];
    let mut memory = [0.0_f64; 2];
    for pair in 0..pairs {
        // The order alternates, since the second run of a pair finds warmer caches.
        let order = if pair % 2 == 0 { [0, 1] } else { [1, 0] };
        for who in order {
            let (speed, peak) = measure(server, what, ["ours", "by-hand"][who], megabytes)?;
            speeds[who].push(speed);
            memory[who] = memory[who].max(peak);
        }
    }
    let ratio =
        median(speeds[0].iter().zip(&speeds[1]).map(|(ours, other)| ours / other).collect());
    for (who, ratio) in [(0, ratio), (1, 1.0)] {
        let speed = thousands(median(std::mem::take(&mut speeds[who])));
        report.row(&[
            titles[who].to_owned(),
            format!("{speed} ({ratio:.2})"),
            thousands(memory[who]),
        ]);
    }
    if memory[0] > STREAM_LIMIT_KB {
        return Err(format!("a stream takes more than {STREAM_LIMIT_KB} KB").into());
    }
    Ok(())
}

/// One run in a fresh process: megabytes per second, and the peak memory above the start.
fn measure(server: &Server, what: &str, who: &str, megabytes: &str) -> Result<(f64, f64), Failure> {
    let output = Command::new(std::env::current_exe()?)
        .args([what, who, server.port(), megabytes])
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let (speed, memory) = text
        .trim()
        .split_once(' ')
        .ok_or_else(|| format!("no stream: {}", String::from_utf8_lossy(&output.stderr)))?;
    Ok((speed.parse()?, memory.parse()?))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
