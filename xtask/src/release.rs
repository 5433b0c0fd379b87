//! The checks before a release.

use serde_json::Value;

use crate::{Result, output, read, run};

/// Checks everything that can be checked before a release, then packages the crates in their order.
pub(crate) fn dry_run() -> Result {
    let metadata = output("cargo", &["metadata", "--format-version=1", "--no-deps"])?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let packages: Vec<&Value> = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|package| package["publish"].is_null())
        .collect();
    let version = packages.first().and_then(|package| package["version"].as_str());
    let version = version.ok_or("no package to publish")?;
    let tags = output("git", &["tag", "--list"])?;
    let changes = output("git", &["status", "--porcelain"])?;
    let mut problems = manifest_problems(&packages, version);
    problems.extend(changelog_problem(&read("CHANGELOG.md")?, version));
    if tags.lines().any(|tag| tag == format!("v{version}")) {
        problems.push(format!("the tag v{version} exists already"));
    }
    if !changes.is_empty() {
        problems.push(format!("uncommitted changes:\n{}", changes.trim_end()));
    }
    if !problems.is_empty() {
        return Err(problems.join("\nerror: "));
    }
    let names: Vec<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    println!("{version}: {}", names.join(", "));
    let mut args = vec!["publish", "--dry-run"];
    args.extend(names.iter().flat_map(|name| ["--package", name]));
    run("cargo", &args)
}

/// Every crate has the version and depends on its siblings with exactly it, and docs.rs finds its pages.
fn manifest_problems(packages: &[&Value], version: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        if package["version"].as_str() != Some(version) {
            problems.push(format!("{name} is {}, not {version}", package["version"]));
        }
        for key in ["description", "license", "readme", "documentation"] {
            if package[key].is_null() {
                problems.push(format!("{name} has no `{key}`"));
            }
        }
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let is_sibling = packages.iter().any(|sibling| sibling["name"] == dependency["name"]);
            // A development dependency by path alone is left out of the package.
            let is_left_out = dependency["kind"] == "dev" && dependency["req"] == "*";
            if is_sibling && !is_left_out && dependency["req"] != format!("={version}") {
                let (sibling, req) = (&dependency["name"], &dependency["req"]);
                problems.push(format!("{name} depends on {sibling} {req}, not \"={version}\""));
            }
        }
    }
    problems
}

/// The changelog has a dated section for the version.
fn changelog_problem(text: &str, version: &str) -> Option<String> {
    let start = format!("## [{version}] - ");
    match text.lines().find_map(|line| line.strip_prefix(&start)) {
        Some(date) if is_date(date) => None,
        Some(date) => Some(format!("CHANGELOG.md: `{date}` is not a date (YYYY-MM-DD)")),
        None => Some(format!("CHANGELOG.md has no section `{start}YYYY-MM-DD`")),
    }
}

fn is_date(text: &str) -> bool {
    let digits =
        |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = text.split('-').collect();
    matches!(parts[..], [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn package(name: &str, dependencies: &Value) -> Value {
        json!({
            "name": name, "version": "1.2.3", "description": "d", "license": "MIT", "readme": "r",
            "documentation": "u", "dependencies": dependencies,
        })
    }

    #[test]
    fn siblings_are_pinned() {
        let core = package("core", &json!([]));
        for (dependency, problems) in [
            (json!({"name": "core", "req": "=1.2.3", "kind": null}), 0),
            (json!({"name": "core", "req": "^1.2.3", "kind": null}), 1),
            (json!({"name": "core", "req": "*", "kind": "dev"}), 0),
            (json!({"name": "core", "req": "*", "kind": null}), 1),
            (json!({"name": "serde", "req": "^1", "kind": null}), 0),
        ] {
            let user = package("user", &json!([dependency]));
            let found = manifest_problems(&[&core, &user], "1.2.3");
            assert_eq!(found.len(), problems, "{found:?}");
        }
        assert_eq!(manifest_problems(&[&core], "1.2.4").len(), 1);
        let mut bare = package("bare", &json!([]));
        bare["readme"] = Value::Null;
        assert_eq!(manifest_problems(&[&bare], "1.2.3"), ["bare has no `readme`"]);
    }

    #[test]
    fn the_changelog_has_a_dated_section() {
        for (text, is_problem) in [
            ("## [1.2.3] - 2026-01-02\n", false),
            ("## [Unreleased]\n## [1.2.3] - 2026-01-02\n", false),
            ("## [1.2.3]\n", true),
            ("## [1.2.3] - soon\n", true),
            ("## [11.2.3] - 2026-01-02\n", true),
        ] {
            assert_eq!(changelog_problem(text, "1.2.3").is_some(), is_problem, "{text}");
        }
    }
}
