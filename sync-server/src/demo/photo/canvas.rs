//! A picture as bytes, and the few shapes that the photos are made of. Everything is clipped at the edges.

use crate::demo::random::Rng;

/// Red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

/// Three bytes a pixel, row by row.
pub struct Canvas {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Canvas {
    /// A black picture.
    pub fn new(width: usize, height: usize) -> Canvas {
        Canvas { width, height, rgb: vec![0; width * height * 3] }
    }

    /// The pixels.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// A filled rectangle.
    pub fn rect(&mut self, x: i32, y: i32, width: i32, height: i32, colour: Colour) {
        let columns = clip(x, width, self.width);
        for row in clip(y, height, self.height) {
            let start = (row * self.width + columns.start) * 3;
            let line = &mut self.rgb[start..start + columns.len() * 3];
            line.chunks_exact_mut(3).for_each(|pixel| pixel.copy_from_slice(&[colour.0, colour.1, colour.2]));
        }
    }

    /// A filled circle.
    pub fn disc(&mut self, x: i32, y: i32, radius: i32, colour: Colour) {
        for dy in -radius..=radius {
            let half = (1..=radius).rev().find(|dx| dx * dx + dy * dy <= radius * radius).unwrap_or(0);
            self.rect(x - half, y + dy, half * 2 + 1, 1, colour);
        }
    }

    /// Full rows from `top` to `bottom`, one colour fading into the other.
    pub fn gradient(&mut self, top: i32, bottom: i32, from: Colour, to: Colour) {
        for y in top..bottom {
            let fade = |a: u8, b: u8| {
                (i32::from(a) + (i32::from(b) - i32::from(a)) * (y - top) / (bottom - top)) as u8
            };
            self.rect(
                0,
                y,
                self.width as i32,
                1,
                Colour(fade(from.0, to.0), fade(from.1, to.1), fade(from.2, to.2)),
            );
        }
    }

    /// A digit or capital letter, 10 by 14 pixels; nothing for other characters.
    pub fn glyph(&mut self, x: i32, y: i32, character: char, colour: Colour) {
        for (row, bits) in rows_of(character).into_iter().enumerate() {
            for column in (0..5).filter(|column| bits >> (4 - column) & 1 == 1) {
                self.rect(x + column * 2, y + row as i32 * 2, 2, 2, colour);
            }
        }
    }

    /// The sensor's noise.
    pub fn grain(&mut self, rng: &mut Rng) {
        for pixels in self.rgb.chunks_mut(8) {
            let mut bits = rng.bits();
            for value in pixels {
                let step = (bits & 15) as i16 - 7;
                *value = (i16::from(*value) + step).clamp(0, 255) as u8;
                bits >>= 8;
            }
        }
    }
}

fn clip(start: i32, length: i32, limit: usize) -> std::ops::Range<usize> {
    let limit = limit as i32;
    let start = start.clamp(0, limit);
    let end = start.max((start.min(limit)).max(0)).max((start + length.max(0)).clamp(0, limit));
    start as usize..end as usize
}

/// Seven rows of five dots, drawn for the demo.
fn rows_of(character: char) -> [u8; 7] {
    match character {
        '0' => [0x0e, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0e],
        '1' => [0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e],
        '2' => [0x0e, 0x11, 0x01, 0x06, 0x08, 0x10, 0x1f],
        '3' => [0x1f, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0e],
        '4' => [0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02],
        '5' => [0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e],
        '6' => [0x06, 0x08, 0x10, 0x1e, 0x11, 0x11, 0x0e],
        '7' => [0x1f, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08],
        '8' => [0x0e, 0x11, 0x11, 0x0e, 0x11, 0x11, 0x0e],
        '9' => [0x0e, 0x11, 0x11, 0x0f, 0x01, 0x02, 0x0c],
        'A' => [0x0e, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11],
        'D' => [0x1e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1e],
        'E' => [0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x1f],
        'M' => [0x11, 0x1b, 0x15, 0x15, 0x11, 0x11, 0x11],
        'O' => [0x0e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e],
        '-' => [0, 0, 0, 0x1f, 0, 0, 0],
        _ => [0; 7],
    }
}
