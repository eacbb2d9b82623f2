//! The demo city: real streets, invented people, simulated PDAs, and a plan that says beforehand what must come out.
//!
//! `city`, `people`, `photo` and `plan` are made before anything runs and name neither `merge`, `store` nor `sync` of
//! the core, so that the plan can convict the product of an error instead of repeating it.

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
pub mod serve;
mod show;
pub mod stage;
pub mod verify;
