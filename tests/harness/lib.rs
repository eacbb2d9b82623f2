//! The cast of the end-to-end tests: a server, named devices, a proxy that fails.

pub mod fault_proxy;
