//! The demo city's surroundings: what stands between its PDAs and the server.

pub mod fault_proxy;
