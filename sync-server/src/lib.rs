//! The sync server as a library: what `gridweave` runs and tests start.

pub mod demo;
pub mod edge;
pub mod tus;
