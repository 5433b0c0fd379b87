//! Entries of a plan in `declare.lock`.

use super::{ModelPlan, Plan, Type, TypeBody};
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
            if !only {
                locked.resources.clear();
            }
            // In one pass: a model may have thousands of resources.
            let mut types = vec![Vec::new(); model.files.len()];
            model.types.iter().for_each(|ty| types[ty.resource].push(ty));
            for (file, types) in model.files.iter().zip(types) {
                if written(&file.segment) {
                    let resource = resource(model, &file.module, &types);
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
    let mut locked = LockedResource { module: module.to_owned(), ..LockedResource::default() };
    for ty in types {
        locked.types.insert(ty.path.clone(), ty.name.clone());
        match &ty.body {
            TypeBody::Struct(fields) => {
                for field in fields {
                    let path = format!("{}.{}", ty.path, crate::wire_path::segment(&field.wire));
                    let text = format!("{}: {}", field.ident, model.text(&field.ty()));
                    locked.fields.insert(path, text);
                }
            }
            TypeBody::Enum(variants) => {
                let words = variants.iter().map(|v| (v.wire.clone(), v.ident.clone()));
                locked.words.insert(ty.path.clone(), words.collect());
            }
        }
        for endpoint in &ty.endpoints {
            let types = [
                ("query", &endpoint.query),
                ("body", &endpoint.body),
                ("response", &endpoint.response),
            ];
            let types: Vec<String> = types
                .into_iter()
                .filter_map(|(key, ty)| Some(format!("{key} = {}", model.text(ty.as_ref()?))))
                .collect();
            locked.endpoints.insert(
                format!("{} {}", endpoint.verb, endpoint.path),
                format!("{}({})", endpoint.function, types.join(", ")),
            );
        }
    }
    locked
}
