//! Who is asking: devices by signature, people by session.

pub mod device;
pub mod password;
