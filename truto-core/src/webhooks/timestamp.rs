//! The forms in which Truto writes a time.

use std::time::SystemTime;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Parses `2024-09-10 12:00:00`, which is UTC, or ISO 8601 with an offset, which may consist of hours
/// only.
pub(super) fn parse(text: &str) -> Option<SystemTime> {
    // A date without a time is too coarse for the age of an event.
    let (_, time) = text.split_once(['T', 't', ' '])?;
    if time.split(':').count() < 3 {
        return None;
    }
    let text = shortened(text);
    if let Ok(time) = text.parse::<Timestamp>() {
        return time.try_into().ok();
    }
    // Without an offset. A `Z` or an offset that the parser rejects must not be ignored.
    let time: DateTime = text.parse().ok()?;
    let has_offset = text.rsplit([':', '.']).next()?.bytes().any(|byte| !byte.is_ascii_digit());
    if has_offset {
        return None;
    }
    TimeZone::UTC.to_timestamp(time).ok()?.try_into().ok()
}

/// Shortens a fraction to nine digits: some databases write more.
fn shortened(text: &str) -> String {
    let Some((before, after)) = text.split_once('.') else {
        return text.to_owned();
    };
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    format!("{before}.{}{}", &after[..digits.min(9)], &after[digits..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form_of_a_time() {
        for (text, seconds) in [
            ("1970-01-01 00:00:00", 0.0),
            ("2024-09-10 12:00:00", 1_725_969_600.0),
            ("2024-09-10T12:00:00", 1_725_969_600.0),
            ("2024-09-10T12:00:00Z", 1_725_969_600.0),
            ("2024-09-10t12:00:00.5z", 1_725_969_600.5),
            ("2023-06-16T09:21:21.000Z", 1_686_907_281.0),
            ("2024-07-11 07:49:53.682607+00", 1_720_684_193.682_607),
            ("2024-07-11 09:49:53.682607+02", 1_720_684_193.682_607),
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
    fn rejects_other_forms_of_a_time() {
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
