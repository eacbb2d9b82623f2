//! Codes on door plates, labels and screens, read off the frames of a camera.
//!
//! A frame is the luma plane as cameras give it: a byte a pixel, rows `row_stride` bytes apart.

use rxing::{BarcodeFormat, DecodeHints, helpers};
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Most pixels of a frame; a camera's preview has far fewer.
pub const PIXELS_MAX: usize = 16 << 20;

/// A frame whose size cannot be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the frame does not hold the rows that it is said to have")]
pub struct NotAFrame;

/// A code that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanned {
    /// What it says.
    pub text: String,
    /// What it is: `qr`, `data_matrix`, `code_128`, `code_39`, `ean`, or `other`.
    pub symbology: &'static str,
}

/// The first code in a frame, whichever way up it is; none where there is none that can be read.
pub fn scan(
    luma: &[u8],
    width: usize,
    height: usize,
    row_stride: usize,
) -> Result<Option<Scanned>, NotAFrame> {
    let pixels =
        width.checked_mul(height).filter(|pixels| (1..=PIXELS_MAX).contains(pixels)).ok_or(NotAFrame)?;
    // The last row may end with its last pixel.
    let needed =
        row_stride.checked_mul(height - 1).and_then(|rows| rows.checked_add(width)).ok_or(NotAFrame)?;
    if row_stride < width || luma.len() < needed {
        return Err(NotAFrame);
    }
    let mut rows = Vec::with_capacity(pixels);
    luma.chunks(row_stride).take(height).for_each(|row| rows.extend_from_slice(&row[..width]));
    // What a camera sees is anything at all: a reader that stumbles over it has read nothing.
    Ok(catch_unwind(AssertUnwindSafe(|| read(rows, width as u32, height as u32))).unwrap_or(None))
}

fn read(luma: Vec<u8>, width: u32, height: u32) -> Option<Scanned> {
    use BarcodeFormat::*;
    let formats = HashSet::from([QR_CODE, DATA_MATRIX, CODE_128, CODE_39, EAN_13, EAN_8]);
    let mut hints =
        DecodeHints { PossibleFormats: Some(formats), TryHarder: Some(true), ..DecodeHints::default() };
    let found = helpers::detect_in_luma_with_hints(luma, width, height, None, &mut hints).ok()?;
    let symbology = match found.getBarcodeFormat() {
        QR_CODE => "qr",
        DATA_MATRIX => "data_matrix",
        CODE_128 => "code_128",
        CODE_39 => "code_39",
        EAN_13 | EAN_8 => "ean",
        _ => "other",
    };
    Some(Scanned { text: found.getText().to_owned(), symbology })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "GRIDWEAVE1:{\"organisation\":\"坪山区\",\"urls\":[\"https://127.0.0.1:8640\"]}";

    /// A frame with a grey background, 40 bytes of padding a row.
    struct Frame {
        luma: Vec<u8>,
        width: usize,
        height: usize,
    }

    impl Frame {
        const PAD: usize = 40;

        fn new(width: usize, height: usize) -> Frame {
            Frame { luma: vec![170; (width + Frame::PAD) * height], width, height }
        }

        fn scan(&self) -> Option<Scanned> {
            scan(&self.luma, self.width, self.height, self.width + Frame::PAD).unwrap()
        }

        /// Draws a QR code, turned by `degrees` about the middle, `module` pixels a module, between these greys.
        fn qr(mut self, text: &str, module: f64, degrees: f64, dark: u8, light: u8) -> Frame {
            let code = qrcode::QrCode::new(text.as_bytes()).unwrap();
            let (size, colors) = (code.width() as i64, code.to_colors());
            let (sin, cos) = degrees.to_radians().sin_cos();
            for y in 0..self.height {
                for x in 0..self.width {
                    let (dx, dy) = (x as f64 - self.width as f64 / 2.0, y as f64 - self.height as f64 / 2.0);
                    let at = |d: f64| (d / module + size as f64 / 2.0).floor() as i64;
                    let (cx, cy) = (at(dx * cos + dy * sin), at(dy * cos - dx * sin));
                    let quiet = -4..size + 4;
                    if quiet.contains(&cx) && quiet.contains(&cy) {
                        let inside = (0..size).contains(&cx) && (0..size).contains(&cy);
                        let is_dark = inside && colors[(cy * size + cx) as usize] == qrcode::Color::Dark;
                        self.luma[y * (self.width + Frame::PAD) + x] = if is_dark { dark } else { light };
                    }
                }
            }
            self
        }

        fn dimmed(mut self) -> Frame {
            self.luma.iter_mut().for_each(|pixel| *pixel /= 5);
            self
        }

        fn noisy(mut self, by: i32) -> Frame {
            let mut state = 7_u32;
            for pixel in &mut self.luma {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = (state >> 16) as i32 % (2 * by + 1) - by;
                *pixel = (i32::from(*pixel) + noise).clamp(0, 255) as u8;
            }
            self
        }
    }

    fn qr(text: &str) -> Option<Scanned> {
        Some(Scanned { text: text.into(), symbology: "qr" })
    }

    #[test]
    fn a_code_is_read_straight_turned_small_dark_and_noisy() {
        for degrees in [0.0, 13.0, 90.0, 180.0, 271.0] {
            assert_eq!(Frame::new(1280, 720).qr(CODE, 9.0, degrees, 20, 235).scan(), qr(CODE), "{degrees}°");
        }
        assert_eq!(Frame::new(640, 480).qr(CODE, 4.0, 5.0, 20, 235).scan(), qr(CODE), "small");
        assert_eq!(Frame::new(1280, 720).qr(CODE, 9.0, 5.0, 20, 235).dimmed().scan(), qr(CODE), "at dusk");
        assert_eq!(Frame::new(1280, 720).qr(CODE, 9.0, 5.0, 40, 220).noisy(25).scan(), qr(CODE), "noisy");
    }

    #[test]
    fn a_label_with_bars_is_read_both_ways_up() {
        use rxing::Writer;
        let bars = rxing::oned::Code128Writer
            .encode("4403100105020001", &BarcodeFormat::CODE_128, 600, 100)
            .unwrap();
        for turned in [false, true] {
            let mut frame = Frame::new(800, 300);
            for y in 0..100 {
                for x in 0..bars.getWidth() as usize {
                    let at = if turned { bars.getWidth() as usize - 1 - x } else { x };
                    let pixel = if bars.get(at as u32, y as u32) { 30 } else { 230 };
                    frame.luma[(y + 100) * 840 + x + 50] = pixel;
                }
            }
            let text = "4403100105020001".to_owned();
            assert_eq!(frame.scan(), Some(Scanned { text, symbology: "code_128" }));
        }
    }

    #[test]
    fn where_nothing_can_be_read_nothing_is() {
        assert_eq!(Frame::new(640, 480).scan(), None);
        assert_eq!(Frame::new(640, 480).noisy(80).scan(), None);
        let mut cut = Frame::new(640, 480).qr(CODE, 8.0, 0.0, 20, 235);
        cut.luma[240 * 680..].fill(170);
        assert_eq!(cut.scan(), None, "half a code");
    }

    #[test]
    fn sizes_that_lie_are_refused() {
        let luma = [0; 100];
        for (width, height, stride) in [
            (0, 10, 10),
            (10, 0, 10),
            (10, 11, 10),
            (10, 10, 11),
            (10, 10, 9),
            (usize::MAX, 2, usize::MAX),
            (1, 17 << 20, 0),
        ] {
            assert_eq!(scan(&luma, width, height, stride), Err(NotAFrame), "{width}×{height}, {stride}");
        }
        assert_eq!(scan(&luma, 10, 10, 10), Ok(None));
    }
}
