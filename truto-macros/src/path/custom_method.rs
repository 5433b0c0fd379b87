//! Custom methods after a colon, as in Google's APIs: `/deals:search`, `/deals/{id}:archive`.

use truto_route::{Family, Method, Segment};

use super::placeholder::{Beside, beside, decoded, is_foreign};
use super::repair::Written;
use super::{Context, Mistake};

/// The index of the resource in `/unified/crm/deals`.
const RESOURCE: usize = 2;

/// Reports the custom method of a unified path, and corrects the path: a custom method is a separate segment
/// directly after the resource (`POST /unified/crm/deals/search`), without an id.
pub(super) fn separate(context: Context, written: &mut Vec<Written<'_>>) -> Option<Mistake> {
    let last = written.last()?;
    let (index, at, text) = (written.len() - 1, last.at, decoded(&last.text));
    if index == RESOURCE && !is_foreign(&text) {
        let (resource, method) = text.split_once(':')?;
        // `deals:id` lacks the slash before a placeholder.
        let is_id = method.to_ascii_lowercase().ends_with("id");
        let (own, note) = if is_id {
            (format!("<{method}>"), "; a placeholder is a whole segment")
        } else {
            (method.to_owned(), "; a custom method is a segment of its own")
        };
        if !is_segment(resource) || !is_segment(&own) {
            return None;
        }
        let message = format!("character `:` in segment `{}`", last.text);
        written[RESOURCE].text = resource.to_owned().into();
        written.push(Written { text: own.into(), at });
        return Some(Mistake::new(message, at).note(note));
    }
    let Beside::Suffix(suffix) = beside(&text) else {
        return None;
    };
    let method = suffix.strip_prefix(':').filter(|method| is_segment(method))?;
    let may_be_post = matches!(context.method, None | Some(Method::Post));
    if index != RESOURCE + 1 || !may_be_post {
        return None;
    }
    let message = format!("custom method `{suffix}` after a placeholder");
    written[index].text = method.to_owned().into();
    Some(Mistake::new(message, at).note("; a custom method takes the id in its body"))
}

fn is_segment(text: &str) -> bool {
    Segment::parse(text, Family::Unified).is_ok()
}
