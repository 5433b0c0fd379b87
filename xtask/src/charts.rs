//! Bar charts of the reports' tables, as SVG for light and dark pages.

use std::fmt::Write as _;

use crate::{Result, read, workspace};

/// One chart: a column of a table, one bar per row.
struct Chart {
    file: &'static str,
    /// The heading above the table.
    section: &'static str,
    /// The cells that name a row.
    labels: &'static [usize],
    /// The cell that is drawn.
    value: usize,
    title: &'static str,
    is_less_better: bool,
    /// If set, only rows with this first cell are drawn.
    only: Option<&'static str>,
}

const CHARTS: [Chart; 8] = [
    Chart {
        file: "call",
        section: "A call",
        labels: &[0],
        value: 4,
        title: "Calls per second, one in flight",
        is_less_better: false,
        only: None,
    },
    Chart {
        file: "request",
        section: "Building a request",
        labels: &[0],
        value: 2,
        title: "Building a request, nanoseconds",
        is_less_better: true,
        only: None,
    },
    Chart {
        file: "page",
        section: "Decoding a page",
        labels: &[1],
        value: 4,
        title: "Decoding a page of 10,000 users, milliseconds",
        is_less_better: true,
        only: Some("10000"),
    },
    Chart {
        file: "stream",
        section: "A stream",
        labels: &[0],
        value: 1,
        title: "Downloading a stream, MB/s",
        is_less_better: false,
        only: None,
    },
    Chart {
        file: "upload",
        section: "An upload",
        labels: &[0],
        value: 1,
        title: "Uploading a file, MB/s",
        is_less_better: false,
        only: None,
    },
    Chart {
        file: "compile",
        section: "Compiling",
        labels: &[0, 1],
        value: 3,
        title: "Checking one more endpoint, milliseconds",
        is_less_better: true,
        only: None,
    },
    Chart {
        file: "idle",
        section: "Idle",
        labels: &[0],
        value: 3,
        title: "CPU time per second of a waiting call and of a known account, µs",
        is_less_better: true,
        only: None,
    },
    Chart {
        file: "scale",
        section: "Three ways to enforce a limit",
        labels: &[2, 1],
        value: 5,
        title: "Calls lost by 100 processes, percent",
        is_less_better: true,
        only: Some("100"),
    },
];

/// The documents whose tables are drawn.
const REPORTS: [&str; 2] = ["docs/benchmarks.md", "docs/scale.md"];

/// Writes the charts that the reports show, or compares them.
pub(crate) fn run(is_check: bool) -> Result {
    let folder = workspace().join("docs/charts");
    std::fs::create_dir_all(&folder).map_err(|error| format!("docs/charts: {error}"))?;
    let mut stale = Vec::new();
    for source in REPORTS {
        let report = read(source)?;
        for name in shown(&report) {
            let chart = CHARTS.iter().find(|chart| chart.file == name);
            let chart = chart.ok_or_else(|| format!("{source}: no chart is `{name}`"))?;
            let svg = draw(chart, &bars(chart, &report)?);
            let path = folder.join(format!("{}.svg", chart.file));
            if std::fs::read_to_string(&path).is_ok_and(|before| before == svg) {
                continue;
            }
            if is_check {
                stale.push(format!("docs/charts/{}.svg", chart.file));
            } else {
                std::fs::write(&path, svg)
                    .map_err(|error| format!("{}: {error}", path.display()))?;
            }
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("{} are not what the reports say; run `cargo xtask charts`", stale.join(", ")))
}

/// The charts in a report, `![…](charts/NAME.svg)`.
fn shown(report: &str) -> impl Iterator<Item = &str> {
    report.split("](charts/").skip(1).filter_map(|rest| Some(rest.split_once(".svg)")?.0))
}

struct Bar {
    label: String,
    value: f64,
    /// The chart's link as the report writes it.
    text: String,
    is_ours: bool,
}

/// The rows of the first table below the chart's heading.
fn bars(chart: &Chart, report: &str) -> Result<Vec<Bar>> {
    let heading = format!("## {}", chart.section);
    let mut bars = Vec::new();
    let table = report
        .lines()
        .skip_while(|line| *line != heading)
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2);
    for row in table {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let cell = |index: usize| cells.get(index).copied().unwrap_or_default();
        if chart.only.is_some_and(|only| cell(0) != only) {
            continue;
        }
        let text = cell(chart.value).split([' ', '%']).next().unwrap_or_default();
        let Ok(value) = text.replace(',', "").parse::<f64>() else { continue };
        let labels: Vec<String> =
            chart.labels.iter().map(|&index| cell(index).replace('`', "")).collect();
        let label = labels.join(", ");
        // The rows of other programs name them first.
        let is_ours = !["hand-written", "reqwest", "serde", "progenitor", "plain"]
            .iter()
            .any(|other| label.starts_with(other));
        bars.push(Bar { label, value, text: text.to_owned(), is_ours });
    }
    if bars.is_empty() {
        return Err(format!("no numbers below `{heading}`"));
    }
    Ok(bars)
}

const WIDTH: u32 = 720;
const BAR: u32 = 44;

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn draw(chart: &Chart, bars: &[Bar]) -> String {
    let most = bars.iter().map(|bar| bar.value).fold(f64::MIN_POSITIVE, f64::max);
    let height = 58 + BAR * u32::try_from(bars.len()).unwrap_or(u32::MAX / BAR - 2);
    let better = if chart.is_less_better { "less is better" } else { "more is better" };
    let described: Vec<String> =
        bars.iter().map(|bar| format!("{}: {}", bar.label, bar.text)).collect();
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" aria-label="{title}: {description}">
<style>
  text {{ font: 14px system-ui, sans-serif; fill: #1f2328 }}
  .title {{ font-size: 16px; font-weight: 600 }}
  .note {{ fill: #59636e; font-size: 13px }}
  .ours {{ fill: #0969da }}
  .other {{ fill: #afb8c1 }}
  @media (prefers-color-scheme: dark) {{
    text {{ fill: #f0f6fc }}
    .note {{ fill: #9198a1 }}
    .ours {{ fill: #4493f8 }}
    .other {{ fill: #656c76 }}
  }}
</style>
<text class="title" x="12" y="24">{title}</text>
<text class="note" x="12" y="43">{better}</text>
"#,
        title = escape(chart.title),
        description = escape(&described.join("; ")),
    );
    let mut y = 58;
    for bar in bars {
        let class = if bar.is_ours { "ours" } else { "other" };
        // Space for the number after the longest bar.
        let length = (bar.value / most * f64::from(WIDTH - 110)).max(1.0);
        let _ = writeln!(
            svg,
            r#"<text x="12" y="{}">{}</text>
<rect class="{class}" x="12" y="{}" width="{length:.1}" height="14" rx="2"/>
<text x="{:.1}" y="{}">{}</text>"#,
            y + 12,
            escape(&bar.label),
            y + 18,
            length + 18.0,
            y + 30,
            escape(&bar.text),
        );
        y += BAR;
    }
    svg.push_str("</svg>\n");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "## A\n\ntext\n\n| who | ms |\n| --- | --- |\n| truto-core, `x<y>` | 1,250.5 (0.5) |\n\
        | reqwest | 10 |\n| none |  |\n\n## B\n\n| who | ms |\n| --- | --- |\n| b | 1 |\n";

    const CHART: Chart = Chart {
        file: "a",
        section: "A",
        labels: &[0],
        value: 1,
        title: "A & B",
        is_less_better: true,
        only: None,
    };

    #[test]
    fn a_bar_per_row_that_has_a_number() {
        let bars = bars(&CHART, REPORT).expect("bars");
        let found: Vec<_> = bars.iter().map(|bar| (&*bar.label, bar.value, bar.is_ours)).collect();
        assert_eq!(found, [("truto-core, x<y>", 1250.5, true), ("reqwest", 10.0, false)]);
        let svg = draw(&CHART, &bars);
        assert!(
            svg.contains("A &amp; B") && svg.contains("x&lt;y&gt;") && svg.contains(">1,250.5<")
        );
    }

    #[test]
    fn the_report_shows_charts() {
        let report = "![a](charts/one.svg)\n\n![b](charts/two.svg) [c](other.svg)";
        assert_eq!(shown(report).collect::<Vec<_>>(), ["one", "two"]);
        let defined = CHARTS.map(|chart| chart.file);
        for source in REPORTS {
            let report = read(source).expect("the report");
            assert!(shown(&report).all(|name| defined.contains(&name)), "{source}");
        }
    }

    #[test]
    fn a_missing_table_is_an_error() {
        assert!(bars(&Chart { section: "C", ..CHART }, REPORT).is_err());
        assert!(bars(&Chart { value: 7, ..CHART }, REPORT).is_err());
    }
}
