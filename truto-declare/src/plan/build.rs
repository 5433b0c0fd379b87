//! Builds the plan of each model.

use std::collections::BTreeMap;

use super::collect::{Collector, Draft, DraftBody, Member, Root};
use super::endpoint::{Call, EndpointKind, calls, prefix};
use super::naming::{Named, name_all, segment as path_segment};
use super::types::{Role, Ty};
use super::{
    Doc, Endpoint, FilePlan, ModelPlan, Plan, Presence, StructField, Type, TypeBody, TypeRole,
    Variant,
};
use crate::config::{Config, ConfigPath, Override};
use crate::diagnostic::{SourceError, Warnings};
use crate::lock::{Lock, LockedModel};
use crate::model::{Body, Field, Resource};
use crate::names::{Claim, Names, assign};
use crate::words::{field, pascal, singular, snake};

/// Plans the declarations of the merged resources; what the lock names keeps its name.
pub(crate) fn plan(
    resources: &[Resource],
    config: &Config,
    lock: &Lock,
    warnings: &mut Warnings,
) -> Result<Plan, Vec<SourceError>> {
    let mut by_model: BTreeMap<&str, Vec<&Resource>> = BTreeMap::new();
    for resource in resources {
        if config.resource(&resource.model, &resource.segment) != Some(&Override::LeftOut) {
            by_model.entry(&resource.model).or_default().push(resource);
        }
    }
    let folders = folders(&by_model, lock);
    let (mut plan, mut errors) = (Plan { models: Vec::new(), places: BTreeMap::new() }, Vec::new());
    for ((model, resources), folder) in by_model.iter().zip(folders) {
        let locked = lock.models.get(*model);
        let mut builder =
            Builder { config, warnings, errors: &mut errors, locked, model, resources };
        let model = builder.model(folder);
        add_places(&model, &mut plan.places);
        plan.models.push(model);
    }
    if errors.is_empty() { Ok(plan) } else { Err(errors) }
}

/// The folder of each model: the one of the lock; the output folder itself for the only model.
fn folders(by_model: &BTreeMap<&str, Vec<&Resource>>, lock: &Lock) -> Vec<String> {
    let mut names = Names::default();
    let flat = lock.models.iter().find(|(_, model)| model.folder.is_empty());
    for model in lock.models.values() {
        names.take(&model.folder);
        if model.folder.is_empty() {
            model.resources.values().for_each(|resource| _ = names.take(&resource.module));
        }
    }
    let only = by_model.len() == 1 && lock.models.is_empty() && flat.is_none();
    let folder = |model: &&str| {
        if let Some(locked) = lock.models.get(*model) {
            return locked.folder.clone();
        }
        if only {
            return String::new();
        }
        let wanted = module(model);
        if names.take(&wanted) { wanted } else { names.take_numbered(&wanted) }
    };
    by_model.keys().map(folder).collect()
}

fn add_places(model: &ModelPlan, places: &mut BTreeMap<String, crate::model::Place>) {
    for ty in &model.types {
        if let TypeBody::Struct(fields) = &ty.body {
            for field in fields {
                let path = format!("{} {}.{}", model.segment, ty.path, path_segment(&field.wire));
                places.insert(path, field.place.clone());
            }
        }
        for endpoint in &ty.endpoints {
            let path = format!("{} {} {}", model.segment, endpoint.verb, endpoint.path);
            places.insert(path, endpoint.place.clone());
        }
    }
}

/// The module of a segment; `mod` and `shared` are files of their own, and Windows keeps some names for itself.
fn module(segment: &str) -> String {
    let name = snake(segment, "resource");
    match name.as_str() {
        "shared" | "con" | "aux" | "nul" | "prn" | "lib" | "main" => format!("{name}_"),
        _ => name,
    }
}

struct Builder<'a, 'b> {
    config: &'b Config,
    warnings: &'b mut Warnings,
    errors: &'b mut Vec<SourceError>,
    locked: Option<&'b LockedModel>,
    model: &'a str,
    resources: &'b [&'a Resource],
}

impl<'a> Builder<'a, '_> {
    fn model(&mut self, folder: String) -> ModelPlan {
        let segments: Vec<&'a str> = self.resources.iter().map(|r| r.segment.as_str()).collect();
        let modules = self.modules(&segments);
        let mut collector = Collector::new(self.config, self.warnings, self.errors, self.model);
        for (index, resource) in self.resources.iter().enumerate() {
            let locked = self.locked.and_then(|model| model.resources.get(&resource.segment));
            let functions =
                locked.map(super::super::lock::LockedResource::functions).unwrap_or_default();
            let record = record_name(collector.config, resource);
            collect_resource(&mut collector, index, resource, &record, &functions);
        }
        let drafts = collector.drafts;
        let named = name_all(&drafts, &segments, self.locked, &segments, self.warnings);
        let types = self.types(drafts, &named);
        let files = segments.iter().zip(modules).enumerate();
        let file = |(index, (segment, module)): (usize, (&&str, String))| FilePlan {
            segment: (*segment).to_owned(),
            module,
            types: (0..types.len()).filter(|&ty| types[ty].file == Some(index)).collect(),
        };
        ModelPlan {
            segment: self.model.to_owned(),
            folder,
            files: files.map(file).collect(),
            types,
        }
    }

    fn modules(&mut self, segments: &[&str]) -> Vec<String> {
        let claims: Vec<Claim<'_>> = segments
            .iter()
            .map(|segment| Claim { wire: segment, wanted: module(segment) })
            .collect();
        let locked: BTreeMap<String, String> = self
            .locked
            .into_iter()
            .flat_map(|model| &model.resources)
            .map(|(segment, resource)| (segment.clone(), resource.module.clone()))
            .collect();
        let mut names = Names::default();
        for (segment, module) in &locked {
            if !segments.contains(&segment.as_str()) {
                names.take(module);
            }
        }
        let (modules, renamed) = assign(&claims, Some(&locked), &mut names);
        for renamed in renamed {
            let message =
                format!("the module of `{}` is called `{}`", renamed.wire, renamed.chosen);
            self.warnings.add(message, &[]);
        }
        modules
    }

    fn types(&mut self, drafts: Vec<Draft<'a>>, named: &Named) -> Vec<Type> {
        let mut fields_of: BTreeMap<&str, BTreeMap<String, String>> = BTreeMap::new();
        for resource in self.locked.into_iter().flat_map(|model| model.resources.values()) {
            for (path, locked) in &resource.fields {
                if let (Some((ty, wire)), Some((name, _))) =
                    (split_path(path), locked.split_once(": "))
                {
                    let of_type = fields_of.entry(ty).or_default();
                    of_type.insert(wire.to_owned(), name.to_owned());
                }
            }
        }
        let mut types = Vec::with_capacity(drafts.len());
        for (index, draft) in drafts.into_iter().enumerate() {
            let path = &named.paths[index];
            let sent = |role: &Role| matches!(role, Role::Body | Role::Patch);
            let only = |is: fn(&Role) -> bool| draft.roles.iter().all(is);
            let optional = if only(|role| *role == Role::Patch) {
                Presence::Updated
            } else if draft.roles.iter().any(sent) {
                Presence::Skipped
            } else {
                Presence::Optional
            };
            let role = match &draft.body {
                DraftBody::Enum(_) => TypeRole::Enum,
                DraftBody::Struct(_) if draft.roles.contains(&Role::Response) => TypeRole::Record,
                DraftBody::Struct(_) => TypeRole::Body,
            };
            let body = match draft.body {
                DraftBody::Struct(members) => {
                    let locked = fields_of.get(path.as_str());
                    TypeBody::Struct(self.fields(path, &members, locked, optional))
                }
                DraftBody::Enum(words) => {
                    TypeBody::Enum(self.variants(path, named.resources[index], &words))
                }
            };
            let file = (draft.resources.len() == 1).then(|| named.resources[index]);
            types.push(Type {
                name: named.names[index].clone(),
                path: path.clone(),
                file,
                resource: named.resources[index],
                doc: draft.doc,
                endpoints: draft.endpoints,
                role,
                body,
            });
        }
        types
    }

    fn fields(
        &mut self,
        path: &str,
        members: &[Member<'_>],
        locked: Option<&BTreeMap<String, String>>,
        optional: Presence,
    ) -> Vec<StructField> {
        let wires: Vec<String> = members.iter().map(|m| path_segment(&m.field.name)).collect();
        let claims: Vec<Claim<'_>> = members
            .iter()
            .zip(&wires)
            .map(|(member, wire)| Claim { wire, wanted: field(&member.field.name) })
            .collect();
        let (idents, renamed) = assign(&claims, locked, &mut Names::default());
        self.warn_renamed(path, renamed);
        let field = |(member, ident): (&Member<'_>, String)| StructField {
            ident,
            wire: member.field.name.clone(),
            inner: member.ty.clone(),
            presence: match (member.field.required, member.field.nullable) {
                (true, false) => Presence::Required,
                // A required field is sent even where it is null.
                (true, true) => Presence::Optional,
                (false, _) => optional,
            },
            doc: member.field.description.clone(),
            place: member.field.place.clone(),
        };
        members.iter().zip(idents).map(field).collect()
    }

    fn variants(&mut self, path: &str, resource: usize, words: &[&str]) -> Vec<Variant> {
        let variant = |word: &str| match pascal(word, "Value") {
            name if name == "Self" => "SelfValue".to_owned(),
            name => name,
        };
        let claims: Vec<Claim<'_>> =
            words.iter().map(|word| Claim { wire: word, wanted: variant(word) }).collect();
        let segment = self.resources[resource].segment.as_str();
        let locked = self.locked.and_then(|model| model.resources.get(segment));
        let locked = locked.and_then(|resource| resource.words.get(path));
        let (idents, renamed) = assign(&claims, locked, &mut Names::default());
        self.warn_renamed(path, renamed);
        idents
            .into_iter()
            .zip(words)
            .map(|(ident, word)| Variant { ident, wire: (*word).to_owned() })
            .collect()
    }

    fn warn_renamed(&mut self, path: &str, renamed: Vec<crate::names::Renamed>) {
        for renamed in renamed {
            let message = format!(
                "`{}` of `{path}` is called `{}`; `{}` is taken",
                renamed.wire, renamed.chosen, renamed.wanted
            );
            self.warnings.add(message, &[]);
        }
    }
}

/// The path of the type and the field in it; dots of names are escaped.
pub(crate) fn split_path(path: &str) -> Option<(&str, &str)> {
    let mut end = path.len();
    loop {
        let at = path[..end].rfind('.')?;
        let escapes = path[..at].bytes().rev().take_while(|b| *b == b'\\').count();
        if escapes % 2 == 0 {
            return Some((&path[..at], &path[at + 1..]));
        }
        end = at;
    }
}

/// The name of a record: that of the config, or its segment in the singular.
fn record_name(config: &Config, resource: &Resource) -> String {
    match config.resource(&resource.model, &resource.segment) {
        Some(Override::Named(name)) => name.clone(),
        _ => pascal(&singular(&resource.segment), "Resource"),
    }
}

fn collect_resource<'a>(
    collector: &mut Collector<'a, '_>,
    index: usize,
    resource: &'a Resource,
    record: &str,
    functions: &BTreeMap<String, String>,
) {
    let route = format!("{}{}", prefix(&resource.model), resource.segment);
    let stated = match collector.config.resource(&resource.model, &resource.segment) {
        Some(Override::Named(name)) => Some(name.clone()),
        _ => None,
    };
    let fields: &'a [Field] = match &resource.record {
        Some(fields) => fields,
        None => {
            let message =
                format!("the fields of `{route}` are not known; records are kept as JSON");
            collector.warnings.add(message, &[]);
            &[]
        }
    };
    let doc = match resource.description.as_deref().map(str::trim) {
        Some(text) if !text.is_empty() => Doc::Foreign(text.to_owned()),
        _ => Doc::Own(format!("A record of `{route}`.")),
    };
    let root = Root {
        resource: index,
        segment: &resource.segment,
        record,
        role: Role::Response,
        path: "",
        wanted: record.to_owned(),
        stated,
        doc,
    };
    let Some(at) = collector.root(root, fields, true) else { return };
    let calls = calls(resource, functions, collector.warnings);
    for call in &calls {
        let endpoint = CallTypes { collector: &mut *collector, index, resource, record, at, call };
        let endpoint = endpoint.endpoint();
        collector.drafts[at].endpoints.push(endpoint);
    }
}

/// Collects the types of one endpoint.
struct CallTypes<'a, 'b, 'c> {
    collector: &'c mut Collector<'a, 'b>,
    index: usize,
    resource: &'a Resource,
    record: &'c str,
    /// The type of the record.
    at: usize,
    call: &'c Call<'a>,
}

impl<'a> CallTypes<'a, '_, '_> {
    /// The type that the config has for a whole body, query or response.
    fn stated(&self, part: &str) -> Option<&Override> {
        let path = format!("{}.{part}", self.call.method);
        let config = self.collector.config;
        config.field(&ConfigPath {
            model: &self.resource.model,
            segment: &self.resource.segment,
            rest: &path,
        })
    }

    fn endpoint(mut self) -> Endpoint {
        let body = match self.stated("body").cloned() {
            Some(Override::Named(kind)) => Some(Ty::Plain(kind)),
            Some(Override::LeftOut) => None,
            None => self.body(),
        };
        let query = match self.stated("query").cloned() {
            Some(Override::Named(kind)) => Some(Ty::Plain(kind)),
            Some(Override::LeftOut) => None,
            None => self.parameters(Role::Query, &self.call.route.query, is_query_setter),
        };
        let response = match self.stated("response").cloned() {
            Some(Override::Named(kind)) => Some(Ty::Plain(kind)),
            Some(Override::LeftOut) => None,
            None => self.response(),
        };
        let call = self.call;
        Endpoint {
            verb: call.route.verb.clone(),
            path: call.route.path.clone(),
            function: call.function.clone(),
            named: call.named,
            query,
            body,
            response,
            place: call.route.place.clone(),
        }
    }

    fn body(&mut self) -> Option<Ty> {
        match self.call.body(self.collector.warnings) {
            BodyOf::Nothing => None,
            BodyOf::Open => Some(Ty::remote_data()),
            BodyOf::Fields(fields) => {
                let role = if self.call.route.verb == "PATCH" { Role::Patch } else { Role::Body };
                let ty = self.parameters(role, fields, is_body_setter);
                Some(ty.unwrap_or_else(Ty::remote_data))
            }
        }
    }

    fn response(&self) -> Option<Ty> {
        let (known, kind) = (self.resource.record.is_some(), &self.call.kind);
        let derived = self.call.derived;
        if self.call.route.file {
            return Some(Ty::Runtime("ByteStream", Vec::new()));
        }
        let page = |inner| Ty::Runtime("Page", vec![inner]);
        match (known, kind) {
            (false, EndpointKind::List) => Some(page(Ty::remote_data())),
            (_, EndpointKind::Other) | (false, _) => Some(Ty::remote_data()),
            (true, _) if derived => None,
            (true, EndpointKind::List) => Some(page(Ty::Own(self.at))),
            (true, EndpointKind::Delete) => Some(Ty::Runtime("Deleted", vec![Ty::Own(self.at)])),
            (true, _) => Some(Ty::Own(self.at)),
        }
    }

    /// The type of a query or body, if anything is in it.
    fn parameters(
        &mut self,
        role: Role,
        fields: &'a [Field],
        is_setter: fn(&str) -> bool,
    ) -> Option<Ty> {
        let part = if role == Role::Query { "query" } else { "body" };
        let path = format!("{}.{part}", self.call.method);
        let many = pascal(&self.resource.segment, "Resource");
        let config_path = ConfigPath {
            model: &self.resource.model,
            segment: &self.resource.segment,
            rest: &path,
        };
        let stated = self.collector.config.type_name(&config_path).map(str::to_owned);
        let link = format!("[`{}::{}`]", self.record, self.call.function);
        let root = Root {
            resource: self.index,
            segment: &self.resource.segment,
            record: self.record,
            role,
            path: &path,
            wanted: self.call.type_name(self.record, &many, role == Role::Query),
            stated,
            doc: Doc::Own(match role {
                Role::Query => format!("Query parameters of {link}."),
                _ => format!("The body of {link}."),
            }),
        };
        self.collector.skip = Some(is_setter);
        let root = self.collector.root(root, fields, false);
        self.collector.skip = None;
        root.map(Ty::Own)
    }
}

/// Parameters for which `Request` has setters.
fn is_query_setter(name: &str) -> bool {
    ["limit", "next_cursor", "remote_query"].contains(&name) || is_body_setter(name)
}

/// Parameters that Truto itself reads, in a query as in a body.
fn is_body_setter(name: &str) -> bool {
    name == "integrated_account_id" || name.starts_with("truto_")
}

/// The body of an endpoint, as far as it can be sent.
pub(super) enum BodyOf<'a> {
    Nothing,
    Open,
    Fields(&'a [Field]),
}

impl<'a> BodyOf<'a> {
    pub(super) fn of(body: &'a Body) -> Self {
        match body {
            Body::Nothing => Self::Nothing,
            Body::Unknown | Body::Open => Self::Open,
            Body::Fields(fields) => Self::Fields(fields),
        }
    }
}
