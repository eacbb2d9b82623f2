//! The cast of the end-to-end tests: a city with its server, named devices, a raw client that signs anything, a
//! supervisor, and proxies that fail.
//!
//! Everything is the product's own: the real router behind the real accept loop, real fieldbooks in real directories,
//! real HTTP between them. Only clocks and the worker's hands are played.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

pub mod city;
pub mod cutter;
pub mod device;
pub mod fault_proxy;
pub mod people;
pub mod process;
pub mod raw;
pub mod repository;

pub use city::{City, GRIDS};
pub use cutter::{Cut, Cutter};
pub use device::{Device, TestClock};
pub use people::Supervisor;
pub use raw::{Answer, RawDevice};

use gridweave_core::ids::{FieldKey, FieldNo, TypeNo};

/// Record type of residents.
pub const PERSON: TypeNo = TypeNo(1);
/// A resident's name.
pub const NAME: FieldKey = FieldKey::plain(FieldNo(16));
/// A resident's identity number.
pub const CITIZEN_ID: FieldKey = FieldKey::plain(FieldNo(20));
/// A resident's phone.
pub const PHONE: FieldKey = FieldKey::plain(FieldNo(31));
/// Record type of hazards.
pub const HAZARD: TypeNo = TypeNo(8);
/// Where a hazard is, in words; at most 200 characters.
pub const PLACE: FieldKey = FieldKey::plain(FieldNo(18));
/// What a hazard looks like.
pub const DESCRIPTION: FieldKey = FieldKey::plain(FieldNo(19));
