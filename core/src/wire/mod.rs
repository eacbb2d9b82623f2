//! What goes over the wire between device and server.

pub mod compress;
pub mod counter;
pub mod signature;
