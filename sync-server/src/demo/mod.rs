//! The demo city: its input, and what stands between its PDAs and the server.
//!
//! The input is a city, its invented residents, and the plan of what simulated PDAs do there in three days. It is
//! made before anything runs and names neither `merge`, `store` nor `sync` of the core: the plan says beforehand what
//! must come out, so it can convict the product of an error instead of repeating it.

pub mod city;
pub mod fault_proxy;
pub mod people;
pub mod photo;
pub mod plan;
pub mod random;
