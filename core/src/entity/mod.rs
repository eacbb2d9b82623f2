//! Entities: what several records say together of one person, organisation, dwelling or component.
//!
//! Pure, and the same on the phone and the server. An entity is a view: records are grouped by the identity keys that
//! they own and by the links that supervisors draw, and nothing is joined or copied. Take the common code out of one of
//! them, or draw the opposite link, and the view parts again.

mod group;
mod own;
mod profile;
mod two_people;

pub use group::{Grouped, Link, group};
pub use own::own_keys;
pub use profile::{FieldProfile, Said, Source, profile};
pub use two_people::{Suspicion, name_similarity, two_people};
