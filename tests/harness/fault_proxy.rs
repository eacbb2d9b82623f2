//! The bad network between the devices and the server of a test: the same that the demo city uses.

pub use gridweave_server::demo::fault_proxy::{FaultCounts, FaultProfile, FaultProxy};
