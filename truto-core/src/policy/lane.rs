//! The two lanes of an account: interactive calls and background calls.

/// The lane of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    Interactive,
    /// Calls of [`Account::background`](crate::Account::background).
    Background,
}

impl Lane {
    pub(super) const COUNT: usize = 2;
    /// In the order of precedence.
    pub(super) const ALL: [Self; Self::COUNT] = [Self::Interactive, Self::Background];

    pub(super) fn index(self) -> usize {
        self as usize
    }
}
