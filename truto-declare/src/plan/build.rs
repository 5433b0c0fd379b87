//! Builds the plan of each model.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::collect::{Collector, Draft, DraftBody, Member};
use super::modules::{folders, module};
use super::naming::{Named, name_all};
use super::resource::collect_resource;
use super::types::Role;
use super::{FilePlan, ModelPlan, Plan, Presence, StructField, Type, TypeBody, TypeRole, Variant};
use crate::config::{Config, Override};
use crate::diagnostic::{SourceError, Warnings};
use crate::lock::{Lock, LockedModel};
use crate::model::{Place, Resource};
use crate::names::{Claim, Names, assign};
use crate::wire_path::{segment as path_segment, split as split_path};
use crate::words::{field, pascal, singular};

/// Plans the declarations of the merged resources; everything in the lock keeps its name.
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
    let (mut plan, mut errors) = (Plan { models: Vec::new() }, Vec::new());
    for ((model, resources), folder) in by_model.iter().zip(folders) {
        let locked = lock.models.get(*model);
        let mut builder =
            Builder { config, warnings, errors: &mut errors, locked, model, resources };
        let model = builder.model(folder);
        plan.models.push(model);
    }
    if errors.is_empty() { Ok(plan) } else { Err(errors) }
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
        let mut collector =
            Collector::new(self.config, self.warnings, self.errors, self.model, self.locked);
        for (index, resource) in self.resources.iter().enumerate() {
            let locked = self.locked.and_then(|model| model.resources.get(&resource.segment));
            let functions = locked.map(|resource| resource.functions()).unwrap_or_default();
            let record = record_name(collector.config, resource);
            collect_resource(&mut collector, index, resource, &record, &functions);
        }
        let drafts = collector.drafts;
        let named = name_all(&drafts, &segments, self.locked, self.model, self.warnings);
        let types = self.types(drafts, &named);
        self.errors.extend(super::infinite::errors(&types, self.config));
        let file = |(segment, module): (&&str, String)| FilePlan {
            segment: (*segment).to_owned(),
            module,
            types: Vec::new(),
        };
        let mut files: Vec<FilePlan> = segments.iter().zip(modules).map(file).collect();
        for (index, ty) in types.iter().enumerate() {
            if let Some(file) = ty.file {
                files[file].types.push(index);
            }
        }
        ModelPlan { segment: self.model.to_owned(), folder, files, types }
    }

    fn modules(&mut self, segments: &[&str]) -> Vec<String> {
        let claims: Vec<Claim<'_>> =
            segments.iter().map(|segment| Claim::new(segment, module(segment))).collect();
        let locked: BTreeMap<&str, &str> = self
            .locked
            .into_iter()
            .flat_map(|model| &model.resources)
            .map(|(segment, resource)| (segment.as_str(), resource.module.as_str()))
            .collect();
        let present: HashSet<&str> = segments.iter().copied().collect();
        let mut names = Names::default();
        for (segment, module) in &locked {
            // Resources that are not in these sources keep their files.
            if !present.contains(segment) {
                names.take(module);
            }
        }
        let (modules, renamed) =
            assign(&claims, |segment| locked.get(segment).copied(), &mut names);
        for renamed in renamed {
            let message = format!(
                "the module of `{}/{}` is called `{}`",
                self.model, renamed.wire, renamed.chosen
            );
            self.warnings.add(message, &[]);
        }
        modules
    }

    fn types(&mut self, drafts: Vec<Draft<'a>>, named: &Named) -> Vec<Type> {
        let mut fields_of: HashMap<&str, HashMap<&str, &str>> = HashMap::new();
        for resource in self.locked.into_iter().flat_map(|model| model.resources.values()) {
            for (path, locked) in resource.fields.iter() {
                if let (Some((ty, wire)), Some((name, _))) =
                    (split_path(path), locked.split_once(": "))
                {
                    fields_of.entry(ty).or_default().insert(wire, name);
                }
            }
        }
        let mut types = Vec::with_capacity(drafts.len());
        for (index, draft) in drafts.into_iter().enumerate() {
            let path = &named.paths[index];
            let sent = |role: &Role| matches!(role, Role::Body | Role::Patch);
            let only = |is: fn(&Role) -> bool| draft.roles.iter().all(is);
            // `None` is null in what Truto returns; in what is sent, null would clear the field.
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
            // A type of several resources goes into `shared.rs`.
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
        locked: Option<&HashMap<&str, &str>>,
        optional: Presence,
    ) -> Vec<StructField> {
        let wires: Vec<String> = members.iter().map(|m| path_segment(&m.field.name)).collect();
        let claims: Vec<Claim<'_>> = members
            .iter()
            .zip(&wires)
            .map(|(member, wire)| Claim::new(wire, field(&member.field.name)))
            .collect();
        let locked = |wire: &str| locked.and_then(|locked| locked.get(wire)).copied();
        let (idents, renamed) = assign(&claims, locked, &mut Names::default());
        self.warn_renamed(path, renamed, |claim| Some(&members[claim].field.place));
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
            doc: member.field.description.as_deref().map(str::to_owned),
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
            words.iter().map(|word| Claim::new(word, variant(word))).collect();
        let segment = self.resources[resource].segment.as_str();
        let locked = self.locked.and_then(|model| model.resources.get(segment));
        let locked = locked.and_then(|resource| resource.words.get(path));
        let locked = |word: &str| Some(&**locked?.get(word)?);
        let (idents, renamed) = assign(&claims, locked, &mut Names::default());
        self.warn_renamed(path, renamed, |_| None);
        idents
            .into_iter()
            .zip(words)
            .map(|(ident, word)| Variant { ident, wire: (*word).to_owned() })
            .collect()
    }

    fn warn_renamed<'p>(
        &mut self,
        path: &str,
        renamed: Vec<crate::names::Renamed>,
        place: impl Fn(usize) -> Option<&'p Place>,
    ) {
        for renamed in renamed {
            let message = format!(
                "`{}` of `{}/{path}` is called `{}`; `{}` is taken",
                renamed.wire, self.model, renamed.chosen, renamed.wanted
            );
            let place = place(renamed.claim);
            self.warnings.add(message, place.as_slice());
        }
    }
}

/// The name of a record: that of the config, or its segment in the singular.
fn record_name(config: &Config, resource: &Resource) -> String {
    match config.resource(&resource.model, &resource.segment) {
        Some(Override::Named(name)) => name.clone(),
        _ => pascal(&singular(&resource.segment), "Resource"),
    }
}
