//! The scale of a `range` question: whole steps from its start to its end, each an exact number.

use super::convert::{exact, number_of};
use super::item::RangeParameters;
use crate::value::Value;

/// Beyond so many steps a scale is typed, not slid.
const STEPS_MAX: f64 = 10_000.0;

impl RangeParameters {
    /// How many steps lead from the start to the end; 0 for bounds that make no scale.
    pub fn steps(&self) -> u32 {
        // Ten steps of 0.1 are a little less than 1.0 in floating numbers.
        let steps = ((self.end - self.start).abs() / self.step.abs() + 1e-6).floor();
        if (1.0..=STEPS_MAX).contains(&steps) { steps as u32 } else { 0 }
    }

    /// The number after so many steps, not beyond the end: whole where it is one, else an exact decimal.
    pub fn value_at(&self, step: u32) -> Value {
        let towards = if self.end < self.start { -self.step.abs() } else { self.step.abs() };
        let number = self.start + f64::from(step.min(self.steps())) * towards;
        // As many places as the bounds have: 0.1 three times is 0.3.
        let places = places(self.start).max(places(self.step));
        let rounded: f64 = format!("{number:.places$}").parse().unwrap_or(number);
        if rounded == rounded.trunc() {
            Value::Int(rounded as i64)
        } else {
            exact(rounded).unwrap_or_default()
        }
    }

    /// After how many steps a number stands, the nearest for one between two; `None` for what is no number.
    pub fn step_of(&self, value: &Value) -> Option<u32> {
        let steps = self.steps();
        let at = ((number_of(value)? - self.start).abs() / self.step.abs()).round();
        (steps > 0).then(|| (at as u32).min(steps))
    }
}

fn places(number: f64) -> usize {
    number.to_string().split_once('.').map_or(0, |(_, part)| part.len()).min(9)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(start: f64, end: f64, step: f64) -> RangeParameters {
        RangeParameters { start, end, step }
    }

    #[test]
    fn steps_are_exact_and_read_back() {
        let tenths = scale(0.0, 1.0, 0.1);
        assert_eq!(tenths.steps(), 10);
        assert_eq!(tenths.value_at(3), Value::Decimal { units: 3, scale: 1 });
        assert_eq!(tenths.value_at(10), Value::Int(1));
        assert_eq!(tenths.value_at(99), Value::Int(1), "not beyond the end");
        for step in 0..=10 {
            assert_eq!(tenths.step_of(&tenths.value_at(step)), Some(step));
        }
        assert_eq!(tenths.step_of(&Value::Null), None);
        let down = scale(10.0, -10.0, 5.0);
        assert_eq!(
            (0..=4).map(|at| down.value_at(at)).collect::<Vec<_>>(),
            [10, 5, 0, -5, -10].map(Value::Int)
        );
        assert_eq!(down.step_of(&Value::Int(-4)), Some(3));
        assert_eq!(
            scale(1.0, 10.0, 4.0).value_at(9),
            Value::Int(9),
            "the end that no step meets is left out"
        );
    }

    #[test]
    fn bounds_that_make_no_scale_have_no_steps() {
        for none in
            [scale(0.0, 10.0, 0.0), scale(1.0, 1.0, 1.0), scale(0.0, 1e9, 1.0), scale(0.0, f64::NAN, 1.0)]
        {
            assert_eq!((none.steps(), none.step_of(&Value::Int(1))), (0, None));
        }
    }
}
