//! The order in which rustfmt sorts names: numbers in them count as numbers.

use std::cmp::Ordering;

pub(super) fn by_version(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (x, y) = (part(&mut left), part(&mut right));
        let order = match (x, y) {
            (None, None) => return a.cmp(b),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) => compare(x, y),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// The next run of digits or of other characters; an underscore stands alone and comes first.
fn part<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let first = rest.chars().next()?;
    let end = match first {
        '_' => 1,
        _ => {
            let digit = first.is_ascii_digit();
            rest.find(|c: char| c == '_' || c.is_ascii_digit() != digit).unwrap_or(rest.len())
        }
    };
    let (part, after) = rest.split_at(end);
    *rest = after;
    Some(part)
}

fn compare(x: &str, y: &str) -> Ordering {
    match (x == "_", y == "_", x.parse::<u128>(), y.parse::<u128>()) {
        (true, true, ..) => Ordering::Equal,
        (true, false, ..) => Ordering::Less,
        (false, true, ..) => Ordering::Greater,
        (_, _, Ok(x), Ok(y)) => x.cmp(&y),
        _ => x.cmp(y),
    }
}
