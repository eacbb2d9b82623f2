//! zstd with a bound: what claims to be small and is not costs no more than the bound.

use std::io::Read;

/// zstd level: 3 gives most of the gain at a tenth of a millisecond a batch.
const LEVEL: i32 = 3;

/// Bytes that cannot be decompressed here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompressError {
    /// Not zstd, or cut off.
    #[error("the body is not zstd")]
    NotZstd,
    /// More than the bound.
    #[error("the body is larger than {0} bytes when unpacked")]
    TooLarge(usize),
}

/// Compresses.
pub fn encode(plain: &[u8]) -> Vec<u8> {
    zstd::encode_all(plain, LEVEL).expect("compressing memory into memory cannot fail")
}

/// Decompresses at most `max` bytes.
pub fn decode_bounded(packed: &[u8], max: usize) -> Result<Vec<u8>, CompressError> {
    let decoder = zstd::Decoder::with_buffer(packed).map_err(|_| CompressError::NotZstd)?;
    let mut plain = Vec::new();
    decoder.take(max as u64 + 1).read_to_end(&mut plain).map_err(|_| CompressError::NotZstd)?;
    if plain.len() > max { Err(CompressError::TooLarge(max)) } else { Ok(plain) }
}
