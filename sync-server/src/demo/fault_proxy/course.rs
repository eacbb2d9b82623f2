//! The plan of one connection: which fault each stretch suffers and at which byte. Pure: no sockets, no clock.

use std::ops::RangeInclusive;
use std::time::Duration;

/// How bad the network is. The weights say how often each kind of fault is drawn, relative to their sum.
#[derive(Debug, Clone, PartialEq)]
pub struct FaultProfile {
    /// Which part of the stretches suffers, 0 to 1.
    pub rate: f64,
    /// A stretch ends after so many bytes in one direction; faults fall somewhere within.
    pub stretch_bytes: u64,
    /// Weight of refusing a connection; drawn only for the first stretch, else counts as a cut request.
    pub refuse: u32,
    /// Weight of cutting while the client sends.
    pub cut_request: u32,
    /// Weight of cutting while the server answers.
    pub cut_answer: u32,
    /// Weight of losing an answer whole.
    pub lose_answer: u32,
    /// Weight of a pause within the transfer.
    pub stall: u32,
    /// Weight of a pause before it.
    pub delay: u32,
    /// How long a stall lasts, in milliseconds.
    pub stall_ms: RangeInclusive<u64>,
    /// How long a delay lasts, in milliseconds.
    pub delay_ms: RangeInclusive<u64>,
}

impl Default for FaultProfile {
    /// A street corner: one stretch in five suffers, cuts and lost answers as often as pauses.
    fn default() -> Self {
        FaultProfile {
            rate: 0.2,
            stretch_bytes: 64 * 1024,
            refuse: 1,
            cut_request: 2,
            cut_answer: 2,
            lose_answer: 3,
            stall: 2,
            delay: 2,
            stall_ms: 50..=400,
            delay_ms: 10..=200,
        }
    }
}

impl FaultProfile {
    /// A network without faults.
    pub fn clean() -> FaultProfile {
        FaultProfile { rate: 0.0, ..FaultProfile::default() }
    }
}

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// A fault and where in its stretch it strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Refuse,
    /// Before byte `at` that the client sends in the stretch.
    CutRequest {
        at: u64,
        reset: bool,
    },
    /// After byte `at` of the answer, at least one.
    CutAnswer {
        at: u64,
        reset: bool,
    },
    LoseAnswer,
    Stall {
        way: Way,
        at: u64,
        pause: Duration,
    },
    Delay {
        pause: Duration,
    },
}

/// What to do with bytes that have arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Hand so many on (never zero).
    Pass(u64),
    /// Wait, then ask again.
    Pause(Duration, Fault),
    /// End the connection: with a reset, or in good order.
    End { reset: bool, fault: Fault },
}

/// Where one connection stands in its plan.
#[derive(Debug)]
pub(super) struct Course {
    seed: u64,
    connection: u64,
    stretch: u64,
    up: u64,
    down: u64,
    fault: Option<Fault>,
}

impl Course {
    /// The course of a connection, at its first stretch.
    pub(super) fn new(seed: u64, connection: u64, profile: &FaultProfile) -> Course {
        let mut course = Course { seed, connection, stretch: 0, up: 0, down: 0, fault: None };
        course.fault = course.draw(profile);
        course
    }

    /// Whether the connection is to be refused.
    pub(super) fn refuses(&self) -> bool {
        self.fault == Some(Fault::Refuse)
    }

    /// Whether the present stretch suffers.
    #[cfg(test)]
    pub(super) fn has_fault(&self) -> bool {
        self.fault.is_some()
    }

    /// Which stretch it is in, counted from 0.
    pub(super) fn stretch(&self) -> u64 {
        self.stretch
    }

    /// What to do with up to `n` (at least one) bytes that arrived on their way.
    pub(super) fn step(&mut self, way: Way, n: u64, profile: &FaultProfile) -> Step {
        let answered = self.down > 0;
        let long = self.up.max(self.down) >= profile.stretch_bytes.max(1);
        if (way == Way::Up && answered) || long {
            // The next part of a long answer is no new answer: nothing is left of it to be lost.
            let within_answer = way == Way::Down;
            self.stretch += 1;
            (self.up, self.down) = (0, 0);
            self.fault = self.draw(profile);
            if within_answer && self.fault == Some(Fault::LoseAnswer) {
                self.fault = None;
            }
        }
        let passed = match way {
            Way::Up => self.up,
            Way::Down => self.down,
        };
        let limit = match self.fault {
            Some(fault @ Fault::Delay { pause }) => {
                self.fault = None;
                return Step::Pause(pause, fault);
            }
            Some(fault @ Fault::LoseAnswer) if way == Way::Down => return Step::End { reset: true, fault },
            Some(fault @ Fault::CutRequest { at, reset }) if way == Way::Up => {
                if passed >= at {
                    return Step::End { reset, fault };
                }
                at - passed
            }
            Some(fault @ Fault::CutAnswer { at, reset }) if way == Way::Down => {
                if passed >= at {
                    return Step::End { reset, fault };
                }
                at - passed
            }
            Some(fault @ Fault::Stall { way: stalled, at, pause }) if way == stalled => {
                if passed >= at {
                    self.fault = None;
                    return Step::Pause(pause, fault);
                }
                at - passed
            }
            _ => u64::MAX,
        };
        // No further than the stretch's end, so that the plan does not depend on how bytes arrive.
        let pass = n.min(limit).min(profile.stretch_bytes.max(1) - passed);
        match way {
            Way::Up => self.up += pass,
            Way::Down => self.down += pass,
        }
        Step::Pass(pass)
    }

    fn draw(&self, profile: &FaultProfile) -> Option<Fault> {
        let mut dice = Dice::new(&[self.seed, self.connection, self.stretch]);
        if dice.unit() >= profile.rate {
            return None;
        }
        let kinds = [
            profile.refuse,
            profile.cut_request,
            profile.cut_answer,
            profile.lose_answer,
            profile.stall,
            profile.delay,
        ];
        let sum: u64 = kinds.iter().copied().map(u64::from).sum();
        if sum == 0 {
            return None;
        }
        let mut pick = dice.below(sum);
        let kind = kinds.iter().position(|weight| {
            let hit = pick < u64::from(*weight);
            pick = pick.saturating_sub(u64::from(*weight));
            hit
        });
        let at = dice.offset(profile.stretch_bytes);
        let reset = dice.below(2) == 0;
        let way = if dice.below(2) == 0 { Way::Up } else { Way::Down };
        Some(match kind? {
            0 if self.stretch == 0 => Fault::Refuse,
            0 | 1 => Fault::CutRequest { at, reset },
            2 => Fault::CutAnswer { at: at.max(1), reset },
            3 => Fault::LoseAnswer,
            4 => Fault::Stall { way, at, pause: dice.pause(&profile.stall_ms) },
            _ => Fault::Delay { pause: dice.pause(&profile.delay_ms) },
        })
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers from the same seed in every version of every library.
struct Dice(u64);

impl Dice {
    fn new(seeds: &[u64]) -> Dice {
        let mut dice = Dice(0);
        for seed in seeds {
            dice.0 ^= seed;
            dice.0 = dice.next();
        }
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A byte offset below `n`; two in three among the first 256 or 2048 bytes, where small messages end.
    fn offset(&mut self, n: u64) -> u64 {
        let scale = [256, 2048, n][self.below(3) as usize];
        self.below(scale.min(n))
    }

    fn pause(&mut self, ms: &RangeInclusive<u64>) -> Duration {
        let span = ms.end().saturating_sub(*ms.start()).saturating_add(1);
        Duration::from_millis(ms.start() + self.below(span))
    }
}
