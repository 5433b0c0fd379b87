//! The key `secret`: placeholders whose arguments are never shown.

use crate::diag::{Errors, closest};
use crate::model::Endpoint;

/// The positions of the placeholders that `secret = "a, b"` names; mistakes are reported, and
/// unambiguous names are kept.
pub(crate) fn positions(endpoint: &Endpoint, errors: &mut Errors) -> Vec<usize> {
    let Some(literal) = &endpoint.args.secret else {
        return Vec::new();
    };
    let (positions, mistake) = read(&literal.value(), &endpoint.parameters);
    if let Some(message) = mistake {
        errors.help(literal.span(), message, help(&positions, endpoint));
    }
    positions
}

/// The positions, and the first mistake.
fn read(text: &str, parameters: &[String]) -> (Vec<usize>, Option<String>) {
    let mut positions: Vec<usize> = Vec::new();
    let mut mistake = None;
    if parameters.is_empty() {
        return (positions, Some("`secret` needs a placeholder in the path".to_owned()));
    }
    let names: Vec<&str> = parameters.iter().map(String::as_str).collect();
    for written in text.split(',').map(str::trim) {
        let bare = written.trim_start_matches(['<', '{', ':']).trim_end_matches(['>', '}']);
        let position = names.iter().position(|name| *name == bare);
        let shown = written.escape_debug();
        let message = match position {
            Some(position) if positions.contains(&position) => {
                format!("placeholder `<{bare}>` is named twice in `secret`")
            }
            Some(position) => {
                positions.push(position);
                if bare == written {
                    continue;
                }
                format!("`{shown}` is written without brackets in `secret`")
            }
            None => {
                // Without a similar name, the first placeholder: most paths have only one.
                let near = closest(bare, &names).or_else(|| names.first().copied());
                let near = names.iter().position(|name| near == Some(*name));
                positions.extend(near.filter(|near| !positions.contains(near)));
                if written.is_empty() {
                    "`secret` names no placeholder".to_owned()
                } else {
                    format!("`{shown}` is not a placeholder of the path")
                }
            }
        };
        mistake.get_or_insert(message);
    }
    // In path order, in which the help lists the names.
    positions.sort_unstable();
    (positions, mistake)
}

/// The help that shows the whole argument.
fn help(positions: &[usize], endpoint: &Endpoint) -> String {
    let names: Vec<&str> =
        positions.iter().map(|position| endpoint.parameters[*position].as_str()).collect();
    if names.is_empty() {
        "remove `secret`".to_owned()
    } else {
        format!("write `secret = \"{}\"`", names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_names_to_positions() {
        let parameters = ["account", "token", "id"].map(str::to_owned);
        for (text, positions, mistake) in [
            ("token", vec![1], None),
            ("token, account", vec![0, 1], None),
            ("token,id", vec![1, 2], None),
            ("tokn", vec![1], Some("`tokn` is not a placeholder")),
            ("<token>", vec![1], Some("without brackets")),
            ("token, token", vec![1], Some("named twice")),
            ("", vec![0], Some("names no placeholder")),
            ("token,", vec![0, 1], Some("names no placeholder")),
        ] {
            let (found, message) = read(text, &parameters);
            assert_eq!(found, positions, "{text}");
            match (mistake, message) {
                (None, None) => {}
                (Some(part), Some(message)) => assert!(message.contains(part), "{text}: {message}"),
                (_, message) => panic!("{text}: {message:?}"),
            }
        }
        assert_eq!(read("id", &[]).0, Vec::<usize>::new());
    }
}
