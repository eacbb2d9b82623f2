//! Stops replays without a clock: which request counters of one device were already used.
//!
//! The device raises its counter durably before each request. The server keeps the highest it has seen and a window
//! of the 64 counters up to it, so that requests which overtake one another on the way both count, once each. A
//! refused counter is answered with [`CounterWindow::highest`]; the device goes past it and repeats.

/// How many counters up to the highest are told apart; older ones count as used.
pub const WINDOW: u64 = 64;

/// The used counters of one device. A counter starts at 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CounterWindow {
    /// Greatest counter accepted so far.
    pub highest: u64,
    /// Bit *i* says that `highest − i` was used.
    pub window: u64,
}

impl Default for CounterWindow {
    fn default() -> Self {
        CounterWindow { highest: 0, window: 1 }
    }
}

impl CounterWindow {
    /// Whether this counter was not used before; marks it as used.
    pub fn accept(&mut self, counter: u64) -> bool {
        if counter > self.highest {
            let step = counter - self.highest;
            self.window = if step < WINDOW { self.window << step } else { 0 } | 1;
            self.highest = counter;
            return true;
        }
        let back = self.highest - counter;
        // Zero is never a counter, also once it has left the window's first place.
        if back >= WINDOW || counter == 0 || self.window >> back & 1 == 1 {
            return false;
        }
        self.window |= 1 << back;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn a_counter_is_accepted_once_and_only_if_new_within_the_window(
            counters in prop::collection::vec(prop_oneof![0..200u64, any::<u64>()], 0..200)
        ) {
            let (mut window, mut used) = (CounterWindow::default(), BTreeSet::new());
            let mut highest = 0u64;
            for counter in counters {
                let fresh = counter > 0 && !used.contains(&counter)
                    && (counter > highest || highest - counter < WINDOW);
                prop_assert_eq!(window.accept(counter), fresh);
                if fresh {
                    used.insert(counter);
                    highest = highest.max(counter);
                }
                prop_assert_eq!(window.highest, highest);
            }
        }
    }

    #[test]
    fn requests_that_overtake_one_another_both_count() {
        let mut window = CounterWindow::default();
        assert!(window.accept(2) && window.accept(1));
        assert!(!window.accept(2) && !window.accept(1) && !window.accept(0));
        assert!(window.accept(u64::MAX) && !window.accept(u64::MAX) && window.accept(u64::MAX - 63));
        assert!(!window.accept(u64::MAX - 64));
    }
}
