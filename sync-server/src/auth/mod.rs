//! Who is asking: devices by signature, people by session.

pub mod device;
pub mod limits;
pub mod password;
pub mod person;
pub mod policy;
pub mod throttle;
