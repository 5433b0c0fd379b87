//! Nothing: each test is a program with other features.
