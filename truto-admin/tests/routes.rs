//! The list of routes in the documentation is the list of declarations.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, Item, LitStr, Token, Type};

type Route = (String, String);

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let below = folders.iter().flat_map(|folder| sources(folder));
    files
        .into_iter()
        .filter(|path| {
            path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs")
        })
        .chain(below)
        .collect()
}

/// `key = "text"`, or `key = Type`.
struct Argument {
    key: Ident,
    text: Option<String>,
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.parse()?;
        input.parse::<Token![=]>()?;
        let text = input.parse::<Option<LitStr>>()?.map(|text| text.value());
        if text.is_none() {
            input.parse::<Type>()?;
        }
        Ok(Self { key, text })
    }
}

/// The method, path and documentation link of an `#[endpoint]`.
fn declared(owner: &str, attribute: &Attribute) -> (Route, String) {
    let parse = Punctuated::<Argument, Token![,]>::parse_terminated;
    let arguments = attribute.parse_args_with(parse).expect("arguments");
    let text = |key: &str| {
        let found = arguments.iter().find(|argument| argument.key == key);
        found.and_then(|argument| argument.text.clone()).expect("a text")
    };
    ((text("method"), text("path")), format!("[`{owner}::{}`]", text("name")))
}

fn declarations() -> BTreeSet<(Route, String)> {
    let mut found = BTreeSet::new();
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let file = syn::parse_file(&fs::read_to_string(file).expect("a source")).expect("Rust");
        for item in file.items {
            let Item::Struct(item) = item else { continue };
            for attribute in
                item.attrs.iter().filter(|attribute| attribute.path().is_ident("endpoint"))
            {
                found.insert(declared(&item.ident.to_string(), attribute));
            }
        }
    }
    found
}

/// The mark, the route and the last column of each row.
fn rows() -> Vec<(&'static str, Route, &'static str)> {
    let rows = include_str!("../src/routes.md")
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains('`'));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches(['|', ' ']).split(" | ").collect();
        let [mark, route, place] = cells[..] else { panic!("three columns: {row}") };
        let (method, path) = route.trim_matches('`').split_once(' ').expect("method and path");
        (mark, (method.to_owned(), path.to_owned()), place)
    })
    .collect()
}

#[test]
fn documents_every_declaration_and_declares_every_documented_route() {
    let listed: BTreeSet<_> = rows()
        .into_iter()
        .filter(|(mark, ..)| *mark == "●")
        .map(|(_, route, place)| (route, place.to_owned()))
        .collect();
    let declared = declarations();
    assert!(declared.len() > 150, "{}", declared.len());
    let missing: Vec<_> = declared.symmetric_difference(&listed).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn gives_a_reason_for_every_other_route() {
    let declared: BTreeSet<Route> = declarations().into_iter().map(|(route, _)| route).collect();
    for (mark, route, why) in rows() {
        match mark {
            "●" => {}
            "◐" | "○" => {
                assert!(!declared.contains(&route), "{route:?} is declared");
                assert!(why.len() > 10, "{route:?} has no reason");
            }
            mark => panic!("{mark}"),
        }
    }
}

#[test]
fn lists_each_route_once() {
    let mut seen = BTreeSet::new();
    for (_, route, place) in rows() {
        assert!(seen.insert((route, place)), "{place}");
    }
}

/// Routes of Truto, independent of this crate's own list.
fn facts() -> BTreeSet<Route> {
    let mut routes = BTreeSet::new();
    for line in include_str!("facts.txt").lines().filter(|line| !line.starts_with('#')) {
        let (methods, path) = line.rsplit_once(' ').expect("methods and a path");
        let mut add = |method: &str, end: &str| {
            routes.insert((method.to_owned(), unnamed(&format!("{path}{end}"))));
        };
        match methods {
            "CRUD" => {
                for (method, end) in [
                    ("GET", ""),
                    ("POST", ""),
                    ("GET", "/<id>"),
                    ("PATCH", "/<id>"),
                    ("DELETE", "/<id>"),
                ] {
                    add(method, end);
                }
            }
            methods => methods.split(' ').for_each(|method| add(method, "")),
        }
    }
    routes
}

/// The path with empty placeholders, whose names differ from source to source.
fn unnamed(path: &str) -> String {
    let segments = path.split('/').map(|part| if part.starts_with('<') { "<>" } else { part });
    segments.collect::<Vec<_>>().join("/")
}

#[test]
fn documents_every_route_of_truto() {
    let listed: BTreeSet<Route> =
        rows().into_iter().map(|(_, (method, path), _)| (method, unnamed(&path))).collect();
    let facts = facts();
    assert!(facts.len() > 120, "{}", facts.len());
    let missing: Vec<_> = facts.difference(&listed).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}
