//! The mistakes of one path as one error.

use super::Mistake;
use crate::diag::NOTE;

/// More subjects or kinds of mistakes would make the message hard to read.
const MAX: usize = 4;

/// One mistake that names them all: each help shows the whole repaired path, so a second error would
/// repeat the first one.
pub(super) fn merged(mut mistakes: Vec<Mistake>) -> Option<Mistake> {
    // In the order in which they are read.
    mistakes.sort_by_key(|mistake| mistake.at.0);
    let at = (
        mistakes.first()?.at.0,
        mistakes.iter().map(|mistake| mistake.at.1).max().unwrap_or_default(),
    );
    let mut kinds: Vec<Kind> = Vec::new();
    for mistake in mistakes {
        let name = kind(&mistake.message);
        match kinds.iter_mut().find(|kind| kind.name == name) {
            Some(kind) => kind.add(&mistake.message),
            None => kinds.push(Kind { name, mistake, count: 1 }),
        }
    }
    let mut notes: Vec<&str> = Vec::new();
    for kind in &kinds {
        let note = &*kind.mistake.note;
        if !note.is_empty() && !notes.contains(&note) {
            notes.push(note);
        }
    }
    // The part of a sentence comes before other sentences.
    notes.sort_by_key(|note| note.starts_with(';'));
    let note = notes.concat();
    let messages: Vec<&str> =
        kinds.iter().take(MAX).map(|kind| kind.mistake.message.as_str()).collect();
    Some(Mistake::new(messages.join(NOTE), at).note(note))
}

/// Mistakes of the same words.
struct Kind {
    name: String,
    mistake: Mistake,
    count: usize,
}

impl Kind {
    /// Adds what another mistake is about, where the message ends with it.
    fn add(&mut self, message: &str) {
        let text = &mut self.mistake.message;
        let subject = message.rsplit('`').nth(1).filter(|_| message.ends_with('`'));
        if let Some(subject) = subject {
            self.count += 1;
            if self.count <= MAX {
                text.extend([", `", subject, "`"]);
            } else if self.count == MAX + 1 {
                text.push_str(", ...");
            }
        }
    }
}

/// The message without what it quotes.
fn kind(message: &str) -> String {
    message.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merges_mistakes_of_one_kind() {
        for (messages, expected) in [
            (vec!["bad `a`"], "bad `a`"),
            (vec!["bad `a`", "bad `b`"], "bad `a`, `b`"),
            (vec!["bad `a`", "odd `c`", "bad `b`"], "bad `a`, `b`\nnote: odd `c`"),
            (vec!["`a` is bad", "`b` is bad"], "`a` is bad"),
            (vec!["bad `a`"; 6], "bad `a`, `a`, `a`, `a`, ..."),
            (vec!["a", "b", "c", "d", "e"], "a\nnote: b\nnote: c\nnote: d"),
        ] {
            let mistakes = messages.into_iter().enumerate();
            let mistakes = mistakes.map(|(at, message)| Mistake::new(message, (at, at + 1)));
            assert_eq!(merged(mistakes.collect()).expect("a mistake").message, expected);
        }
        assert!(merged(Vec::new()).is_none());
    }

    #[test]
    fn joins_each_note_once() {
        let mistakes = [("a", "; x", (4, 5)), ("b", ", y", (0, 1)), ("c", "; x", (6, 9))];
        let mistakes = mistakes.map(|(message, note, at)| Mistake::new(message, at).note(note));
        let merged = merged(mistakes.into()).expect("a mistake");
        assert_eq!((&*merged.note, merged.at), (", y; x", (0, 9)));
    }
}
