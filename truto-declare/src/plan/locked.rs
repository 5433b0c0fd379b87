//! Entries of a plan in `declare.lock`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Endpoint, ModelPlan, Plan, Type, TypeBody, Variant};
use crate::lock::{Lock, LockedResource};

impl Lock {
    /// The state after a run that writes the resources for which `written` returns true.
    pub(crate) fn after(&self, plan: &Plan, written: &dyn Fn(&str) -> bool, only: bool) -> Self {
        let mut new = self.clone();
        env!("CARGO_PKG_VERSION").clone_into(&mut new.tool);
        for model in &plan.models {
            let locked = new.models.entry(model.segment.clone()).or_default();
            locked.folder.clone_from(&model.folder);
            locked.shared = shared(model);
            // Without `--only` the plan is the whole model, so a resource that it lacks is gone.
            let old = if only { BTreeMap::new() } else { std::mem::take(&mut locked.resources) };
            // In one pass: a model may have thousands of resources.
            let mut types = vec![Vec::new(); model.files.len()];
            model.types.iter().for_each(|ty| types[ty.resource].push(ty));
            for (file, types) in model.files.iter().zip(types) {
                if written(&file.segment) {
                    let resource = resource(model, &file.module, &types);
                    // An unchanged resource stays the same one: it may take a hundred megabytes.
                    let known = old.get(&file.segment).or(locked.resources.get(&file.segment));
                    let known = known.filter(|known| ***known == resource).cloned();
                    let resource = known.unwrap_or_else(|| Arc::new(resource));
                    locked.resources.insert(file.segment.clone(), resource);
                }
            }
        }
        // A model without resources has no files, and so no names to keep.
        new.models.retain(|_, model| !model.resources.is_empty());
        new
    }
}

fn shared(model: &ModelPlan) -> Vec<String> {
    let mut shared: Vec<String> =
        model.types.iter().filter(|ty| ty.file.is_none()).map(|ty| ty.name.clone()).collect();
    // `LockedModel::exports` relies on the order.
    shared.sort();
    shared
}

fn resource(model: &ModelPlan, module: &str, types: &[&Type]) -> LockedResource {
    let (mut fields, mut words) = (Vec::new(), Vec::new());
    for ty in types {
        match &ty.body {
            TypeBody::Struct(all) => fields.extend(all.iter().map(|field| {
                let path = format!("{}.{}", ty.path, crate::wire_path::segment(&field.wire));
                let text = format!("{}: {}", field.ident, model.text(&field.ty()));
                (path, text.into())
            })),
            TypeBody::Enum(variants) => {
                let word =
                    |variant: &Variant| (variant.wire.clone(), variant.ident.as_str().into());
                words.push((ty.path.clone(), variants.iter().map(word).collect()));
            }
        }
    }
    let endpoints = types.iter().flat_map(|ty| &ty.endpoints);
    LockedResource {
        module: module.to_owned(),
        types: types.iter().map(|ty| (ty.path.clone(), ty.name.as_str().into())).collect(),
        endpoints: endpoints.map(|endpoint| signature(model, endpoint)).collect(),
        fields: fields.into_iter().collect(),
        words: words.into_iter().collect(),
    }
}

/// The route of an endpoint, and its function with the types that it names.
fn signature(model: &ModelPlan, endpoint: &Endpoint) -> (String, String) {
    let types =
        [("query", &endpoint.query), ("body", &endpoint.body), ("response", &endpoint.response)];
    let types: Vec<String> = types
        .into_iter()
        .filter_map(|(key, ty)| Some(format!("{key} = {}", model.text(ty.as_ref()?))))
        .collect();
    let route = format!("{} {}", endpoint.verb, endpoint.path);
    (route, format!("{}({})", endpoint.function, types.join(", ")))
}
