//! How a record type is asked: the lines of an XLSForm as a tree, their expressions still text.
//!
//! An item that has the name of a field asks for that field; a `calculate` without a field of its name is worked out
//! and not saved.

use super::label::Label;
use serde::{Deserialize, Serialize};

/// What an item is: the question types of XLSForm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// `begin group`.
    Group,
    /// `begin repeat`.
    Repeat,
    /// Free text.
    Text,
    /// Whole number.
    Integer,
    /// Decimal number.
    Decimal,
    /// Yes or no; XLSForm writes it as a `select_one`.
    YesNo,
    /// One choice.
    SelectOne,
    /// Several choices.
    SelectMultiple,
    /// Choices in order.
    Rank,
    /// A number on a scale.
    Range,
    /// Date.
    Date,
    /// Time of day.
    Time,
    /// Date and time.
    #[serde(rename = "dateTime")]
    DateTime,
    /// A point.
    Geopoint,
    /// A line.
    Geotrace,
    /// An outline.
    Geoshape,
    /// One photo.
    Image,
    /// A set of photos.
    Photos,
    /// A sound recording.
    Audio,
    /// A scanned code, as text.
    Barcode,
    /// A text that is only read.
    Note,
    /// A value worked out.
    Calculate,
    /// A statement to confirm.
    Acknowledge,
    /// A value that is set and never shown.
    Hidden,
    /// When the form was opened.
    Start,
    /// When it was finalised.
    End,
    /// The day it was opened.
    Today,
    /// The device.
    #[serde(rename = "deviceid")]
    DeviceId,
    /// The user.
    #[serde(rename = "username")]
    Username,
    /// The user's phone number.
    #[serde(rename = "phonenumber")]
    PhoneNumber,
}

impl ItemKind {
    /// Whether the value comes from the circumstances, not from an answer.
    pub fn is_metadata(self) -> bool {
        use ItemKind::*;
        matches!(self, Start | End | Today | DeviceId | Username | PhoneNumber)
    }

    /// Whether people see it on a screen.
    pub fn is_shown(self) -> bool {
        !self.is_metadata() && !matches!(self, ItemKind::Calculate | ItemKind::Hidden)
    }
}

/// Bounds of a `range` question.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RangeParameters {
    /// Least value.
    pub start: f64,
    /// Greatest value.
    pub end: f64,
    /// Distance between values.
    pub step: f64,
}

/// One line of a form, with the lines inside it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Item {
    /// Name, unique in the form; that of the field it asks for, if any.
    pub name: String,
    /// What it is; left out, it follows from the field's kind.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<ItemKind>,
    /// The question; left out, the field's label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// Help beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<Label>,
    /// Expression: whether it must be answered; left out, what the field says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<String>,
    /// Expression: whether it is asked at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relevant: Option<String>,
    /// Expression: whether the answer (`.`) may stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constraint: Option<String>,
    /// What is said when it may not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constraint_message: Option<Label>,
    /// A failed constraint is only a warning.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub soft: bool,
    /// Expression: the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calculation: Option<String>,
    /// Expression over the choice's columns and `${…}`: which choices are offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choice_filter: Option<String>,
    /// Expression or literal: the value at the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Expression: whether it may not be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<String>,
    /// Expression: how many repetitions there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat_count: Option<String>,
    /// How it is drawn: `field-list` puts a group on one screen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appearance: Option<String>,
    /// Bounds of a range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<RangeParameters>,
    /// The lines inside a group or repeat.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
}
