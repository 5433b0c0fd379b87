//! The attribute as users meet it; the cases are in `tests/ui`.
