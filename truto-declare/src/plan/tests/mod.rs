//! The rules from resources to types, on resources made by hand.

mod fields;
mod lock;
mod names;
mod sharing;

use super::{ModelPlan, Plan, Presence, Type, TypeBody, plan};
use crate::config::Config;
use crate::diagnostic::Warnings;
use crate::lock::Lock;
use crate::model::{
    Body, Field, Form, Object, Place, Rank, Reference, Resource, Route, Shape, Text,
};

fn field(name: &str, shape: Shape) -> Field {
    Field::of_shape(name, shape, Place::new(&"a.json".into(), 7))
}

fn text() -> Shape {
    words(&[])
}

fn words(words: &[&str]) -> Shape {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    Shape::Text(Text { words, ..Text::default() })
}

fn array(item: Shape) -> Shape {
    Shape::Array(Box::new(item))
}

fn object(fields: Vec<Field>) -> Shape {
    Shape::Object(Object { fields, reference: None })
}

/// The object that a `$ref` with this pointer leads to.
fn definition(pointer: &str, fields: Vec<Field>) -> Shape {
    let reference = Some(Reference { root: 1, pointer: pointer.into() });
    Shape::Object(Object { fields, reference })
}

fn route(verb: &str, path: &str, query: Vec<Field>, body: Body) -> Route {
    let place = Place::new(&"a.json".into(), 9);
    Route { verb: verb.to_owned(), path: path.to_owned(), query, body, file: false, place }
}

/// A resource of the model `m`.
fn resource(segment: &str, record: Vec<Field>, routes: Vec<Route>) -> Resource {
    Resource {
        model: "m".to_owned(),
        segment: segment.to_owned(),
        rank: Rank::new(Form::UnifiedModel, &"a.json".into()),
        description: None,
        record: Some(record),
        routes,
    }
}

/// The plan or its errors, and the warnings.
fn attempt(resources: &[Resource], config: &str, lock: &Lock) -> (Result<Plan, String>, String) {
    let config = Config::parse("declare.toml", config).expect("a config");
    let mut warnings = Warnings::default();
    let plan = plan(resources, &config, lock, &mut warnings)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    (plan, warnings.lines(true).join("\n"))
}

/// The plan of the only model.
fn planned(resources: &[Resource], config: &str) -> ModelPlan {
    let (plan, _) = attempt(resources, config, &Lock::default());
    plan.expect("a plan").models.remove(0)
}

/// Each type on a line: its name with its fields or words.
fn outline(model: &ModelPlan) -> Vec<String> {
    let line = |ty: &Type| match &ty.body {
        TypeBody::Struct(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|field| format!("{}: {}", field.ident, model.text(&field.ty())))
                .collect();
            format!("{} {{ {} }}", ty.name, fields.join(", "))
        }
        TypeBody::Enum(words) => {
            let words: Vec<&str> = words.iter().map(|word| word.wire.as_str()).collect();
            format!("{}({})", ty.name, words.join("|"))
        }
    };
    model.types.iter().map(line).collect()
}

fn named<'a>(model: &'a ModelPlan, name: &str) -> &'a Type {
    let found = model.types.iter().find(|ty| ty.name == name);
    found.unwrap_or_else(|| panic!("no {name} in {:#?}", outline(model)))
}

fn presences(ty: &Type) -> Vec<Presence> {
    match &ty.body {
        TypeBody::Struct(fields) => fields.iter().map(|field| field.presence).collect(),
        TypeBody::Enum(_) => Vec::new(),
    }
}
