//! Answers that a hand gives without saying a value: a photo, one more point, the next order, the day beside.

use super::field::FieldKind;
use super::item::ItemKind;
use super::session::{AnswerError, Changed, FormSession};
use crate::geo::{Line, POINTS_MAX, Point};
use crate::ids::{FieldKey, PhotoHash};
use crate::time::{DAY_MS, UtcMs};
use crate::value::{Code, Value};
use chrono::TimeDelta;

const MINUTE_MS: i64 = 60 * 1000;

impl FormSession {
    /// Chooses one of several, or no longer where it is chosen; the others stay.
    pub fn toggle(&mut self, key: FieldKey, code: &Code) -> Result<Vec<Changed>, AnswerError> {
        let node_key = self.key_of(key)?;
        if self.form.node(node_key.0).kind != ItemKind::SelectMultiple {
            return Err(AnswerError::WrongKind(key.no));
        }
        let mut chosen = match self.held(node_key) {
            Value::Codes(codes) => codes.clone(),
            _ => Vec::new(),
        };
        match chosen.iter().position(|each| each == code) {
            Some(place) => drop(chosen.remove(place)),
            None => chosen.push(code.clone()),
        }
        self.answer(key, Value::Codes(chosen))
    }

    /// Moves a number on its scale by so many steps; one that is not answered begins at the start.
    pub fn slide(&mut self, key: FieldKey, by: i32) -> Result<Vec<Changed>, AnswerError> {
        let node_key = self.key_of(key)?;
        let range = self.form.node(node_key.0).range.ok_or(AnswerError::WrongKind(key.no))?;
        let step = match range.step_of(self.held(node_key)) {
            Some(step) => step.saturating_add_signed(by),
            None => 0,
        };
        self.answer(key, range.value_at(step))
    }

    /// Moves a choice of a rank by so many places, up where negative, and ranks all that is offered; by none: the order
    /// that is shown is the answer.
    pub fn rank(&mut self, key: FieldKey, code: &Code, by: i32) -> Result<Vec<Changed>, AnswerError> {
        let node_key = self.key_of(key)?;
        let node = self.form.node(node_key.0);
        if node.kind != ItemKind::Rank {
            return Err(AnswerError::WrongKind(key.no));
        }
        let mut order: Vec<Code> = self.offered(node_key).into_iter().map(|choice| choice.code).collect();
        let from = order.iter().position(|each| each == code).ok_or(AnswerError::WrongKind(key.no))?;
        let to = from.saturating_add_signed(by as isize).min(order.len() - 1);
        let moved = order.remove(from);
        order.insert(to, moved);
        self.answer(key, Value::Codes(order))
    }

    /// Puts a photo or a recording where a question wants one: into its set, or in the place of the one that it has.
    pub fn put_photo(&mut self, key: FieldKey, photo: PhotoHash) -> Result<Vec<Changed>, AnswerError> {
        match self.form.node(self.key_of(key)?.0).kind {
            ItemKind::Photos => self.add_photo(key.no, photo),
            ItemKind::Image | ItemKind::Audio => self.answer(key, Value::Photo(photo)),
            _ => Err(AnswerError::WrongKind(key.no)),
        }
    }

    /// Takes a photo or a recording out of a question.
    pub fn drop_photo(&mut self, key: FieldKey, photo: PhotoHash) -> Result<Vec<Changed>, AnswerError> {
        match self.form.node(self.key_of(key)?.0).kind {
            ItemKind::Photos => self.remove_photo(key.no, photo),
            ItemKind::Image | ItemKind::Audio if self.value(key) == Some(&Value::Photo(photo)) => {
                self.answer(key, Value::Null)
            }
            ItemKind::Image | ItemKind::Audio => {
                Err(AnswerError::NotAsked { no: key.no, instance: key.instance })
            }
            _ => Err(AnswerError::WrongKind(key.no)),
        }
    }

    /// Adds a point to the end of a line or outline. The same place again, right after, adds nothing.
    pub fn add_point(&mut self, key: FieldKey, point: Point) -> Result<Vec<Changed>, AnswerError> {
        let mut line = self.line(key)?;
        let known = line.points.last();
        if !point.in_range() || known.is_some_and(|known| known.datum != point.datum) {
            return Err(AnswerError::WrongKind(key.no));
        }
        if known == Some(&point) {
            return Ok(Vec::new());
        }
        if line.points.len() >= POINTS_MAX {
            return Err(AnswerError::Full(key.no));
        }
        line.points.push(point);
        self.answer(key, line.text().map(Value::Text).unwrap_or_default())
    }

    /// Takes the last point of a line or outline away.
    pub fn remove_point(&mut self, key: FieldKey) -> Result<Vec<Changed>, AnswerError> {
        let mut line = self.line(key)?;
        line.points.pop();
        self.answer(key, line.text().map(Value::Text).unwrap_or_default())
    }

    fn line(&self, key: FieldKey) -> Result<Line, AnswerError> {
        let node_key = self.key_of(key)?;
        let kind = self.form.node(node_key.0).field.as_ref().map(|field| &field.kind);
        match (kind, self.held(node_key)) {
            (Some(FieldKind::Trace | FieldKind::Shape), Value::Text(text)) => {
                Line::read(text).ok_or(AnswerError::WrongKind(key.no))
            }
            (Some(FieldKind::Trace | FieldKind::Shape), _) => Ok(Line::default()),
            _ => Err(AnswerError::WrongKind(key.no)),
        }
    }

    /// Moves a date, or a date with time, by so many days; one that is not answered is moved from now, which `now_ms`
    /// tells.
    pub fn move_day(&mut self, key: FieldKey, days: i32, now_ms: UtcMs) -> Result<Vec<Changed>, AnswerError> {
        let node_key = self.key_of(key)?;
        let value = match (self.form.node(node_key.0).kind, self.held(node_key)) {
            (ItemKind::Date, value) => {
                let day = match value {
                    Value::Date(day) => *day,
                    _ => super::context::local(now_ms, self.context.utc_offset_min).date(),
                };
                Value::Date(day.checked_add_signed(TimeDelta::days(days.into())).unwrap_or(day))
            }
            (ItemKind::DateTime, value) => {
                let ms = match value {
                    Value::Instant(ms) => *ms,
                    // To the minute, as it is shown and typed.
                    _ => now_ms - now_ms.rem_euclid(MINUTE_MS),
                };
                Value::Instant(ms.saturating_add(i64::from(days) * DAY_MS))
            }
            _ => return Err(AnswerError::WrongKind(key.no)),
        };
        self.answer(key, value)
    }
}
