//! The plan: every type with its name, its file and its endpoints.

use std::collections::{BTreeMap, HashMap};

use super::declare::Types;
use super::endpoint::{Call, Derived, calls};
use super::home::{Home, home};
use super::names::{Names, unique};
use super::naming::name_all;
use super::shapes::{FieldReader, Member, Shapes};
use super::types::Role;
use super::words::{pascal, singular, snake};
use super::{Doc, Endpoint, FilePlan, ModelPlan, Plan, Type};
use crate::config::{Choice, Config, ConfigPath};
use crate::diagnostic::Warnings;
use crate::model::{Body, Field, Resource};

/// A type of a resource, before its nested types have names.
pub(super) struct Top {
    pub(super) model: usize,
    pub(super) resource: usize,
    pub(super) name: String,
    pub(super) doc: Doc,
    pub(super) role: Role,
    pub(super) members: Vec<Member>,
    pub(super) endpoints: Vec<Endpoint>,
}

/// Plans what the merged resources declare.
pub(crate) fn plan(resources: &[Resource], config: &Config, warnings: &mut Warnings) -> Plan {
    let mut by_model: BTreeMap<&str, Vec<&Resource>> = BTreeMap::new();
    for resource in resources {
        if config.resource(&resource.model, &resource.segment) != Some(&Choice::LeftOut) {
            by_model.entry(&resource.model).or_default().push(resource);
        }
    }
    let mut planner = Planner {
        config,
        warnings,
        names: Names::new(by_model.len()),
        shapes: Shapes::default(),
        tops: Vec::new(),
    };
    // The records have the first choice of names, then queries and bodies, then what is nested.
    let mut records: HashMap<(usize, usize), String> = HashMap::new();
    for (model, (_, resources)) in by_model.iter().enumerate() {
        for (index, resource) in resources.iter().enumerate() {
            records.insert((model, index), planner.record_name(model, resource));
        }
    }
    for (model, (_, resources)) in by_model.iter().enumerate() {
        for (index, resource) in resources.iter().enumerate() {
            let here = Here { model, index, resource };
            planner.resource(here, &records[&(model, index)]);
        }
    }
    let Planner { names, shapes, tops, warnings, .. } = &mut planner;
    let chosen = name_all(shapes, names, warnings);
    let writer = Types { shapes, names: &chosen };
    let mut files: Vec<ModelPlan> = model_plans(&by_model, warnings);
    let mut shared = Vec::new();
    for top in std::mem::take(tops) {
        let (model, resource) = (top.model, top.resource);
        files[model].files[resource].types.push(writer.top(top, warnings));
    }
    for index in shapes.indices() {
        let Some(ty) = writer.nested(index, warnings) else {
            continue;
        };
        match home(shapes.get(index)) {
            Home::Resource(model, resource) => files[model].files[resource].types.push(ty),
            Home::Model(model) => files[model].shared.push(ty),
            Home::All => shared.push(ty),
        }
    }
    let by_name = |a: &Type, b: &Type| a.name.cmp(&b.name);
    for model in &mut files {
        model.shared.sort_by(by_name);
    }
    shared.sort_by(by_name);
    Plan { models: files, shared }
}

fn model_plans(
    by_model: &BTreeMap<&str, Vec<&Resource>>,
    warnings: &mut Warnings,
) -> Vec<ModelPlan> {
    let segments: Vec<&str> = by_model.keys().copied().collect();
    let folders = unique(&segments, module, "the models", warnings);
    let plan = |((model, resources), folder): ((&&str, &Vec<&Resource>), String)| {
        let segments: Vec<&str> = resources.iter().map(|r| r.segment.as_str()).collect();
        let modules = unique(&segments, module, model, warnings);
        let file = |(resource, module): (&&Resource, String)| FilePlan {
            segment: resource.segment.clone(),
            module,
            types: Vec::new(),
            sources: resource.files.clone(),
        };
        ModelPlan {
            segment: (*model).to_owned(),
            module: folder,
            files: resources.iter().zip(modules).map(file).collect(),
            shared: Vec::new(),
        }
    };
    by_model.iter().zip(folders).map(plan).collect()
}

/// The module of a segment; `mod` and `shared` are files of their own, and Windows keeps some names for itself.
fn module(segment: &str) -> String {
    let name = snake(segment, "resource");
    match name.as_str() {
        "shared" | "con" | "aux" | "nul" | "prn" => format!("{name}_"),
        _ => name,
    }
}

/// A resource and its place among the others.
#[derive(Clone, Copy)]
struct Here<'a> {
    model: usize,
    index: usize,
    resource: &'a Resource,
}

impl<'a> Here<'a> {
    fn config_path(self, rest: &'a str) -> ConfigPath<'a> {
        ConfigPath { model: &self.resource.model, segment: &self.resource.segment, rest }
    }
}

struct Planner<'a> {
    config: &'a Config,
    warnings: &'a mut Warnings,
    names: Names,
    shapes: Shapes,
    tops: Vec<Top>,
}

impl Planner<'_> {
    fn record_name(&mut self, model: usize, resource: &Resource) -> String {
        let derived = pascal(&singular(&resource.segment), "Resource");
        let mut candidates = vec![derived.clone()];
        if let Some(Choice::Named(name)) = self.config.resource(&resource.model, &resource.segment)
        {
            candidates.insert(0, name.clone());
        }
        if candidates.len() == 1 && super::names::is_taken_by_rust(&derived) {
            candidates[0] = format!("{derived}Record");
            let message = format!(
                "`{derived}` is a name of Rust's; the record is called `{}`",
                candidates[0]
            );
            self.warnings.add(message, &[]);
        }
        let what = format!("the record of `{}`", resource.segment);
        self.names.choose(Some(model), &candidates, &what, self.warnings)
    }

    fn resource(&mut self, here: Here<'_>, name: &str) {
        let resource = here.resource;
        let many = pascal(&resource.segment, "Resource");
        let calls = calls(resource, self.warnings);
        let route = format!("/unified/{}/{}", resource.model, resource.segment);
        let members = match &resource.record {
            Some(fields) => {
                let mut reader = self.reader(here, Role::Response);
                reader.top(name, "", fields)
            }
            None => {
                let message =
                    format!("the fields of `{route}` are not known; records are kept as JSON");
                self.warnings.add(message, &[]);
                Vec::new()
            }
        };
        let at = self.tops.len();
        self.tops.push(Top {
            model: here.model,
            resource: here.index,
            name: name.to_owned(),
            doc: match resource.description.as_deref().map(str::trim) {
                Some(text) if !text.is_empty() => Doc::Foreign(text.to_owned()),
                _ => Doc::Own(format!("A record of `{route}`.")),
            },
            role: Role::Response,
            members,
            endpoints: Vec::new(),
        });
        for call in calls {
            let endpoint = self.call(here, name, &many, &call);
            self.tops[at].endpoints.push(endpoint);
        }
    }

    fn reader<'b>(&'b mut self, here: Here<'b>, role: Role) -> FieldReader<'b> {
        let Here { model, index, resource } = here;
        let (model, resource) = ((model, &*resource.model), (index, &*resource.segment));
        FieldReader::new(&mut self.shapes, self.config, self.warnings, model, resource, role)
    }

    fn call(&mut self, here: Here<'_>, record: &str, many: &str, call: &Call<'_>) -> Endpoint {
        let name = call.type_name(record, many);
        let link = format!("[`{record}::{}`]", call.function);
        let body = match self.stated(here, call, "body") {
            Some(Choice::Named(kind)) => Some(kind),
            Some(Choice::LeftOut) => None,
            None => match call.body(self.warnings) {
                Body::Nothing => None,
                Body::Unknown | Body::Open => Some("truto_core::RemoteData".to_owned()),
                Body::Fields(fields) => {
                    let fields: Vec<Field> =
                        fields.into_iter().filter(|field| !is_body_setter(&field.name)).collect();
                    let doc = format!("The body of {link}.");
                    let path = format!("{}.body", call.method);
                    let candidates = vec![name.clone()];
                    self.parameters(here, Role::Body, &path, candidates, doc, &fields)
                        .or(Some("truto_core::RemoteData".to_owned()))
                }
            },
        };
        let query = match self.stated(here, call, "query") {
            Some(Choice::Named(kind)) => Some(kind),
            Some(Choice::LeftOut) => None,
            None => {
                let fields = call.route.query.iter();
                let fields: Vec<Field> =
                    fields.filter(|field| !is_query_setter(&field.name)).cloned().collect();
                let doc = format!("Query parameters of {link}.");
                let path = format!("{}.query", call.method);
                let with_body = format!("{name}Query");
                let candidates = match body.is_some() {
                    true => vec![with_body],
                    false => vec![name, with_body],
                };
                self.parameters(here, Role::Query, &path, candidates, doc, &fields)
            }
        };
        let derived = match (call.route.file, here.resource.record.is_some(), &call.derived) {
            (true, _, _) => Some("truto_core::ByteStream"),
            (false, false, Derived::List) => Some("truto_core::Page<truto_core::RemoteData>"),
            (false, false, _) | (false, true, Derived::Other) => Some("truto_core::RemoteData"),
            (false, true, _) => None,
        };
        let response = match self.stated(here, call, "response") {
            Some(Choice::Named(kind)) => Some(kind),
            Some(Choice::LeftOut) => None,
            None => derived.map(str::to_owned),
        };
        Endpoint {
            verb: call.route.verb.clone(),
            path: call.route.path.clone(),
            name: call.name.clone(),
            query,
            body,
            response,
        }
    }

    /// The type that the config names for a whole body, query or response.
    fn stated(&self, here: Here<'_>, call: &Call<'_>, part: &str) -> Option<Choice> {
        let path = format!("{}.{part}", call.method);
        self.config.field(&here.config_path(&path)).cloned()
    }

    /// The type of a query or body, if anything is in it; returns its name.
    fn parameters(
        &mut self,
        here: Here<'_>,
        role: Role,
        path: &str,
        candidates: Vec<String>,
        doc: String,
        fields: &[Field],
    ) -> Option<String> {
        let stated = self.config.type_name(&here.config_path(path));
        let stated = stated.map(str::to_owned);
        // The name has to be known before the fields are, whose enums are named after it.
        let wanted = stated.iter().chain(&candidates).next().cloned().unwrap_or_default();
        let members = self.reader(here, role).top(&wanted, path, fields);
        if members.is_empty() {
            return None;
        }
        let candidates: Vec<String> = stated.into_iter().chain(candidates).collect();
        let what = format!("`{path}` of `{}`", here.resource.segment);
        let name = self.names.choose(Some(here.model), &candidates, &what, self.warnings);
        self.tops.push(Top {
            model: here.model,
            resource: here.index,
            name: name.clone(),
            doc: Doc::Own(doc),
            role,
            members,
            endpoints: Vec::new(),
        });
        Some(name)
    }
}

/// Parameters for which `Request` has setters.
fn is_query_setter(name: &str) -> bool {
    ["limit", "next_cursor", "remote_query"].contains(&name) || is_body_setter(name)
}

/// What Truto itself reads, in a query as in a body.
fn is_body_setter(name: &str) -> bool {
    name == "integrated_account_id" || name.starts_with("truto_")
}
