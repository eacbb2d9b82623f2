//! Codes read off the frames of a camera.

use crate::error::FieldbookError;
use gridweave_core::scan;

/// A code that was read: what it says, and what it is (`qr`, `data_matrix`, `code_128`, `code_39`, `ean`, `other`).
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Scanned {
    /// What it says.
    pub text: String,
    /// What it is.
    pub symbology: String,
}

/// The first code in a frame: `luma` is a byte a pixel, rows `row_stride` bytes apart. None where there is none that can
/// be read. Refused with code `not_a_frame` for a size that cannot be true.
#[uniffi::export]
pub fn scan_frame(
    luma: Vec<u8>,
    width: u32,
    height: u32,
    row_stride: u32,
) -> Result<Option<Scanned>, FieldbookError> {
    let found = scan::scan(&luma, width as usize, height as usize, row_stride as usize)
        .map_err(|error| FieldbookError::refused("not_a_frame", &error.to_string()))?;
    Ok(found.map(|found| Scanned { text: found.text, symbology: found.symbology.into() }))
}
