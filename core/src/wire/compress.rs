//! Bodies under Zstandard (RFC 8878): how they are packed, and how they are unpacked without trusting them.
//!
//! A packed body says nothing trustworthy about its size, so unpacking stops at the caller's bound and at no time
//! holds more than that; a bomb costs its sender more than us.

use std::io::Read;

/// How hard to compress: 3 is Zstandard's own balance, a few milliseconds for a day's changes on a handheld.
const LEVEL: i32 = 3;
/// Largest window a frame may ask for, as a power of two: 8 MiB, what RFC 8878 §3.1.1.1.2 bids decoders support.
const WINDOW_LOG_MAX: u32 = 23;

/// Why a body could not be unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeProblem {
    /// It unpacks to more than is allowed here.
    #[error("the body unpacks to more than {max} bytes; send less at a time")]
    TooLarge {
        /// The bound, in bytes.
        max: usize,
    },
    /// It is not a whole Zstandard frame.
    #[error("the body is not whole Zstandard data")]
    Malformed,
}

impl DecodeProblem {
    /// Stable code for answers and logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "body_unpacks_too_large",
            Self::Malformed => "body_not_zstd",
        }
    }
}

/// Packs a body.
pub fn encode(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, LEVEL).expect("compressing memory to memory has no way to fail")
}

/// Unpacks a body that must not come to more than `max` bytes.
pub fn decode_bounded(bytes: &[u8], max: usize) -> Result<Vec<u8>, DecodeProblem> {
    // An empty input is no frame, yet the streaming reader would call it an empty body.
    if bytes.is_empty() {
        return Err(DecodeProblem::Malformed);
    }
    let mut decoder =
        zstd::stream::read::Decoder::with_buffer(bytes).map_err(|_| DecodeProblem::Malformed)?;
    decoder.window_log_max(WINDOW_LOG_MAX).map_err(|_| DecodeProblem::Malformed)?;
    let mut plain = Vec::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let n = decoder.read(&mut chunk).map_err(|_| DecodeProblem::Malformed)?;
        if n == 0 {
            return Ok(plain);
        }
        if n > max - plain.len() {
            return Err(DecodeProblem::TooLarge { max });
        }
        // Grows as bytes really arrive, and never past the bound.
        let room = (plain.capacity() * 2).clamp(plain.len() + n, max.max(plain.len() + n));
        if plain.capacity() < plain.len() + n {
            plain.reserve_exact(room - plain.len());
        }
        plain.extend_from_slice(&chunk[..n]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_packed_unpacks_to_itself(bytes in prop::collection::vec(any::<u8>(), 0..5000)) {
            let packed = encode(&bytes);
            prop_assert_eq!(decode_bounded(&packed, bytes.len()), Ok(bytes.clone()));
            if !bytes.is_empty() {
                let max = bytes.len() - 1;
                prop_assert_eq!(decode_bounded(&packed, max), Err(DecodeProblem::TooLarge { max }));
            }
        }

        #[test]
        fn a_frame_cut_anywhere_is_refused(
            bytes in prop::collection::vec(any::<u8>(), 1..500), cut in any::<prop::sample::Index>()
        ) {
            let packed = encode(&bytes);
            prop_assert_eq!(decode_bounded(&packed[..cut.index(packed.len())], 1000), Err(DecodeProblem::Malformed));
        }

        #[test]
        fn noise_is_refused_and_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(decode_bounded(&bytes, 1 << 20).map_or(true, |plain| plain.len() <= 1 << 20));
        }
    }

    #[test]
    fn a_bomb_is_a_typed_error_and_takes_no_more_memory_than_the_bound() {
        let bomb = encode(&vec![0; 200 << 20]);
        assert!(bomb.len() < 40_000, "{}", bomb.len());
        assert_eq!(decode_bounded(&bomb, 1 << 20), Err(DecodeProblem::TooLarge { max: 1 << 20 }));
        let fits = decode_bounded(&encode(&vec![0; 1 << 20]), 1 << 20).unwrap();
        assert_eq!((fits.len(), fits.capacity()), (1 << 20, 1 << 20));
    }

    #[test]
    fn a_frame_that_asks_for_a_giant_window_is_refused() {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
        encoder.window_log(27).unwrap();
        std::io::copy(&mut std::io::repeat(1).take(1 << 20), &mut encoder).unwrap();
        assert_eq!(decode_bounded(&encoder.finish().unwrap(), 2 << 20), Err(DecodeProblem::Malformed));
    }
}
