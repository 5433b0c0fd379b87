//! Tables in Markdown.

use std::fmt::{Display, Write};

/// The tables of one run, printed as they are measured. docs/benchmarks.md describes what each measures.
#[derive(Debug, Default)]
pub struct Report(String);

impl Report {
    /// The heading of the section that the next table belongs to.
    pub fn section(&mut self, title: &str) {
        self.line(&format!("\n## {title}\n"));
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

    /// Replaces each table of `document` that this run measured, and keeps everything else.
    ///
    /// # Errors
    ///
    /// If the document has no such section, or no table in it.
    pub fn update(&self, document: &str) -> Result<String, String> {
        let mut sections: Vec<String> = document.split("\n## ").map(str::to_owned).collect();
        for measured in self.0.split("\n## ").skip(1) {
            let (title, _) = measured.split_once('\n').unwrap_or((measured, ""));
            let section =
                sections.iter_mut().skip(1).find(|section| section.lines().next() == Some(title));
            let section = section.ok_or_else(|| format!("no section is called `{title}`"))?;
            let is_row = |line: &&str| line.starts_with('|');
            let before = section.lines().take_while(|line| !is_row(line));
            let table = measured.lines().filter(is_row);
            let after = section.lines().skip_while(|line| !is_row(line)).skip_while(is_row);
            let lines: Vec<&str> = before.chain(table).chain(after).collect();
            if !section.lines().any(|line| is_row(&line)) {
                return Err(format!("`{title}` has no table"));
            }
            *section = lines.join("\n") + if section.ends_with('\n') { "\n" } else { "" };
        }
        Ok(sections.join("\n## "))
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

#[cfg(test)]
mod tests {
    use super::Report;

    const DOCUMENT: &str = "# Benchmarks\n\nThe head.\n\n## A\n\nText of A.\n\n| a |\n| --- |\n| 1 |\n\nMore of A.\n\n\
                            ## By hand\n\n| b |\n| --- |\n| 2 |\n\n## C\n\n| c |\n| --- |\n| 3 |\n";

    fn report(title: &str, values: &[&str]) -> Report {
        let mut report = Report::default();
        report.section(title);
        report.head(&["new"]);
        for value in values {
            report.row(&[value]);
        }
        report
    }

    #[test]
    fn an_update_replaces_only_the_tables_that_were_measured() {
        let updated = report("A", &["7", "8"]).update(DOCUMENT);
        let wanted = DOCUMENT.replace("| a |\n| --- |\n| 1 |", "| new |\n| --- |\n| 7 |\n| 8 |");
        assert_eq!(updated, Ok(wanted));
        let updated = report("C", &["9"]).update(DOCUMENT);
        assert_eq!(
            updated,
            Ok(DOCUMENT.replace("| c |\n| --- |\n| 3 |", "| new |\n| --- |\n| 9 |"))
        );
    }

    #[test]
    fn a_table_without_a_place_in_the_document_is_an_error() {
        assert_eq!(report("D", &["1"]).update(DOCUMENT), Err("no section is called `D`".into()));
        let without = DOCUMENT.replace("| c |\n| --- |\n| 3 |\n", "");
        assert_eq!(report("C", &["1"]).update(&without), Err("`C` has no table".into()));
    }
}
