//! The two forms in which Truto writes a time.

use std::time::{Duration, SystemTime};

/// `2024-09-10 12:00:00` (UTC) or ISO 8601, with a fraction and a zone or without.
pub(super) fn parse(text: &str) -> Option<SystemTime> {
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let [year, month, day] = numbers(date, '-')?;
    let (time, offset) = zone(rest)?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let [hour, minute, second] = numbers(time, ':')?;
    let in_range = (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        // A leap second is the first one of the next minute.
        && second <= 60;
    if !in_range || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset;
    let nanos: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    let base = SystemTime::UNIX_EPOCH;
    let whole = match u64::try_from(seconds) {
        Ok(seconds) => base.checked_add(Duration::from_secs(seconds))?,
        Err(_) => base.checked_sub(Duration::from_secs(seconds.unsigned_abs()))?,
    };
    whole.checked_add(Duration::from_nanos(nanos.parse().ok()?))
}

/// Three numbers of two digits, or four for a year.
fn numbers(text: &str, between: char) -> Option<[i64; 3]> {
    let mut parts = text.split(between).map(|part| {
        let digits =
            (2..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    });
    let three = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(three)
}

/// The time, and its zone in seconds east of UTC.
fn zone(text: &str) -> Option<(&str, i64)> {
    if let Some(time) = text.strip_suffix(['Z', 'z']) {
        return Some((time, 0));
    }
    let Some(at) = text.find(['+', '-']) else {
        return Some((text, 0));
    };
    let digits = text[at + 1..].replace(':', "");
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i64, i64) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
    let offset = hours * 3_600 + minutes * 60;
    Some((&text[..at], if text[at..].starts_with('-') { -offset } else { offset }))
}

fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let before = year - 1;
    let leaps = before / 4 - before / 100 + before / 400;
    let of_months: i64 = (1..month).map(|month| days_in(year, month)).sum();
    before * 365 + leaps + of_months + day - 1 - 719_162
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        for (text, seconds) in [
            ("1970-01-01 00:00:00", 0.0),
            ("2024-09-10 12:00:00", 1_725_969_600.0),
            ("2024-09-10T12:00:00Z", 1_725_969_600.0),
            ("2024-09-10t12:00:00.5z", 1_725_969_600.5),
            ("2023-06-16T09:21:21.000Z", 1_686_907_281.0),
            ("2024-02-29T23:59:60Z", 1_709_251_200.0),
            ("2024-09-10T14:30:00+02:30", 1_725_969_600.0),
            ("2024-09-10T10:00:00-0200", 1_725_969_600.0),
            ("2000-03-01 00:00:00.123456789123", 951_868_800.123_456_8),
            ("2100-03-01 00:00:00", 4_107_542_400.0),
        ] {
            let time = parse(text).expect(text).duration_since(SystemTime::UNIX_EPOCH);
            let found = time.expect("after 1970").as_secs_f64();
            assert!((found - seconds).abs() < 1e-6, "{text}: {found}");
        }
        assert!(parse("1969-12-31 23:59:59").expect("a time") < SystemTime::UNIX_EPOCH);
    }

    #[test]
    fn anything_else_is_not_a_time() {
        for text in [
            "",
            "2024-09-10",
            "12:00:00",
            "2024-09-10 12:00",
            "2024-13-10 12:00:00",
            "2024-02-30 12:00:00",
            "2023-02-29 12:00:00",
            "2024-09-10 24:00:00",
            "2024-09-10 12:60:00",
            "2024-09-10 12:00:00.x",
            "2024-09-10 12:00:00+2",
            "2024-09-10 12:00:00+é0",
            "+024-09-10 12:00:00",
            "99999-09-10 12:00:00",
            "2024-09-10-11 12:00:00",
            "1725969600",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
