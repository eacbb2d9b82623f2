//! The entity as merged for reading: per field one value, with its source, and every other value beside it.

use crate::form::{Field, RecordType};
use crate::identity::{Scheme, canonical};
use crate::ids::{Dot, FieldNo, RecordId};
use crate::merge::RecordState;
use crate::time::Hlc;
use crate::value::Value;
use std::collections::BTreeMap;

/// One record of the entity with what is needed to weigh it.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// What it says.
    pub state: &'a RecordState,
    /// Its type.
    pub record_type: &'a RecordType,
    /// Name of the register that speaks: `field`, or a department's.
    pub register: &'a str,
}

/// One value and who says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The record.
    pub record: RecordId,
    /// The change that wrote it.
    pub dot: Dot,
    /// The value.
    pub value: Value,
    /// What it says, however it was typed.
    meant: Value,
    rank: u8,
    hlc: Hlc,
}

/// One field over all records of the entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProfile {
    /// The field's name: records of several types may describe one entity.
    pub name: String,
    /// Its number in the type of the record that survives.
    pub no: FieldNo,
    /// The value that survives.
    pub value: Said,
    /// All others, that agree or not, best first.
    pub beside: Vec<Said>,
}

impl FieldProfile {
    /// Two records disagree; codes that were only typed differently agree. (Two values of one record are its conflict, not a difference.)
    pub fn differs(&self) -> bool {
        self.beside.iter().any(|said| said.record != self.value.record && said.meant != self.value.meant)
    }
}

/// The profile: fields in the order of their types. A value survives by the rank of its source for the field (the
/// department that answers for it first, then the field, then others), then by causality inside its record, then by the
/// time on its clock. Cleared values do not speak.
pub fn profile(sources: &[Source<'_>]) -> Vec<FieldProfile> {
    let mut order: Vec<(&str, FieldNo)> = Vec::new();
    let mut all: BTreeMap<&str, Vec<(FieldNo, Said)>> = BTreeMap::new();
    for source in sources {
        // Repetitions belong to their record: there is no saying which of one is which of another.
        for field in source.record_type.fields.iter().filter(|f| f.repeat.is_none() && !is_system(f.no)) {
            if !order.iter().any(|(name, _)| *name == field.name) {
                order.push((&field.name, field.no));
            }
            // What a change replaced is not live: causality has spoken before anything is ranked.
            let siblings = source.state.register(field.no).map(|r| r.siblings()).unwrap_or_default();
            for sibling in siblings.into_iter().filter(|s| !s.value.is_null()) {
                let said = Said {
                    record: source.state.record,
                    dot: sibling.dot,
                    meant: meant(field, &sibling.value),
                    value: sibling.value,
                    rank: rank(source.register, field.owner.as_deref()),
                    hlc: source.state.stamp(sibling.dot).map(|s| s.hlc).unwrap_or_default(),
                };
                all.entry(&field.name).or_default().push((field.no, said));
            }
        }
    }
    let whole = |(name, _): (&str, FieldNo)| {
        let mut said = all.get(name)?.clone();
        said.sort_by_key(|(_, s)| (s.rank, std::cmp::Reverse((s.hlc, s.dot)), s.record));
        let mut said = said.into_iter();
        let (no, value) = said.next()?;
        Some(FieldProfile { name: name.to_owned(), no, value, beside: said.map(|(_, s)| s).collect() })
    };
    order.into_iter().filter_map(whole).collect()
}

fn meant(field: &Field, value: &Value) -> Value {
    let scheme = field.identity.as_ref().and_then(|identity| identity.scheme.parse::<Scheme>().ok());
    match (scheme, value.as_text()) {
        (Some(scheme), Some(text)) => Value::text(canonical(scheme, text)),
        _ => value.clone(),
    }
}

fn is_system(no: FieldNo) -> bool {
    no < crate::form::system::FIRST_OWN
}

/// 0: the department that answers for the field; 1: the field; 2: anyone else.
fn rank(register: &str, owner: Option<&str>) -> u8 {
    match register {
        _ if Some(register) == owner => 0,
        "field" => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::two_people::{Suspicion, two_people};
    use crate::form::Catalog;
    use crate::ids::{FieldKey, PersonNo, Rid, Seq, TypeNo};
    use crate::record::{Change, ChangeKind, TypeRef, Write};
    use chrono::NaiveDate;

    const NAME: u16 = 16;
    const BIRTH: u16 = 18;

    fn state(n: u8, at: i64, writes: &[(u16, Value)]) -> RecordState {
        let record_type = TypeRef { no: TypeNo(1), version: 1 };
        let mut state = RecordState::new(RecordId([n; 16]), record_type);
        let write = |(no, value): &(u16, Value)| Write {
            field: FieldKey::plain(FieldNo(*no)),
            value: value.clone(),
            replaces: vec![],
        };
        let change = Change {
            seq: Seq(1),
            record: state.record,
            record_type,
            kind: ChangeKind::Create,
            hlc: Hlc::from_ms(at),
            wall_ms: at,
            mono_ms: 0,
            boot: 0,
            gnss_ms: None,
            author: PersonNo(1),
            fix: None,
            writes: writes.iter().map(write).collect(),
            sets: vec![],
            was: None,
            unknown: vec![],
        };
        state.apply(Rid(u32::from(n)), &change).unwrap();
        state
    }

    fn name_of(sources: &[(&RecordState, &str)]) -> FieldProfile {
        let catalog = Catalog::builtin();
        let record_type = catalog.by_no(TypeNo(1)).unwrap();
        let sources: Vec<_> =
            sources.iter().map(|(state, register)| Source { state, record_type, register }).collect();
        profile(&sources).into_iter().find(|f| f.no.0 == NAME).unwrap()
    }

    #[test]
    fn the_department_that_answers_for_a_field_outranks_the_field_whatever_the_time() {
        let (old, new) =
            (state(1, 1_000, &[(NAME, Value::text("王"))]), state(2, 9_000, &[(NAME, Value::text("汪"))]));
        assert_eq!(name_of(&[(&old, "police"), (&new, "field")]).value.value, Value::text("王"));
        assert_eq!(name_of(&[(&old, "housing"), (&new, "field")]).value.value, Value::text("汪"));
        let both = name_of(&[(&old, "field"), (&new, "field")]);
        assert_eq!(
            (both.value.value.clone(), both.beside.len(), both.differs()),
            (Value::text("汪"), 1, true)
        );
    }

    #[test]
    fn equal_and_cleared_values_make_no_difference() {
        let a = state(1, 1_000, &[(NAME, Value::text("王"))]);
        let (b, c) = (state(2, 2_000, &[(NAME, Value::text("王"))]), state(3, 3_000, &[(NAME, Value::Null)]));
        let name = name_of(&[(&a, "field"), (&b, "field"), (&c, "field")]);
        assert!(!name.differs());
        assert_eq!((name.value.value, name.beside.len()), (Value::text("王"), 1));
    }

    #[test]
    fn a_code_typed_in_another_way_is_no_difference() {
        const CITIZEN_ID: u16 = 20;
        let typed = |n, text: &str| state(n, 1_000, &[(CITIZEN_ID, Value::text(text))]);
        let differ = |a: &str, b: &str| {
            let catalog = Catalog::builtin();
            let record_type = catalog.by_no(TypeNo(1)).unwrap();
            let (a, b) = (typed(1, a), typed(2, b));
            let sources = [&a, &b].map(|state| Source { state, record_type, register: "field" });
            profile(&sources).iter().any(FieldProfile::differs)
        };
        assert!(!differ("11010519491231002X", "11010519491231002x"));
        assert!(differ("11010519491231002X", "110105194912310038"));
    }

    #[test]
    fn one_code_with_other_names_or_birth_dates_looks_like_two_people() {
        let catalog = Catalog::builtin();
        let record_type = catalog.by_no(TypeNo(1)).unwrap();
        let person = |n, name: &str, year| {
            let born = NaiveDate::from_ymd_opt(year, (year % 12) as u32 + 1, 3).unwrap();
            state(n, 1, &[(NAME, Value::text(name)), (BIRTH, Value::Date(born))])
        };
        let (a, b, c) = (person(1, "王建国", 1901), person(2, "王健国", 1901), person(3, "李秀英", 1907));
        let look = |states: &[&RecordState]| {
            let sources = states.iter().map(|state| Source { state, record_type, register: "field" });
            two_people(&sources.collect::<Vec<_>>())
        };
        assert!(look(&[&a, &b]).is_empty());
        assert_eq!(
            look(&[&a, &b, &c]).into_iter().collect::<Vec<_>>(),
            [Suspicion::Name, Suspicion::BirthDate]
        );
    }
}
