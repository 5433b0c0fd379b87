//! The site: `mdbook build book` with a preprocessor, the API documentation copied into it, and its links checked.

mod check;
mod gallery;
mod markdown;
mod rustdoc;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use self::rustdoc::Rustdoc;
use crate::{Result, read, run, workspace};

/// Output folder of `.ci/docs`.
const API: &str = "target/docs/doc";
const SITE: &str = "target/book";

/// Builds the site into `target/book`.
pub(crate) fn build() -> Result {
    run(".ci/docs", &[])?;
    run(&mdbook(), &["build", "book"])?;
    let site = workspace().join(SITE);
    copy(&workspace().join(API), &site.join("api"))?;
    check::links(&site)
}

/// The mdBook that CI installed, or else the one on `PATH`.
fn mdbook() -> String {
    let pinned = workspace().join("target/tools/bin/mdbook");
    if pinned.exists() { pinned.display().to_string() } else { "mdbook".to_owned() }
}

/// Speaks mdBook's protocol: the book as JSON on stdin, the changed book on stdout.
pub(crate) fn preprocess() -> Result {
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input).map_err(|error| error.to_string())?;
    let mut input: Value = serde_json::from_str(&input).map_err(|error| error.to_string())?;
    let pages = Pages { rustdoc: Rustdoc::read(&workspace().join(API))? };
    let mut problems = Vec::new();
    pages.rewrite(&mut input[1], &mut problems)?;
    if !problems.is_empty() {
        return Err(problems.join("\nerror: "));
    }
    println!("{}", input[1]);
    Ok(())
}

struct Pages {
    rustdoc: Rustdoc,
}

impl Pages {
    /// Rewrites every chapter below a value, whatever the version of mdBook calls the levels above it.
    fn rewrite(&self, value: &mut Value, problems: &mut Vec<String>) -> Result {
        if let Some(chapter) = value.get_mut("Chapter") {
            if let Some(text) = chapter["content"].as_str() {
                let text = self.chapter(text, problems)?;
                chapter["content"] = Value::String(text);
            }
        }
        match value {
            Value::Object(fields) => {
                fields.values_mut().try_for_each(|inner| self.rewrite(inner, problems))
            }
            Value::Array(items) => {
                items.iter_mut().try_for_each(|inner| self.rewrite(inner, problems))
            }
            _ => Ok(()),
        }
    }

    fn chapter(&self, text: &str, problems: &mut Vec<String>) -> Result<String> {
        let mut text = text.to_owned();
        if text.contains("{{diagnostics}}") {
            text = text.replace("{{diagnostics}}", &gallery::render()?);
        }
        let text = markdown::demote_headings(&text);
        let text = markdown::map_links(&text, |target| match self.link(target) {
            Some(Ok(link)) => Some(link),
            Some(Err(problem)) => {
                problems.push(problem);
                None
            }
            None => None,
        });
        markdown::map_lines(&text, |line| match chart_of(line) {
            Some(name) => inline_chart(name),
            None => Ok(line.to_owned()),
        })
    }

    /// The address within the site, for links that differ there.
    fn link(&self, target: &str) -> Option<Result<String>> {
        if let Some(name) = target.strip_prefix("https://docs.rs/truto-") {
            if let Some((_, page)) = name.split_once("/latest/") {
                return Some(Ok(format!("api/{page}")));
            }
            let page = format!("{name}.md");
            return workspace().join("book/src").join(&page).exists().then_some(Ok(page));
        }
        if let Some(anchor) = target.strip_prefix("crate#") {
            return Some(Ok(format!("guide.md#{anchor}")));
        }
        if !rustdoc::is_path(target) {
            return None;
        }
        let found = page_of(target).or_else(|| self.rustdoc.resolve(target));
        Some(found.ok_or_else(|| format!("no item `{target}` in the API documentation")))
    }
}

/// The page of the site for a module that contains only text.
fn page_of(path: &str) -> Option<String> {
    let name = path.strip_prefix("crate::").unwrap_or(path);
    let name = if name == "incremental_sync" { "sync" } else { name };
    let page = format!("{name}.md");
    workspace().join("book/src").join(&page).exists().then_some(page)
}

/// The name in a line that is nothing but `![…](charts/NAME.svg)`, whatever folders are before `charts`.
fn chart_of(line: &str) -> Option<&str> {
    let (_, target) = line.strip_prefix("![")?.split_once("](")?;
    let (_, name) = target.strip_suffix(".svg)")?.rsplit_once("charts/")?;
    (!name.contains('/')).then_some(name)
}

/// The chart as part of the page, so that it follows the theme that a reader selects.
fn inline_chart(name: &str) -> Result<String> {
    let svg = read(&format!("docs/charts/{name}.svg"))?;
    let (before, rest) = svg.split_once("<style>").ok_or("a chart without a style")?;
    let (_, after) = rest.split_once("</style>\n").ok_or("a chart without a style")?;
    let before = before.trim_end().replacen("<svg ", r#"<svg class="chart" "#, 1);
    Ok(format!("{before}\n{after}"))
}

fn copy(from: &Path, to: &Path) -> Result {
    for path in walk(from)? {
        let relative = path.strip_prefix(from).map_err(|error| error.to_string())?;
        let target = to.join(relative);
        let folder = target.parent().unwrap_or(to);
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::copy(&path, &target))
            .map_err(|error| format!("{}: {error}", target.display()))?;
    }
    Ok(())
}

/// All files below a folder.
fn walk(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut folders = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder);
        for entry in entries.map_err(|error| format!("{}: {error}", folder.display()))? {
            let path = entry.map_err(|error| error.to_string())?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_are_recognized_on_lines_of_their_own() {
        assert_eq!(chart_of("![Calls per second](charts/call.svg)"), Some("call"));
        assert_eq!(chart_of("![x](../../docs/charts/fleet.svg)"), Some("fleet"));
        assert_eq!(chart_of("see ![x](charts/call.svg)"), None);
        assert_eq!(chart_of("![x](other/call.svg)"), None);
    }

    #[test]
    fn inlined_charts_leave_their_style_to_the_site() {
        let svg = inline_chart("call").expect("a chart");
        assert!(svg.starts_with(r#"<svg class="chart" "#), "{svg}");
        assert!(!svg.contains("style") && !svg.contains("\n\n"), "{svg}");
    }
}
