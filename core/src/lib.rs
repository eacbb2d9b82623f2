#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod geo;
pub mod ids;
pub mod time;
pub mod value;
pub mod wire;
