//! Which step comes next. Pure, so that the order can be read and tested in one place.

/// What a run knows of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Situation {
    /// Changes have no receipt, or the server asked for some again.
    pub to_push: bool,
    /// The last page was read.
    pub pulled: bool,
    /// The server gives out nothing before a supervisor confirmed this replica.
    pub held: bool,
    /// The server takes nothing but photos: this device is revoked.
    pub turned_away: bool,
    /// Grids whose digests differ and were not looked at yet.
    pub diverged: usize,
    /// Photos that were not tried yet.
    pub photos: usize,
}

/// One step of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Hand in the next batch of changes.
    Push,
    /// Read the next page.
    Pull,
    /// Find where one grid differs.
    Repair,
    /// Upload one photo.
    Photo,
    /// Nothing is left to do.
    Done,
}

/// Changes first: what is on the device alone must be safe before anything else is done. Photos last: they are large
/// and never hold up a record.
pub fn next(now: &Situation) -> Step {
    match now {
        Situation { turned_away: true, photos: 1.., .. } => Step::Photo,
        Situation { turned_away: true, .. } => Step::Done,
        Situation { to_push: true, .. } => Step::Push,
        Situation { pulled: false, held: false, .. } => Step::Pull,
        Situation { diverged: 1.., .. } => Step::Repair,
        Situation { photos: 1.., .. } => Step::Photo,
        _ => Step::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_go_before_everything_and_photos_after() {
        let all = Situation {
            to_push: true,
            pulled: false,
            held: false,
            turned_away: false,
            diverged: 1,
            photos: 1,
        };
        assert_eq!(next(&all), Step::Push);
        assert_eq!(next(&Situation { to_push: false, ..all }), Step::Pull);
        assert_eq!(next(&Situation { to_push: false, pulled: true, ..all }), Step::Repair);
        assert_eq!(next(&Situation { to_push: false, pulled: true, diverged: 0, ..all }), Step::Photo);
        assert_eq!(next(&Situation { pulled: true, ..Situation::default() }), Step::Done);
    }

    #[test]
    fn a_replica_held_back_still_hands_everything_in() {
        let held = Situation { held: true, photos: 1, ..Situation::default() };
        assert_eq!(next(&held), Step::Photo);
        assert_eq!(next(&Situation { photos: 0, ..held }), Step::Done);
    }

    #[test]
    fn a_device_that_is_turned_away_still_tries_its_photos() {
        let turned_away = Situation { to_push: true, turned_away: true, photos: 1, ..Situation::default() };
        assert_eq!(next(&turned_away), Step::Photo);
        assert_eq!(next(&Situation { photos: 0, ..turned_away }), Step::Done);
    }
}
