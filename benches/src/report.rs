//! Tables in Markdown.

use std::fmt::{Display, Write};

/// The report, printed and written to docs/benchmarks.md.
#[derive(Debug, Default)]
pub struct Report(String);

impl Report {
    /// A heading with what is measured below it.
    pub fn section(&mut self, title: &str, text: &str) {
        self.line(&format!("\n## {title}\n\n{text}\n"));
    }

    /// A chart of the next table, which `cargo xtask charts` draws.
    pub fn chart(&mut self, name: &str, title: &str) {
        self.line(&format!("![{title}](charts/{name}.svg)\n"));
    }

    /// The head of a table.
    pub fn head(&mut self, columns: &[&str]) {
        self.row(columns);
        self.row(&vec!["---"; columns.len()]);
    }

    /// A row of a table.
    pub fn row<T: Display>(&mut self, cells: &[T]) {
        let mut row = String::from("|");
        for cell in cells {
            // Writing to a string cannot fail.
            let _ = write!(row, " {cell} |");
        }
        self.line(&row);
    }

    /// A line of text, printed as soon as it is known.
    pub fn line(&mut self, line: &str) {
        println!("{line}");
        self.0.push_str(line);
        self.0.push('\n');
    }

    /// The whole text.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }
}

/// A number with its ratio to a base, as `1,234 (0.56)`.
#[must_use]
pub fn with_ratio(value: f64, base: f64) -> String {
    format!("{} ({:.2})", thousands(value), value / base)
}

/// A number with commas between thousands.
#[must_use]
pub fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
