//! The demo's own random numbers: the same seed gives the same city on every platform and in every version.
//!
//! SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014). It is not for secrets.
//! Each part of the demo draws from a stream of its own, named by [`Rng::fork`], so that a part that draws more
//! does not change what the others get.

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub struct Rng {
    state: u64,
}

impl Rng {
    /// The stream of a seed; every `u64` is a good seed.
    pub fn new(seed: u64) -> Rng {
        Rng { state: seed }
    }

    /// A stream of its own for one part of the demo. Does not advance this one.
    pub fn fork(&self, part: &str) -> Rng {
        // FNV-1a over the name, then one round of mixing so that near seeds part.
        let name = part.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Rng { state: mix(self.state ^ mix(name)) }
    }

    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// A number below `limit`, 0 for a limit of 0. The bias of the multiplication is below 2⁻³² here.
    pub fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.bits()) * limit as u128) >> 64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(0) as usize) as i64
    }

    /// True in `percent` of a hundred cases.
    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of the items; panics on an empty list, as indexing does.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// Puts the items into a random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First outputs of the reference implementation for the seed 1234567.
    #[test]
    fn the_stream_is_splitmix64() {
        let mut rng = Rng::new(1_234_567);
        let got: Vec<u64> = (0..3).map(|_| rng.bits()).collect();
        assert_eq!(got, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn a_part_is_independent_of_what_others_draw() {
        let mut a = Rng::new(7);
        let before = a.fork("people").bits();
        a.fork("plan").bits();
        assert_eq!(a.fork("people").bits(), before);
        assert_ne!(a.fork("plan").bits(), before);
        a.bits();
        assert_ne!(a.fork("people").bits(), before);
    }

    #[test]
    fn numbers_stay_within_their_limits() {
        let mut rng = Rng::new(0);
        assert!((0..1_000).all(|_| rng.below(7) < 7 && (-3..=4).contains(&rng.between(-3, 4))));
        assert_eq!(rng.below(0), 0);
        let mut items: Vec<u32> = (0..50).collect();
        rng.shuffle(&mut items);
        assert_ne!(items, (0..50).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..50).collect::<Vec<_>>());
    }
}
