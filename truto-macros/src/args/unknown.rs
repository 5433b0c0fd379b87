//! Helps for keys that are unknown and mean no other key.

use truto_route::Method;

use super::argument::Argument;
use super::words::place_of_setting;
use super::{Key, Reader};

impl Reader<'_> {
    pub(super) fn help_for_unknown(&self, name: &str, argument: &Argument) -> String {
        place_of_setting(&name.to_lowercase())
            .map(str::to_owned)
            .or_else(|| self.placeholder(name))
            .or_else(|| self.type_alone(argument))
            .unwrap_or_else(|| format!("the keys are `{}`", Key::names().join("`, `")))
    }

    /// The help for an argument of the path: `path = "…/<id>", id = u64`.
    fn placeholder(&self, name: &str) -> Option<String> {
        let path = self.raw.path.as_ref()?.value();
        let is_placeholder = path.contains(&format!("<{name}>"));
        is_placeholder.then(|| format!("remove `{name}`: `<{name}>` in the path is the argument"))
    }

    /// The help for a type without a key.
    fn type_alone(&self, argument: &Argument) -> Option<String> {
        let name = argument.key.to_string();
        let is_type = argument.value.is_none() && name.starts_with(char::is_uppercase);
        let has_body =
            self.raw.method.as_ref().is_none_or(|method| {
                Method::from_name(&method.value()).is_none_or(Method::takes_body)
            });
        let open: Vec<String> = [Key::Query, Key::Body, Key::Response]
            .into_iter()
            .filter(|&key| !self.is_taken(key) && (has_body || key != Key::Body))
            .map(|key| format!("`{} = {name}`", key.name()))
            .collect();
        (is_type && !open.is_empty()).then(|| format!("write {}", open.join(" or ")))
    }
}
