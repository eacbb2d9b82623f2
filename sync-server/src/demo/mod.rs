//! The demo city: real streets, invented people, simulated PDAs, and a plan that says beforehand what must come out.
//!
//! `city`, `people`, `photo` and `plan` are made before anything runs and name neither `merge`, `store` nor `sync` of
//! the core, so that the plan can convict the product of an error instead of repeating it.
//! The demo city: its input, and what stands between its PDAs and the server.
//!
//! The input is a city, its invented residents, and the plan of what simulated PDAs do there in three days. It is
//! made before anything runs and names neither `merge`, `store` nor `sync` of the core: the plan says beforehand what
//! must come out, so it can convict the product of an error instead of repeating it.

pub mod child;
pub mod city;
pub mod fault_proxy;
pub mod orders;
pub mod pda;
pub mod people;
pub mod people_api;
pub mod photo;
pub mod plan;
pub mod random;
pub mod run;
pub mod sabotage;
mod show;
pub mod stage;
pub mod verify;
