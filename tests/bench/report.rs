//! What a benchmark answers.

use serde_json::{Map, Value, json};
use std::time::Duration;

/// One measurement beside its floor.
pub struct Report {
    /// The benchmark.
    pub name: &'static str,
    /// What was measured.
    pub value: f64,
    /// In which unit.
    pub unit: &'static str,
    /// The least that it could be, in the same unit.
    pub floor: f64,
    /// How the two compare; which way round, each benchmark says.
    pub ratio: f64,
    /// Over how many.
    pub n: usize,
    /// What else was measured.
    pub more: Map<String, Value>,
}

impl Report {
    /// Adds a figure.
    pub fn with(mut self, name: &str, value: impl serde::Serialize) -> Report {
        self.more.insert(name.to_owned(), json!(value));
        self
    }

    /// As JSON: the common fields first.
    pub fn json(&self) -> Value {
        let mut object = json!({
            "name": self.name, "value": round(self.value), "unit": self.unit, "floor": round(self.floor),
            "ratio": round(self.ratio), "n": self.n,
        });
        if let Some(fields) = object.as_object_mut() {
            let rounded =
                |v: &Value| v.as_f64().filter(|_| v.is_f64()).map_or(v.clone(), |f| json!(round(f)));
            fields.extend(self.more.iter().map(|(name, value)| (name.clone(), rounded(value))));
        }
        object
    }
}

/// Four digits say all that a noisy machine can.
fn round(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let scale = 10f64.powi(3 - value.abs().log10().floor() as i32);
    (value * scale).round() / scale
}

/// The middle of some measurements.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The value that so many percent of all do not exceed.
pub fn percentile(values: &mut [f64], percent: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = (values.len() as f64 * percent / 100.0).ceil() as usize;
    values[at.clamp(1, values.len()) - 1]
}

/// Microseconds.
pub fn us(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}
