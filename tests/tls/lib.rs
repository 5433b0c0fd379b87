//! Empty: each test is a program with different features.
