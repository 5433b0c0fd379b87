//! Pages and anchors of items in rustdoc's output.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::Result;

/// The crate whose items the pages link to.
const CRATE: &str = "truto_core";

/// rustdoc's anchors for members of an item.
const MEMBERS: [&str; 5] = ["method", "tymethod", "variant", "structfield", "associatedconstant"];

/// Index of a crate's documentation.
pub(crate) struct Rustdoc {
    folder: PathBuf,
    /// `webhooks::Event` → `webhooks/enum.Event.html`.
    items: BTreeMap<String, String>,
}

impl Rustdoc {
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let folder = root.join(CRATE);
        let all = std::fs::read_to_string(folder.join("all.html"));
        let all = all.map_err(
            |_| "the API documentation is not built; run `cargo xtask book`, or `.ci/docs` first",
        )?;
        Ok(Self { folder, items: items(&all) })
    }

    /// The address of an item or of a member of one, below the site's root.
    pub(crate) fn resolve(&self, path: &str) -> Option<String> {
        let path = path.strip_prefix("crate::").unwrap_or(path);
        let path = path.strip_prefix("truto_core::").unwrap_or(path).trim_end_matches("()");
        if let Some(page) = self.items.get(path) {
            return Some(format!("api/{CRATE}/{page}"));
        }
        if let Some((item, member)) = path.rsplit_once("::") {
            if let Some(page) = self.items.get(item) {
                let html = std::fs::read_to_string(self.folder.join(page)).ok()?;
                let anchor = MEMBERS
                    .iter()
                    .map(|kind| format!("{kind}.{member}"))
                    .find(|anchor| html.contains(&format!("id=\"{anchor}\"")))?;
                return Some(format!("api/{CRATE}/{page}#{anchor}"));
            }
        }
        let module = format!("{}/index.html", path.replace("::", "/"));
        self.folder.join(&module).exists().then(|| format!("api/{CRATE}/{module}"))
    }
}

/// The items that rustdoc lists in `all.html`.
fn items(all: &str) -> BTreeMap<String, String> {
    let links = all.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let mut items = BTreeMap::new();
    for link in links {
        let (modules, file) = link.rsplit_once('/').unwrap_or(("", link));
        let mut words = file.split('.');
        if let (Some(_kind), Some(name), Some("html"), None) =
            (words.next(), words.next(), words.next(), words.next())
        {
            let prefix: String = modules
                .split('/')
                .filter(|module| !module.is_empty())
                .flat_map(|m| [m, "::"])
                .collect();
            items.insert(format!("{prefix}{name}"), link.to_owned());
        }
    }
    items
}

/// `true` for a path to an item, `false` for an address.
pub(crate) fn is_path(target: &str) -> bool {
    let name = target.trim_end_matches("()");
    !name.is_empty()
        && name.split("::").all(|segment| {
            !segment.is_empty()
                && !segment.starts_with(|first: char| first.is_ascii_digit())
                && segment.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_found_by_their_path() {
        let html = r#"<a href="struct.Client.html">Client</a><a href="webhooks/enum.Event.html">
            <a href="../static.files/a.css"><a href="https://x.org/a.b.html">"#;
        let items = items(html);
        assert_eq!(items["Client"], "struct.Client.html");
        assert_eq!(items["webhooks::Event"], "webhooks/enum.Event.html");
    }

    #[test]
    fn paths_are_distinguished_from_addresses() {
        for path in ["crate::Client", "Request::send", "cookbook", "Page", "f()"] {
            assert!(is_path(path), "{path}");
        }
        for address in ["https://a", "a.md", "#part", "crate#part", "", "a::", "../x", "::a"] {
            assert!(!is_path(address), "{address}");
        }
    }
}
