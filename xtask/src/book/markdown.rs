//! Changes of Markdown text outside its code blocks.

use crate::Result;

/// Applies a function to every line that is not part of a fenced code block.
pub(crate) fn map_lines(
    text: &str,
    mut change: impl FnMut(&str) -> Result<String>,
) -> Result<String> {
    let mut output = String::with_capacity(text.len());
    let mut fence = None;
    for line in text.lines() {
        let mark = line.trim_start();
        let ticks = mark.len() - mark.trim_start_matches('`').len();
        match fence {
            // A block ends with at least as many backticks as it began with, and nothing after them.
            Some(open) if ticks >= open && mark.trim_end().len() == ticks => fence = None,
            None if ticks >= 3 => fence = Some(ticks),
            Some(_) => {}
            None => {
                output.push_str(&change(line)?);
                output.push('\n');
                continue;
            }
        }
        output.push_str(line);
        output.push('\n');
    }
    Ok(output)
}

/// Moves all headings but the first one level down, if the page has several of the first level: rustdoc puts a title
/// above the text, so that its pages begin their sections with `#`.
pub(crate) fn demote_headings(text: &str) -> String {
    let mut titles = 0;
    let count = map_lines(text, |line| {
        titles += usize::from(line.starts_with("# "));
        Ok(String::new())
    });
    if count.is_err() || titles < 2 {
        return text.to_owned();
    }
    let mut is_title = true;
    let demoted = map_lines(text, |line| {
        if !line.starts_with('#') {
            return Ok(line.to_owned());
        }
        Ok(if std::mem::take(&mut is_title) { line.to_owned() } else { format!("#{line}") })
    });
    demoted.unwrap_or_else(|_| text.to_owned())
}

/// Replaces the targets of links. A shortcut, ``[`Name`]``, has its name as target unless the page defines it.
pub(crate) fn map_links(text: &str, mut map: impl FnMut(&str) -> Option<String>) -> String {
    let mapped = map_lines(text, |line| {
        if let Some((name, target)) = definition(line) {
            let target = map(target).unwrap_or_else(|| target.to_owned());
            return Ok(format!("[{name}]: {target}"));
        }
        Ok(map_links_of_line(line, &mut |target| {
            let is_defined = text.contains(&format!("\n[`{target}`]: "));
            if is_defined { None } else { map(target) }
        }))
    });
    mapped.unwrap_or_else(|_| text.to_owned())
}

fn map_links_of_line(line: &str, map: &mut impl FnMut(&str) -> Option<String>) -> String {
    let mut output = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(['`', '[', ']']) {
        let (before, found) = rest.split_at(at);
        output.push_str(before);
        let taken = if let Some((name, length)) = shortcut(found) {
            match map(name) {
                Some(target) => output.extend(["[`", name, "`](", &target, ")"]),
                None => output.push_str(&found[..length]),
            }
            length
        } else if let Some((target, length)) = inline_target(found) {
            let target = map(target).unwrap_or_else(|| target.to_owned());
            output.extend(["](", &target, ")"]);
            length
        } else {
            let length = code_span(found).unwrap_or(1);
            output.push_str(&found[..length]);
            length
        };
        rest = &found[taken..];
    }
    output + rest
}

/// A reference definition, `[name]: target`.
fn definition(line: &str) -> Option<(&str, &str)> {
    let (name, target) = line.strip_prefix('[')?.split_once("]: ")?;
    (!target.contains(' ')).then_some((name, target))
}

/// A shortcut link, ``[`Name`]``: the name, and the length of the whole.
fn shortcut(text: &str) -> Option<(&str, usize)> {
    let name = &text.strip_prefix("[`")?;
    let end = name.find('`')?;
    let after = name[end..].strip_prefix("`]")?;
    (!after.starts_with(['(', '['])).then_some((&name[..end], end + 4))
}

/// `](target)`: the target, and the length of the whole.
fn inline_target(text: &str) -> Option<(&str, usize)> {
    let target = text.strip_prefix("](")?;
    let end = target.find(')')?;
    Some((&target[..end], end + 3))
}

/// The length of a code span; brackets within it do not form links.
fn code_span(text: &str) -> Option<usize> {
    let ticks = text.len() - text.trim_start_matches('`').len();
    let (open, inner) = text.split_at(ticks);
    if ticks == 0 { None } else { Some(inner.find(open)? + 2 * ticks) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_mapped_outside_code() {
        let rows = [
            ("[`A`] and [`B`](c)", "[`A`](<A>) and [`B`](<c>)"),
            ("[text](a::b), `x[1](y)`", "[text](<a::b>), `x[1](y)`"),
            ("[`Page<Self>`](Page)", "[`Page<Self>`](<Page>)"),
            ("[`A`]\n\n[`A`]: https://a", "[`A`]\n\n[`A`]: <https://a>"),
            ("[a][`b`] `", "[a][`b`](<b>) `"),
            ("[`A`]: a value", "[`A`](<A>): a value"),
            ("```\n[`A`]\n```", "```\n[`A`]\n```"),
            ("no [ links ` here ]", "no [ links ` here ]"),
        ];
        for (text, expected) in rows {
            let mapped = map_links(text, |target| Some(format!("<{target}>")));
            assert_eq!(mapped.trim_end(), expected, "{text}");
        }
        assert_eq!(map_links("[`A`](b)", |_| None).trim_end(), "[`A`](b)");
    }

    #[test]
    fn sections_of_the_first_level_move_below_the_title() {
        let text = "# T\n\n# A\n\n## B\n\n```rust\n# hidden\n```\n";
        assert_eq!(demote_headings(text), "# T\n\n## A\n\n### B\n\n```rust\n# hidden\n```\n");
        let readme = "# T\n\n## A\n";
        assert_eq!(demote_headings(readme), readme);
    }

    #[test]
    fn a_fence_is_closed_by_its_own_length() {
        let text = "````md\n```\n# x\n```\n````\ny";
        let mapped = map_lines(text, |line| Ok(format!("<{line}>"))).expect("lines");
        assert_eq!(mapped, "````md\n```\n# x\n```\n````\n<y>\n");
    }
}
