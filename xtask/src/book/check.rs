//! Checks that every link of the site leads to a file, and every fragment to an element of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::walk;
use crate::Result;

/// Fails with all links of the book's own pages that lead nowhere. rustdoc checks those of the API documentation.
pub(crate) fn links(site: &Path) -> Result {
    let mut anchors = BTreeMap::new();
    let mut problems = Vec::new();
    let mut count = 0;
    for page in walk(site)? {
        let is_page = page.extension().is_some_and(|extension| extension == "html");
        // `404.html` is served for any address, so it has absolute links only.
        if !is_page || page.starts_with(site.join("api")) || page.ends_with("404.html") {
            continue;
        }
        let html = read(&page)?;
        for link in targets(&html) {
            count += 1;
            if let Some(problem) = problem(&page, link, &mut anchors)? {
                let page = page.strip_prefix(site).unwrap_or(&page);
                problems.push(format!("{}: `{link}`: {problem}", page.display()));
            }
        }
    }
    if count == 0 {
        return Err(format!("{}: no links at all", site.display()));
    }
    if problems.is_empty() {
        println!("{count} links are good");
        return Ok(());
    }
    Err(problems.join("\nerror: "))
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn problem(
    page: &Path,
    link: &str,
    anchors: &mut BTreeMap<PathBuf, BTreeSet<String>>,
) -> Result<Option<&'static str>> {
    let (file, fragment) = link.split_once('#').unwrap_or((link, ""));
    let file = file.split('?').next().unwrap_or_default();
    let mut target = if file.is_empty() { page.to_owned() } else { join(page, file) };
    if target.is_dir() {
        target.push("index.html");
    }
    if !target.is_file() {
        return Ok(Some("no such file"));
    }
    if fragment.is_empty() || target.extension().is_none_or(|extension| extension != "html") {
        return Ok(None);
    }
    if !anchors.contains_key(&target) {
        anchors.insert(target.clone(), ids(&read(&target)?));
    }
    Ok((!anchors[&target].contains(fragment)).then_some("no such element"))
}

/// A relative address, from the page that has it.
fn join(page: &Path, relative: &str) -> PathBuf {
    let mut path = page.parent().unwrap_or(page).to_owned();
    for component in Path::new(relative).components() {
        match component {
            Component::ParentDir => {
                path.pop();
            }
            Component::Normal(name) => path.push(name),
            _ => {}
        }
    }
    path
}

/// The addresses in `href` and `src` that stay on the site.
fn targets(html: &str) -> impl Iterator<Item = &str> {
    ["href=\"", "src=\""]
        .into_iter()
        .flat_map(|attribute| html.split(attribute).skip(1))
        .filter_map(|rest| rest.split('"').next())
        .filter(|link| !link.contains(':') && !link.is_empty())
}

fn ids(html: &str) -> BTreeSet<String> {
    html.split("id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dead_links_and_fragments_are_found() {
        let site = std::env::temp_dir().join(format!("truto-links-{}", std::process::id()));
        std::fs::create_dir_all(site.join("sub")).expect("a folder");
        let page = r##"<a href="sub/b.html#x"><a href="sub"><a href="https://a.org/gone"><a href="#here"><p id="here">"##;
        std::fs::write(site.join("a.html"), page).expect("a page");
        std::fs::write(site.join("sub/b.html"), r#"<a href="../a.html"><p id="x">"#)
            .expect("a page");
        std::fs::write(site.join("sub/index.html"), "").expect("a page");
        assert_eq!(links(&site), Ok(()));
        let page =
            r##"<a href="sub/c.html"><a href="sub/b.html#y"><img src="z.png"><a href="#gone">"##;
        std::fs::write(site.join("a.html"), page).expect("a page");
        let found = links(&site).expect_err("dead links");
        std::fs::remove_dir_all(&site).expect("removed");
        for link in
            ["`sub/c.html`: no such file", "`sub/b.html#y`: no such element", "`z.png`", "`#gone`"]
        {
            assert!(found.contains(link), "{link} is not in {found}");
        }
    }
}
