//! The server's edge: everything between the network and a handler that must hold against hostile peers.
//!
//! [`serve`](mod@serve) accepts connections with deadlines and a cap, [`limits`] bounds bodies on both sides of
//! decompression, [`tls`] is the server's own key with its pin, [`problem`] the one shape of a refusal, [`rate`]
//! how often somebody may ask. It knows nothing of what is served.

pub mod limits;
pub mod problem;
mod pulse;
pub mod rate;
pub mod serve;
pub mod tls;

pub use limits::limits;
pub use problem::Problem;
pub use serve::{Accept, Edge, EdgeConfig, EdgeError, Plain};
pub use tls::{SpkiPin, Tls, TlsError, TlsKey};
