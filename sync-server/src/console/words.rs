//! Values as people read them: labels for fields and codes, names for grids, masks for what need not be seen.

use super::lang::Lang;
use super::records::Choice;
use crate::store::records::GridRow;
use gridweave_core::form::{Catalog, Field, Label, MaskRule, RecordType, mask, system};
use gridweave_core::geo::{Datum, Point};
use gridweave_core::ids::{Dot, FieldKey, FieldNo, Instance, RecordId, TypeNo};
use gridweave_core::merge::RecordState;
use gridweave_core::value::{Code, Value};
use std::collections::BTreeMap;

/// What is needed to put values into words.
pub struct Words<'a> {
    /// Language.
    pub lang: Lang,
    /// Labels.
    pub catalog: &'a Catalog,
    grids: BTreeMap<&'a str, &'a GridRow>,
    /// One field of one record that is shown whole this once.
    pub revealed: Option<(RecordId, FieldKey)>,
}

/// A value on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Its text, masked if need be.
    pub text: String,
    /// Part of it is hidden.
    pub hidden: bool,
}

impl<'a> Words<'a> {
    /// Words of a language.
    pub fn new(lang: Lang, catalog: &'a Catalog, grids: &'a [GridRow]) -> Words<'a> {
        let grids = grids.iter().map(|grid| (grid.code.as_str(), grid)).collect();
        Words { lang, catalog, grids, revealed: None }
    }

    /// Name of a record type.
    pub fn type_label(&self, no: TypeNo) -> String {
        self.record_type(no).map_or_else(|| format!("#{no}"), |t| t.label.get(self.lang.tag()).to_owned())
    }

    /// Name of a field; with the repetition that it stands in, if any.
    pub fn field_label(&self, no: TypeNo, key: FieldKey) -> String {
        let field = self.field(no, key.no);
        let label = field.map_or_else(|| format!("#{}", key.no), |f| f.label.get(self.lang.tag()).to_owned());
        match key.instance {
            // Four digits are enough to tell the repetitions of one record apart.
            Some(Instance(n)) => format!("{label} ({:04x})", n & 0xffff),
            None => label,
        }
    }

    /// Name and code of a grid.
    pub fn grid(&self, code: &str) -> String {
        self.grids.get(code).map_or_else(|| code.to_owned(), |g| format!("{} {}", g.area, g.name))
    }

    /// A value whole.
    pub fn whole(&self, key: FieldKey, value: &Value) -> String {
        let text = match value {
            Value::Null => self.lang.t("value.none").to_owned(),
            Value::Bool(true) => self.lang.t("value.yes").to_owned(),
            Value::Bool(false) => self.lang.t("value.no").to_owned(),
            Value::Int(n) => n.to_string(),
            Value::Decimal { units, scale } => decimal(*units, *scale),
            Value::Text(text) if key.no == system::GRID => self.grid(text),
            Value::Text(text) => text.clone(),
            Value::Date(date) => date.to_string(),
            Value::Time(time) => time.format("%H:%M").to_string(),
            Value::Instant(ms) => super::clock::minute(*ms),
            Value::Code(code) => self.code(code),
            Value::Codes(codes) => {
                let between = if self.lang == Lang::ZhCn { "、" } else { ", " };
                codes.iter().map(|code| self.code(code)).collect::<Vec<_>>().join(between)
            }
            Value::Geo(point) => self.point(point),
            Value::Photo(_) => self.lang.t("value.photo").to_owned(),
            Value::Bytes(bytes) => self.lang.fill("value.bytes", &[&bytes.len().to_string()]),
            Value::Opaque { .. } => self.lang.t("value.later_version").to_owned(),
        };
        // A cell is never blank.
        if text.trim().is_empty() { "—".into() } else { text }
    }

    /// A value as this reader may see it.
    pub fn said(&self, state: &RecordState, key: FieldKey, value: &Value) -> Said {
        let no = state.record_type.no;
        let whole = self.whole(key, value);
        let rule = self.field(no, key.no).map_or(MaskRule::All, |f| f.mask);
        // A field that this version does not know may hold anything.
        let shown_whole = rule == MaskRule::None
            || value.is_null()
            || self.revealed == Some((state.record, key))
            || key.no < system::FIRST_OWN;
        if shown_whole {
            return Said { text: whole, hidden: false };
        }
        let text = mask(rule, &whole);
        Said { hidden: text != whole, text }
    }

    /// The record in one line, masked.
    pub fn title(&self, state: &RecordState) -> String {
        let fields = self.record_type(state.record_type.no).into_iter().flat_map(|t| t.title_fields());
        let parts: Vec<String> = fields
            .filter_map(|field| {
                let key = FieldKey::plain(field.no);
                let shown = state.shown(key)?;
                (!shown.value.is_null()).then(|| self.said(state, key, &shown.value).text)
            })
            .filter(|text| !text.is_empty())
            .collect();
        if parts.is_empty() { self.lang.t("value.untitled").to_owned() } else { parts.join(" · ") }
    }

    /// Name of the record's first grid.
    pub fn grid_of(&self, state: &RecordState) -> String {
        let shown = state.shown(FieldKey::plain(system::GRID));
        shown.and_then(|s| s.value.as_text().map(|code| self.grid(code))).unwrap_or_default()
    }

    /// The field of a number.
    pub fn field(&self, no: TypeNo, field: FieldNo) -> Option<&'a Field> {
        self.record_type(no)?.field(field)
    }

    /// The type of a number.
    pub fn record_type(&self, no: TypeNo) -> Option<&'a RecordType> {
        self.catalog.by_no(no)
    }

    /// Codes of a list with their labels, without those that are not offered any more.
    pub fn choices(&self, list: &str) -> Vec<Choice> {
        let entries = self.catalog.code_lists.get(list).map(|l| l.codes.as_slice()).unwrap_or_default();
        entries.iter().filter(|entry| !entry.retired).map(|e| self.choice(&e.code, &e.label)).collect()
    }

    /// Why a thing of a type may be gone.
    pub fn reasons_gone(&self, no: TypeNo) -> Vec<Choice> {
        self.catalog
            .reasons_gone(no)
            .iter()
            .map(|reason| self.choice(&reason.code.code, &reason.label))
            .collect()
    }

    fn choice(&self, code: &str, label: &Label) -> Choice {
        Choice { value: code.to_owned(), label: label.get(self.lang.tag()).to_owned(), chosen: false }
    }

    fn code(&self, code: &Code) -> String {
        let entry = self.catalog.code_lists.get(&code.list).and_then(|list| list.entry(&code.code));
        entry.map_or_else(|| code.code.clone(), |e| e.label.get(self.lang.tag()).to_owned())
    }

    fn point(&self, point: &Point) -> String {
        let datum = match point.datum {
            Datum::Wgs84 => String::new(),
            Datum::Cgcs2000 => " CGCS2000".into(),
            Datum::Gcj02 => " GCJ-02".into(),
            Datum::Bd09 => " BD-09".into(),
            Datum::Other(n) => format!(" ?{n}"),
        };
        format!("{:.5}, {:.5}{datum}", point.lat(), point.lon())
    }
}

fn decimal(units: i64, scale: u8) -> String {
    if scale == 0 {
        return units.to_string();
    }
    let scale = usize::from(scale);
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    format!("{}{whole}.{part}", if units < 0 { "-" } else { "" })
}

/// A field's key in URLs and forms: `20`, or `81:1f` in a repetition.
pub fn key_text(key: FieldKey) -> String {
    match key.instance {
        Some(Instance(n)) => format!("{}:{n:x}", key.no),
        None => key.no.to_string(),
    }
}

/// Reads a field's key.
pub fn read_key(text: &str) -> Option<FieldKey> {
    let (no, instance) = match text.split_once(':') {
        Some((no, instance)) => (no, Some(Instance(u64::from_str_radix(instance, 16).ok()?))),
        None => (text, None),
    };
    Some(FieldKey { no: no.parse().ok()?, instance })
}

/// Reads the dots that stood on a screen; `None` if one of them is none.
pub fn read_dots<'t>(texts: impl Iterator<Item = &'t str>) -> Option<Vec<Dot>> {
    texts.map(|text| text.parse().ok()).collect()
}

/// Metres between two points of one datum, on a sphere of 6,371,008.8 m; `None` for points of different datums.
pub fn distance_m(a: &Point, b: &Point) -> Option<f64> {
    let wgs = |p: &Point| matches!(p.datum, Datum::Wgs84 | Datum::Cgcs2000);
    if a.datum != b.datum && !(wgs(a) && wgs(b)) {
        return None;
    }
    let (lat_a, lat_b) = (a.lat().to_radians(), b.lat().to_radians());
    let half = |x: f64| (x / 2.0).sin().powi(2);
    let h = half(lat_b - lat_a) + lat_a.cos() * lat_b.cos() * half((b.lon() - a.lon()).to_radians());
    Some(2.0 * 6_371_008.8 * h.sqrt().min(1.0).asin())
}

/// A distance as read: metres up to a kilometre, then kilometres.
pub fn distance(metres: f64) -> String {
    if metres < 1000.0 { format!("{metres:.0} m") } else { format!("{:.1} km", metres / 1000.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gridweave_core::record::TypeRef;

    fn state() -> RecordState {
        RecordState::new(RecordId([1; 16]), TypeRef { no: TypeNo(1), version: 1 })
    }

    #[test]
    fn codes_read_as_labels_in_both_languages() {
        let catalog = Catalog::builtin();
        let sex = Value::Code(catalog.code_lists["sex"].code("2"));
        let read = |lang| Words::new(lang, &catalog, &[]).whole(FieldKey::plain(FieldNo(17)), &sex);
        assert_eq!([read(Lang::ZhCn), read(Lang::En)], ["女性", "Female"]);
    }

    #[test]
    fn whether_a_record_lives_and_what_was_said_of_it_reads_as_labels() {
        let catalog = Catalog::builtin();
        for (name, no) in [("life", system::LIFE), ("review", system::REVIEW)] {
            let list = &catalog.code_lists[name];
            for entry in &list.codes {
                for (lang, label) in [(Lang::ZhCn, &entry.label.zh), (Lang::En, &entry.label.en)] {
                    let value = Value::Code(list.code(&entry.code));
                    let text = Words::new(lang, &catalog, &[]).whole(FieldKey::plain(no), &value);
                    assert_eq!(&text, label);
                    assert_ne!(text, entry.code);
                }
            }
        }
    }

    #[test]
    fn identity_numbers_are_masked_until_revealed() {
        let catalog = Catalog::builtin();
        let mut words = Words::new(Lang::En, &catalog, &[]);
        let (state, key) = (state(), FieldKey::plain(FieldNo(20)));
        let number = Value::text("110101190001010081");
        assert_eq!(
            words.said(&state, key, &number),
            Said { text: "110101********0081".into(), hidden: true }
        );
        words.revealed = Some((state.record, key));
        assert_eq!(
            words.said(&state, key, &number),
            Said { text: "110101190001010081".into(), hidden: false }
        );
        let unknown = FieldKey::plain(FieldNo(4000));
        assert!(words.said(&state, unknown, &number).hidden, "what is not known is hidden");
    }

    #[test]
    fn keys_read_back_what_they_print() {
        for key in
            [FieldKey::plain(FieldNo(20)), FieldKey { no: FieldNo(81), instance: Some(Instance(u64::MAX)) }]
        {
            assert_eq!(read_key(&key_text(key)), Some(key));
        }
        assert_eq!(read_key("20:zz"), None);
    }

    #[test]
    fn distances_are_those_of_the_globe_and_never_across_datums() {
        let point = |lat, lon, datum| Point::from_degrees(lat, lon, datum).unwrap();
        let (a, b) = (point(22.0, 114.0, Datum::Wgs84), point(23.0, 114.0, Datum::Cgcs2000));
        assert!((distance_m(&a, &b).unwrap() - 111_195.0).abs() < 1.0);
        assert_eq!(distance_m(&a, &point(22.0, 114.0, Datum::Gcj02)), None);
        assert_eq!([distance(12.4), distance(1500.0)], ["12 m", "1.5 km"]);
    }

    #[test]
    fn decimals_keep_their_digits() {
        assert_eq!([decimal(-5, 2), decimal(12345, 2), decimal(7, 0)], ["-0.05", "123.45", "7"]);
    }
}
