//! A fleet that copies a resource of every connected account into a database.
//!
//! A job of apalis syncs one account. Each page's records, the deletions and the checkpoint are
//! written in one transaction, and the transaction that ends a run also queues the next one. So a
//! process can be killed at any moment: another one takes the job over and resumes at the checkpoint.
//!
//! Processes share the token's limit through Redis (`truto-redis`), and PostgreSQL holds the queue and
//! the tables. For a first look, one process does without both: SQLite, and the client's own limit.

pub mod config;
pub mod contact;
pub mod store;
pub mod sync;
pub mod web;
pub mod worker;
