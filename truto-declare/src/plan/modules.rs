//! Folders of models and modules of resources.

use std::collections::BTreeMap;

use crate::lock::Lock;
use crate::model::Resource;
use crate::names::Names;
use crate::words::snake;

/// The folder of each model: the locked one, or else the output folder itself if there is only one
/// model.
pub(super) fn folders(by_model: &BTreeMap<&str, Vec<&Resource>>, lock: &Lock) -> Vec<String> {
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

/// The module of a segment, never the name of another file in the folder or of a Windows device.
pub(super) fn module(segment: &str) -> String {
    let name = snake(segment, "resource");
    let is_other = ["shared", "lib", "main"].contains(&name.as_str());
    if is_other || is_device(&name) { format!("{name}_") } else { name }
}

/// Returns whether Windows reads the name as a device, whatever its extension:
/// <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>.
fn is_device(name: &str) -> bool {
    let numbered = name.strip_prefix("com").or_else(|| name.strip_prefix("lpt"));
    ["con", "aux", "nul", "prn"].contains(&name)
        || numbered.is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_module_has_a_name_that_is_taken() {
        for (segment, expected) in [
            ("users", "users"),
            ("drive-items", "drive_items"),
            ("CON", "con_"),
            ("Aux", "aux_"),
            ("com1", "com1_"),
            ("LPT9", "lpt9_"),
            ("com10", "com10"),
            ("conin", "conin"),
            ("mod", "mod_"),
            ("shared", "shared_"),
            ("lib", "lib_"),
            ("2fa", "resource_2fa"),
        ] {
            assert_eq!(module(segment), expected, "{segment}");
        }
    }
}
