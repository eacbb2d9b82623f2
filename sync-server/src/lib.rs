//! The sync server as a library: what `gridweave` runs and tests start.

pub mod admin;
pub mod api;
pub mod app;
pub mod auth;
pub mod cli;
pub mod console;
pub mod demo;
pub mod edge;
pub mod identity_cli;
pub mod init;
pub mod serve;
pub mod store;
pub mod tls_cli;
pub mod tus;
