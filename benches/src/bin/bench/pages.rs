//! Decoding a page, and iterating over pages.

use std::hint::black_box;
use std::pin::pin;
use std::process::Command;
use std::time::Instant;

use bytes::Bytes;
use futures_util::StreamExt;
use truto_benches::clients::{Failure, Ours};
use truto_benches::measure::{allocations, best_of, instructions};
use truto_benches::model::{self, User};
use truto_benches::report::{Report, with_ratio};
use truto_benches::server::{PAGE_DELAY, Server};

use super::{Sizes, runtime};

/// Decodes a page `count` times; prints the best time in milliseconds.
pub(crate) fn decode(how: &str, users: usize, count: usize) -> Result<(), Failure> {
    let body = Bytes::from(model::page(users, None));
    let mut decoded = 0;
    let best = best_of(count, || {
        decoded = model::decode(how, &body);
    });
    println!("{}", best.as_secs_f64() * 1e3);
    if decoded == users { Ok(()) } else { Err("users are missing".into()) }
}

pub(crate) fn decoding(report: &mut Report, sizes: &Sizes) -> Result<(), Failure> {
    report.section("Decoding a page");
    let cases = [
        ("ours", "truto-core, `remote_data: RemoteData`"),
        ("ours-parsed", "truto-core, `remote_data: Value`"),
        ("serde_json", "`serde_json::from_slice`, `Value`"),
    ];
    table(report, sizes, &sizes.pages, &cases)?;
    report.section("Tolerant types");
    let cases = [
        ("ours-tolerant", "`OrRaw<Status>`, `OrRaw<String>`, two `OrRaw<Timestamp>`"),
        ("ours-typed", "`Status`, `String`, two `Timestamp`"),
    ];
    table(report, sizes, &sizes.pages[..1], &cases)
}

/// A row for each way to decode; the last one is the base.
fn table(
    report: &mut Report,
    sizes: &Sizes,
    pages: &[usize],
    cases: &[(&str, &str)],
) -> Result<(), Failure> {
    report.head(&[
        "users",
        "client",
        "million instructions",
        "allocations",
        "ms",
        "peak memory, KB",
    ]);
    for users in pages {
        let users = users.to_string();
        let mut rows = Vec::new();
        for (how, title) in cases {
            let arguments = ["decode", how, &users];
            let counted = instructions(&arguments, [1, 3])?.map(|count| count / 1e6);
            let output = Command::new(std::env::current_exe()?)
                .args(arguments)
                .arg(sizes.runs.to_string())
                .output()?;
            let ms: f64 = String::from_utf8_lossy(&output.stdout).trim().parse()?;
            let [count, _, peak] = allocations(&arguments)?;
            rows.push((title, counted, count, ms, peak / 1024.0));
        }
        let base = rows[rows.len() - 1];
        for (title, counted, count, ms, peak) in rows {
            let counted = counted
                .zip(base.1)
                .map(|(count, base)| format!("{count:.1} ({:.2})", count / base));
            report.row(&[
                users.clone(),
                (*title).to_owned(),
                counted.unwrap_or_else(|| "no valgrind".to_owned()),
                with_ratio(count, base.2),
                format!("{ms:.2} ({:.2})", ms / base.3),
                with_ratio(peak, base.4),
            ]);
        }
    }
    Ok(())
}

pub(crate) fn iterating(
    report: &mut Report,
    server: &Server,
    sizes: &Sizes,
) -> Result<(), Failure> {
    report.section("Iterating over pages");
    report.head(&["how", "seconds", "pages"]);
    let client = Ours::new(server.port())?;
    for prefetch in [false, true] {
        let pages = std::collections::BTreeMap::from([("pages", sizes.iterated)]);
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
        let title = if prefetch { "`pages()` with `prefetch()`" } else { "`pages()`" };
        report.row(&[
            title.to_owned(),
            format!("{:.2}", started.elapsed().as_secs_f64()),
            count.to_string(),
        ]);
        if count != sizes.iterated {
            return Err("pages are missing".into());
        }
    }
    Ok(())
}
