//! Names for the nested types: one that fits all their uses.

use std::collections::{HashMap, HashSet};

use super::home::{Home, home};
use super::names::Names;
use super::shapes::{Nested, NestedBody, Parent, Shapes};
use super::types::Role;
use super::words::{field, pascal, singular};
use crate::diagnostic::Warnings;

/// The name of each nested type, by its index.
pub(crate) fn name_all(
    shapes: &Shapes,
    names: &mut Names,
    warnings: &mut Warnings,
) -> HashMap<usize, String> {
    let mut chosen: HashMap<usize, String> = HashMap::new();
    for index in shapes.indices() {
        let nested = shapes.get(index);
        let Some(first) = nested.uses.first() else {
            continue;
        };
        let parent = match &first.parent {
            Parent::Top(name) => name.clone(),
            Parent::Nested(parent) => {
                chosen.get(&shapes.resolve(*parent)).cloned().unwrap_or_default()
            }
        };
        let mut candidates: Vec<String> = Vec::new();
        candidates.extend(nested.uses.iter().find_map(|at| at.stated.clone()));
        let fitting = fitting(nested);
        let own = pascal(&singular(&field(&first.field)), "Field");
        let prefixed = match own.starts_with(&parent) {
            true => own,
            false => format!("{parent}{own}"),
        };
        // An enum that one record or type uses is named after it.
        let of_one = matches!(home(nested), Home::Resource(..)) || one_parent(nested, shapes);
        match (&nested.body, of_one) {
            (NestedBody::Enum(_), true) => candidates.extend([prefixed, fitting]),
            // Several methods take it, so the name of one of them would mislead.
            _ if !one_parent(nested, shapes) && only_sent(nested) => {
                let parameter = format!("{fitting}Parameter");
                candidates.extend([fitting, parameter, prefixed]);
            }
            _ => candidates.extend([fitting, prefixed]),
        }
        let model = match home(nested) {
            Home::All => None,
            Home::Model(model) | Home::Resource(model, _) => Some(model),
        };
        let what = format!("the type of `{}`", first.field);
        chosen.insert(index, names.choose(model, &candidates, &what, warnings));
    }
    chosen
}

/// Whether one type holds all its uses.
fn one_parent(nested: &Nested, shapes: &Shapes) -> bool {
    let resolved = |parent: &Parent| match parent {
        Parent::Top(name) => Parent::Top(name.clone()),
        Parent::Nested(index) => Parent::Nested(shapes.resolve(*index)),
    };
    let parents: HashSet<Parent> = nested.uses.iter().map(|at| resolved(&at.parent)).collect();
    parents.len() == 1
}

/// Whether only queries and bodies hold it.
fn only_sent(nested: &Nested) -> bool {
    nested.uses.iter().all(|at| at.role != Role::Response)
}

/// A name by the fields that use the type: their name, the words in which their names end, or what the type holds.
fn fitting(nested: &Nested) -> String {
    let mut fields: Vec<String> =
        nested.uses.iter().map(|at| singular(&field(&at.field))).collect();
    fields.sort();
    fields.dedup();
    if let [one] = fields.as_slice() {
        return pascal(one, "Field");
    }
    let ending = common_ending(&fields);
    if !ending.is_empty() {
        return pascal(&ending, "Field");
    }
    match &nested.body {
        NestedBody::Enum(_) => pascal(&fields.join("_or_"), "Field"),
        NestedBody::Struct(members) => {
            let mut others: Vec<String> =
                members.iter().map(|member| field(&member.wire)).collect();
            others.sort();
            let id = others.iter().position(|name| name == "id");
            if let Some(id) = id {
                others.remove(id);
            }
            let what = match others.as_slice() {
                [] => "id".to_owned(),
                [one] if one == "name" => "named".to_owned(),
                [one] if one == "kind" => "typed".to_owned(),
                [one] => one.clone(),
                [one, two] => format!("{one}_{two}"),
                [one, two, ..] => format!("{one}_{two}_more"),
            };
            let ending = if id.is_some() { "reference" } else { "part" };
            pascal(&format!("{what}_{ending}"), "Part")
        }
    }
}

/// The words in which all names end.
fn common_ending(names: &[String]) -> String {
    let split =
        |name: &String| -> Vec<String> { name.split('_').rev().map(str::to_owned).collect() };
    let mut all = names.iter().map(split);
    let mut common = all.next().unwrap_or_default();
    for words in all {
        let same = common.iter().zip(&words).take_while(|(a, b)| a == b).count();
        common.truncate(same);
    }
    common.reverse();
    common.join("_")
}
