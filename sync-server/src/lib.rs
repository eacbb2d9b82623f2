//! The sync server as a library: what `gridweave` runs and tests start.

pub mod api;
pub mod app;
pub mod auth;
pub mod demo;
pub mod identity_cli;
pub mod store;
