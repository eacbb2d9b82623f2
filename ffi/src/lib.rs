//! Translation of the field book for the apps, nothing more.
#![doc = include_str!("../README.md")]
#![allow(
    unsafe_code,
    reason = "uniffi's macros generate the C functions that the bindings call; there is none by hand"
)]

uniffi::setup_scaffolding!();

pub mod book;
pub mod catalog;
pub mod error;
pub mod form;
pub mod ids;
pub mod keys;
pub mod limits;
pub mod list;
pub mod log;
pub mod map;
pub mod page;
mod reveal;
mod runtime;
pub mod save;
pub mod scan;
pub mod sync;
pub mod value;
