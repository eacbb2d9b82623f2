//! Values as people read them: codes by their labels, dates by the calendar. Not for exports, which keep codes.

use super::catalog::Catalog;
use super::context::local;
use super::field::FieldKind;
use super::label::Label;
use super::record_type::RecordType;
use super::sketch;
use crate::geo::Line;
use crate::ids::{FieldNo, TypeNo};
use crate::value::{Code, Value};

impl Catalog {
    /// A value in one line, in a language; `utc_offset_min` is the city's. Nothing for what cannot be read (photos,
    /// bytes). Not masked: who shows it masks it first.
    pub fn show(&self, value: &Value, lang: &str, utc_offset_min: i32) -> String {
        let zh = lang.starts_with("zh");
        let name = |code: &Code| match self.code_entry(code) {
            Some(entry) => entry.label.get(lang).to_string(),
            None => code.code.clone(),
        };
        match value {
            Value::Null | Value::Photo(_) | Value::Bytes(_) | Value::Opaque { .. } => String::new(),
            Value::Bool(true) => if zh { "是" } else { "Yes" }.into(),
            Value::Bool(false) => if zh { "否" } else { "No" }.into(),
            Value::Int(number) => number.to_string(),
            Value::Decimal { units, scale } => decimal(*units, *scale),
            Value::Text(text) => text.clone(),
            Value::Date(date) => date.format("%Y-%m-%d").to_string(),
            Value::Time(time) => time.format("%H:%M").to_string(),
            Value::Instant(ms) => local(*ms, utc_offset_min).format("%Y-%m-%d %H:%M").to_string(),
            Value::Code(code) => name(code),
            Value::Codes(codes) => {
                codes.iter().map(name).collect::<Vec<_>>().join(if zh { "、" } else { ", " })
            }
            Value::Geo(point) => format!("{:.6}, {:.6}", point.lat(), point.lon()),
        }
    }

    /// A value of a record's field in one line, in both languages: as [`Catalog::show`], but lines and outlines by
    /// their size, photos and recordings by what they are. Not masked.
    pub fn show_field(&self, type_no: TypeNo, no: FieldNo, value: &Value, utc_offset_min: i32) -> Label {
        let record_type = self.by_no(type_no);
        let kind = record_type.and_then(|record_type| record_type.field(no)).map(|field| &field.kind);
        match (kind, value) {
            (Some(FieldKind::Trace | FieldKind::Shape), Value::Text(text)) => match Line::read(text) {
                Some(line) => sketch::words(&line, kind == Some(&FieldKind::Shape)),
                None => Label::same(text),
            },
            (Some(FieldKind::Audio), Value::Photo(_) | Value::Bytes(_)) => Label::new("录音", "Recording"),
            (_, Value::Photo(_)) if record_type.is_some_and(|of| of.is_signature(no)) => {
                Label::new("签名", "Signature")
            }
            (_, Value::Photo(_)) => Label::new("照片", "Photo"),
            _ => Label::new(self.show(value, "zh", utc_offset_min), self.show(value, "en", utc_offset_min)),
        }
    }

    /// A record's one-line title from the values of its title fields, in both languages.
    pub fn title(
        &self,
        record_type: &RecordType,
        value: impl Fn(FieldNo) -> Option<Value>,
        utc_offset_min: i32,
    ) -> Label {
        let read = |no| Some(self.show_field(record_type.no, no, &value(no)?, utc_offset_min));
        let parts: Vec<Label> = record_type.title_fields().filter_map(|field| read(field.no)).collect();
        let joined = |text: fn(&Label) -> &str| {
            parts.iter().map(text).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ")
        };
        Label::new(joined(|part| &part.zh), joined(|part| &part.en))
    }
}

/// All digits of an exact decimal, as it was given.
pub(super) fn decimal(units: i64, scale: u8) -> String {
    let scale = usize::from(scale);
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    let sign = if units < 0 { "-" } else { "" };
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_people_write_them() {
        let catalog = Catalog::builtin();
        let male = Value::Code(catalog.code_lists["sex"].code("1"));
        let show = |value: &Value, lang| catalog.show(value, lang, 480);
        assert_eq!([show(&male, "zh-CN"), show(&male, "en")], ["男性", "Male"]);
        let old = Value::Code(Code { list: "sex".into(), edition: "1980".into(), code: "1".into() });
        assert_eq!(show(&old, "en"), "1", "a code of an edition that is not known stands as it is");
        assert_eq!(show(&Value::Decimal { units: -5, scale: 2 }, "en"), "-0.05");
        assert_eq!(show(&Value::Decimal { units: 1250, scale: 1 }, "en"), "125.0");
        assert_eq!(show(&Value::Decimal { units: i64::MIN, scale: 0 }, "en"), "-9223372036854775808");
        assert_eq!(show(&Value::Instant(0), "en"), "1970-01-01 08:00");
        assert_eq!(show(&Value::Bool(false), "zh"), "否");
    }

    #[test]
    fn a_title_is_made_of_what_is_there() {
        let catalog = Catalog::builtin();
        let hazard = catalog.by_name("hazard").unwrap();
        let category = hazard.field_named("category").unwrap().no;
        let place = hazard.field_named("place").unwrap().no;
        let kind = Value::Code(catalog.code_lists["hazard_type"].code("02"));
        let alone = |no| (no == category).then(|| kind.clone());
        assert_eq!(catalog.title(hazard, alone, 480), Label::new("消防隐患", "Fire safety"));
        let both = |no| if no == place { Some(Value::text("龙田路口")) } else { alone(no) };
        assert_eq!(
            catalog.title(hazard, both, 480),
            Label::new("消防隐患 · 龙田路口", "Fire safety · 龙田路口")
        );
        assert_eq!(catalog.title(hazard, |_| None, 480), Label::default());
    }
}
