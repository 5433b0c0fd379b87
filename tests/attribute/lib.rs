//! The attributes as users see them; the cases are in `tests/ui`.
