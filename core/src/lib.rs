#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod entity;
#[cfg(feature = "device")]
pub mod fieldbook;
pub mod form;
pub mod geo;
pub mod identity;
pub mod ids;
#[cfg(feature = "device")]
pub mod keys;
#[cfg(feature = "device")]
pub mod map;
pub mod merge;
pub mod record;
#[cfg(feature = "rescue")]
pub mod rescue;
#[cfg(feature = "device")]
pub mod scan;
#[cfg(feature = "device")]
pub mod store;
#[cfg(feature = "device")]
pub mod sync;
pub mod time;
pub mod value;
pub mod wire;
