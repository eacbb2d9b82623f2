//! Evidence photos, drawn: a JPEG with position and time in its EXIF, as a PDA's camera would have taken it.
//!
//! The drawing shows an object on a street and a sign with its code. No two photos are alike: noise, sky and object
//! come from the photo's seed.

mod canvas;
mod exif;

use super::random::Rng;
use canvas::{Canvas, Colour};
use gridweave_core::geo::DegE7;
use jpeg_encoder::{ColorType, Encoder, EncodingError};
use serde::{Deserialize, Serialize};

/// Width and height in pixels.
pub const SIZE: (u16, u16) = (480, 360);

/// All that a photo shows and says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photo {
    /// Name in the plan, unique.
    pub name: String,
    /// What its noise and colours come from.
    pub seed: u64,
    /// What it shows.
    pub subject: Subject,
    /// Digits and capital letters on the sign.
    pub caption: String,
    /// Latitude, WGS-84, degrees × 10⁷.
    pub lat_e7: DegE7,
    /// Longitude, WGS-84, degrees × 10⁷.
    pub lon_e7: DegE7,
    /// When it was taken by the device's clock, UTC milliseconds.
    pub taken_ms: i64,
}

/// What a photo shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A house front.
    Building,
    /// A lamp or sign on a post.
    Post,
    /// A tree.
    Tree,
    /// A cover or box on the pavement.
    Box,
    /// A warning sign.
    Hazard,
}

/// Draws the photo: the same bytes for the same photo. 20 to 80 KB.
pub fn draw(photo: &Photo) -> Result<Vec<u8>, EncodingError> {
    let mut canvas = Canvas::new(usize::from(SIZE.0), usize::from(SIZE.1));
    let mut rng = Rng::new(photo.seed).fork("photo");
    street(&mut canvas, &mut rng);
    subject(&mut canvas, &mut rng, photo.subject);
    sign(&mut canvas, &photo.caption);
    canvas.grain(&mut rng);
    let mut jpeg = Vec::with_capacity(64 * 1024);
    let mut encoder = Encoder::new(&mut jpeg, 82);
    encoder.add_app_segment(1, exif::segment(photo))?;
    encoder.encode(canvas.rgb(), SIZE.0, SIZE.1, ColorType::Rgb)?;
    Ok(jpeg)
}

/// Sky, a row of houses, pavement and road.
fn street(canvas: &mut Canvas, rng: &mut Rng) {
    let hue = rng.between(0, 50) as u8;
    canvas.gradient(0, 210, Colour(120 + hue, 170 + hue / 2, 215), Colour(225, 230 - hue / 3, 225 - hue));
    let mut x = -(rng.between(0, 40) as i32);
    while x < 480 {
        let (width, top) = (rng.between(50, 110) as i32, rng.between(60, 150) as i32);
        let shade = rng.between(120, 200) as u8;
        canvas.rect(x, top, width - 3, 210 - top, Colour(shade, shade - 12, shade - 30));
        for window in 0..(width / 18) * ((200 - top) / 24) {
            let (column, row) = (window % (width / 18), window / (width / 18));
            let lit = Colour(70, 84, 100 + rng.between(0, 90) as u8);
            canvas.rect(x + 6 + column * 18, top + 8 + row * 24, 10, 14, lit);
        }
        x += width;
    }
    canvas.gradient(210, 280, Colour(168, 160, 150), Colour(140, 134, 126));
    canvas.gradient(280, 360, Colour(96, 98, 102), Colour(70, 71, 75));
    for dash in 0..6 {
        canvas.rect(dash * 90 + 20, 316, 44, 6, Colour(214, 214, 206));
    }
}

fn subject(canvas: &mut Canvas, rng: &mut Rng, subject: Subject) {
    let x = 130 + rng.between(-40, 40) as i32;
    match subject {
        Subject::Building => {
            canvas.rect(x - 80, 40, 170, 200, Colour(176, 120 + rng.between(0, 60) as u8, 96));
            for cell in 0..20 {
                canvas.rect(x - 68 + cell % 4 * 40, 54 + cell / 4 * 34, 24, 20, Colour(62, 78, 96));
            }
            canvas.rect(x - 12, 206, 30, 34, Colour(84, 58, 42));
        }
        Subject::Post => {
            canvas.rect(x, 40, 8, 215, Colour(74, 80, 82));
            canvas.rect(x - 4, 36, 60, 7, Colour(74, 80, 82));
            canvas.disc(x + 54, 48, 14, Colour(250, 236, 170));
        }
        Subject::Tree => {
            canvas.rect(x - 7, 150, 14, 106, Colour(92, 68, 46));
            for _ in 0..26 {
                let (dx, dy) = (rng.between(-50, 50) as i32, rng.between(-55, 50) as i32);
                let green = Colour(40 + rng.between(0, 40) as u8, 104 + rng.between(0, 60) as u8, 44);
                canvas.disc(x + dx, 110 + dy, 22, green);
            }
        }
        Subject::Box => {
            canvas.rect(x - 36, 180, 72, 76, Colour(62, 112, 88 + rng.between(0, 60) as u8));
            canvas.rect(x - 30, 188, 60, 4, Colour(30, 60, 48));
            canvas.disc(x + 20, 222, 5, Colour(220, 220, 214));
        }
        Subject::Hazard => {
            for row in 0..90 {
                let half = row * 5 / 9;
                canvas.rect(x - half, 110 + row, half * 2 + 1, 1, Colour(238, 190, 20));
            }
            canvas.rect(x - 4, 140, 9, 34, Colour(20, 20, 20));
            canvas.rect(x - 4, 182, 9, 9, Colour(20, 20, 20));
        }
    }
}

/// A blue plate with the caption, 16 characters to a line.
fn sign(canvas: &mut Canvas, caption: &str) {
    let characters: Vec<char> = caption.chars().take(32).collect();
    let lines = characters.len().div_ceil(16) as i32;
    canvas.rect(232, 216, 226, 18 + lines * 30, Colour(250, 250, 250));
    canvas.rect(235, 219, 220, 12 + lines * 30, Colour(18, 72, 150));
    for (i, character) in characters.into_iter().enumerate() {
        let (column, line) = ((i % 16) as i32, (i / 16) as i32);
        canvas.glyph(242 + column * 13, 228 + line * 30, character, Colour(255, 255, 255));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn photo(seed: u64, subject: Subject) -> Photo {
        Photo {
            name: "x".into(),
            seed,
            subject,
            caption: "4403100118000001".into(),
            lat_e7: 226_908_123,
            lon_e7: 1_143_464_567,
            taken_ms: 1_773_018_000_000,
        }
    }

    #[test]
    fn photos_are_distinct_and_of_the_size_of_photos() {
        let mut seen = std::collections::BTreeSet::new();
        let subjects = [Subject::Building, Subject::Post, Subject::Tree, Subject::Box, Subject::Hazard];
        for seed in 0..20 {
            let jpeg = draw(&photo(seed, subjects[seed as usize % 5])).unwrap();
            assert!((20_000..=80_000).contains(&jpeg.len()), "{} bytes", jpeg.len());
            assert!(jpeg.starts_with(&[0xff, 0xd8]) && jpeg.ends_with(&[0xff, 0xd9]));
            assert!(seen.insert(jpeg));
        }
    }

    #[test]
    fn the_same_photo_has_the_same_bytes() {
        let one = photo(7, Subject::Tree);
        assert_eq!(draw(&one).unwrap(), draw(&one.clone()).unwrap());
        let elsewhere = Photo { lat_e7: 226_908_124, ..one.clone() };
        assert_ne!(draw(&one).unwrap(), draw(&elsewhere).unwrap());
    }
}
