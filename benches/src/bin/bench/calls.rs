//! Calls, and building requests without sending them.

use std::hint::black_box;

use truto_benches::clients::{ByHand, Failure, Ours, Who};
use truto_benches::measure::{allocations, best_of, instructions};
use truto_benches::model;
use truto_benches::report::{Report, thousands, with_ratio};
use truto_benches::server::Server;

use super::{Sizes, runtime};

pub(crate) fn calls(report: &mut Report, server: &Server, sizes: &Sizes) -> Result<(), Failure> {
    report.section("A call");
    report.head(&[
        "client",
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
                failed = runtime.block_on(who.call(server.port(), sizes.calls, in_flight)).err();
            });
            if let Some(failed) = failed {
                return Err(failed);
            }
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
            speeds.push((sizes.calls / in_flight * in_flight) as f64 / best.as_secs_f64());
        }
        rows.push((who, counted, allocations, bytes, speeds));
    }
    let base = rows.iter().find(|row| row.0 == Who::ByHand).ok_or("no base")?;
    for (who, counted, allocations, bytes, speeds) in &rows {
        let counted = counted.zip(base.1).map(|(value, base)| with_ratio(value, base));
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

pub(crate) fn build(who: &str, count: usize) -> Result<(), Failure> {
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

pub(crate) fn building(report: &mut Report, sizes: &Sizes) -> Result<(), Failure> {
    report.section("Building a request");
    report.head(&["client", "instructions", "ns", "allocations"]);
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
        report.row(&[title.to_owned(), counted, thousands(nanoseconds), thousands(allocated)]);
    }
    Ok(())
}
