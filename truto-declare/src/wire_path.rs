//! Paths of types and fields on the wire, `users.emails`, as the lock and the report write them.

/// A segment of a wire path; a dot in a name is escaped.
pub(crate) fn segment(name: &str) -> String {
    if name.contains(['.', '\\']) {
        name.replace('\\', "\\\\").replace('.', "\\.")
    } else {
        name.to_owned()
    }
}

/// The path of the type and the field in it.
pub(crate) fn split(path: &str) -> Option<(&str, &str)> {
    let mut end = path.len();
    loop {
        let at = path[..end].rfind('.')?;
        let escapes = path[..at].bytes().rev().take_while(|b| *b == b'\\').count();
        // An even number of backslashes escape each other, not the dot.
        if escapes % 2 == 0 {
            return Some((&path[..at], &path[at + 1..]));
        }
        end = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn does_not_split_at_dots_in_names() {
        for name in ["a", "", "a.b", "a\\", "a\\.", ".", "\\\\.\\"] {
            let path = format!("users.{}", segment(name));
            assert_eq!(split(&path), Some(("users", segment(name).as_str())), "{name:?}");
        }
        assert_eq!(split("users"), None);
    }
}
