//! A route in parts, as Truto's other SDKs name it: `unified_model = "crm", resource = "deals"`.

use syn::LitStr;
use syn::ext::IdentExt as _;
use truto_route::Method;

use super::argument::Argument;
use super::split::Item;
use super::value::Value;
use super::{Key, Reader, text};
use crate::dialect::Dialect;
use crate::method;

impl Reader<'_> {
    /// Joins the parts to a path, as one mistake.
    pub(super) fn join_parts(&mut self, items: &mut Vec<Item>) {
        let model = part(items, &["model", "unified_model", "unified_model_name"]);
        let resource = part(items, &["resource", "resource_name", "unified_resource"]);
        if self.is_taken(Key::Path) {
            for part in [model, resource].into_iter().flatten() {
                let message = format!("unknown key `{}`", part.name);
                let help = format!("remove `{}`: the path names it", part.name);
                self.errors.help(part.name.span(), message, help);
                items.retain(|item| !matches!(item, Item::Keyed(own) if own.key == part.name));
            }
            return;
        }
        let route = match (&model, &resource, self.dialect) {
            (Some(model), Some(resource), Dialect::Unified) => {
                format!("/unified/{}/{}", model.text, resource.text)
            }
            (None, Some(resource), Dialect::Unified) if resource.text.contains('/') => {
                format!("/unified/{}", resource.text)
            }
            (None, Some(resource), Dialect::Any) => format!("/proxy/{}", resource.text),
            _ => return,
        };
        let id = if acts_on_record(items, self.dialect) { "/<id>" } else { "" };
        let path = text::repaired(self.dialect, Key::Path, &format!("{route}{id}"));
        let Some(path) = path else {
            return;
        };
        let mut parts: Vec<Part> = model.into_iter().chain(resource).collect();
        parts.sort_by_key(|part| part.at);
        let names: Vec<String> = parts.iter().map(|part| format!("`{}`", part.name)).collect();
        let keys = if names.len() == 1 { "key" } else { "keys" };
        let path = Value::Text(LitStr::new(&path, parts[0].name.span()));
        self.errors.help(
            parts[0].name.span(),
            format!("unknown {keys} {}", names.join(" and ")),
            format!("write `{}`", path.argument(Key::Path)),
        );
        self.raw.set(Key::Path, path);
        self.raw.given.push(Key::Path);
        for part in parts.iter().rev() {
            items.remove(part.at);
        }
    }
}

/// An argument that is a part of a route.
struct Part {
    at: usize,
    name: syn::Ident,
    text: String,
}

/// The argument with one of these names and a part of a route.
fn part(items: &[Item], names: &[&str]) -> Option<Part> {
    // Types are capitalized, the parts of a route are not.
    text(items, names).filter(|part| part.text.starts_with(|c: char| c.is_ascii_lowercase()))
}

/// The argument with one of these names and a text.
fn text(items: &[Item], names: &[&str]) -> Option<Part> {
    items.iter().enumerate().find_map(|(at, item)| match item {
        Item::Keyed(Argument { key, value: Some(value), .. }) => {
            let name = truto_route::snake_case(&key.unraw().to_string());
            let text = text::intended(Key::Name, value)?;
            names.contains(&&*name).then(|| Part { at, name: key.clone(), text })
        }
        _ => None,
    })
}

/// True if the method acts on one record.
fn acts_on_record(items: &[Item], dialect: Dialect) -> bool {
    let method = text(items, &["method", "verb", "operation"]);
    let method = method.and_then(|part| method::parse(dialect, &part.text).value);
    matches!(method, Some(Method::Patch | Method::Put | Method::Delete))
}
