//! The diagnostics gallery: every case of tests/ui/fail with the compiler's output.

use std::fmt::Write as _;

use crate::{Result, workspace};

/// Sections of the gallery: the prefix of the file names, and a title.
const SECTIONS: [(&str, &str); 14] = [
    ("args", "Arguments"),
    ("method", "Methods"),
    ("path", "Paths"),
    ("placeholder", "Placeholders"),
    ("shape", "Shapes"),
    ("name", "Names"),
    ("type", "Types"),
    ("body", "Bodies"),
    ("safe", "`safe`"),
    ("item", "Items"),
    ("endpoint", "`endpoint`"),
    ("use", "Calls"),
    ("lint", "Lints"),
    ("", "Several mistakes"),
];

struct Case {
    name: String,
    source: String,
    output: String,
}

/// The gallery as Markdown.
pub(crate) fn render() -> Result<String> {
    let folder = workspace().join("tests/ui/fail");
    let mut cases = Vec::new();
    for path in super::walk(&folder)? {
        let read = |path: &std::path::Path| {
            std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
        };
        if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let output = read(&path.with_extension("stderr"))?;
            cases.push(Case { name, source: read(&path)?, output });
        }
    }
    Ok(markdown(&cases))
}

fn markdown(cases: &[Case]) -> String {
    let mut text = String::new();
    for (prefix, title) in SECTIONS {
        let mut of_section = cases.iter().filter(|case| section(&case.name) == prefix).peekable();
        if of_section.peek().is_none() {
            continue;
        }
        let _ = writeln!(text, "## {title}\n");
        for case in of_section {
            let name = case.name.strip_prefix(prefix).unwrap_or(&case.name);
            let name = name.trim_start_matches('_').replace('_', " ");
            let _ = writeln!(
                text,
                "### {}\n\n```rust,ignore\n{}\n```\n\n```text\n{}\n```\n",
                capitalized(&name),
                snippet(&case.source),
                case.output.trim_end()
            );
        }
    }
    text
}

/// The prefix of the section that a case belongs to.
fn section(name: &str) -> &'static str {
    let first = name.split('_').next().unwrap_or_default();
    SECTIONS.iter().map(|(prefix, _)| *prefix).find(|prefix| *prefix == first).unwrap_or("")
}

/// The source without the boilerplate that every case has around its mistake.
fn snippet(source: &str) -> &str {
    source.trim().strip_suffix("fn main() {}").unwrap_or(source).trim()
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_grouped_by_their_prefix() {
        let case = |name: &str| Case {
            name: name.to_owned(),
            source: "use a;\n\nfn main() {}\n".to_owned(),
            output: "error: b\n".to_owned(),
        };
        let text = markdown(&[case("many_mistakes"), case("path_no_slash"), case("args_alias")]);
        let headings: Vec<&str> = text.lines().filter(|line| line.starts_with('#')).collect();
        let expected = [
            "## Arguments",
            "### Alias",
            "## Paths",
            "### No slash",
            "## Several mistakes",
            "### Many mistakes",
        ];
        assert_eq!(headings, expected);
        assert!(text.contains("```rust,ignore\nuse a;\n```\n\n```text\nerror: b\n```"), "{text}");
    }

    #[test]
    fn every_case_is_on_the_page() {
        let text = render().expect("the cases");
        let cases = super::super::walk(&workspace().join("tests/ui/fail")).expect("files");
        let cases = cases.iter().filter(|path| path.extension().is_some_and(|e| e == "rs")).count();
        assert_eq!(text.matches("\n### ").count(), cases);
    }
}
