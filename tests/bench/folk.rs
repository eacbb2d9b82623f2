//! Invented residents as saves: the same for the same seed.

use gridweave_core::fieldbook::SaveRequest;
use gridweave_core::form::Catalog;
use gridweave_core::geo::{Datum, Fix, Point, Provider};
use gridweave_core::ids::{FieldKey, GridCode, PersonNo, RecordId, Seq, TypeNo};
use gridweave_core::record::{Change, ChangeKind, TypeRef, Write, json, system};
use gridweave_core::time::Hlc;
use gridweave_core::value::Value;
use gridweave_server::demo::city::City;
use gridweave_server::demo::people::{MARK, People};
use gridweave_server::demo::random::Rng;
use serde_json::json;

/// Number of the record type `person`.
pub const PERSON: TypeNo = TypeNo(1);
/// 2026-07-01 09:05 in Shenzhen.
pub const START_MS: i64 = 1_782_867_900_000;

/// One resident with 20 answers, as found at the door.
pub struct Resident {
    /// Answers by field.
    pub answers: Vec<(FieldKey, Value)>,
    /// Household grid of the building.
    pub grid: GridCode,
    /// What the receiver said; its time is 0.
    pub fix: Fix,
}

/// The city and its residents.
pub struct Folk {
    /// Streets and grids.
    pub city: City,
    catalog: Catalog,
    seed: u64,
    people: People,
    next: usize,
    rng: Rng,
}

impl Folk {
    /// Residents without end; the same for the same seed.
    pub fn new(seed: u64) -> Folk {
        let city = City::load();
        let people = People::invent(&city, seed);
        Folk { city, catalog: Catalog::builtin(), seed, people, next: 0, rng: Rng::new(seed).fork("bench") }
    }

    /// The next resident.
    pub fn resident(&mut self) -> Resident {
        if self.next == self.people.persons.len() {
            self.seed += 1_000_003;
            self.people = People::invent(&self.city, self.seed);
            self.next = 0;
        }
        let person = &self.people.persons[self.next];
        self.next += 1;
        let household = &self.people.households[person.household];
        let holder = &self.people.persons[household.members.start];
        let building = &self.city.buildings[household.building];
        let code = |list: &str, code: String| json!({"list": list, "edition": self.catalog.code_lists.get(list).map(|l| &l.edition), "code": code});
        let rng = &mut self.rng;
        let given = [
            ("name", json!(person.name)),
            ("citizen_id", json!(person.citizen_id)),
            ("sex", code("sex", person.sex.to_string())),
            ("birth_date", json!(person.birth_date)),
            ("ethnicity", code("ethnicity", person.ethnicity.to_owned())),
            ("native_place", json!(*rng.pick(&["广东深圳", "广东惠州", "湖南长沙", "江西南昌", "广西南宁"]))),
            ("marital", code("marital", (*rng.pick(&["10", "20", "30", "40"])).to_owned())),
            ("political", code("political", (*rng.pick(&["01", "13", "13", "13"])).to_owned())),
            ("education", code("education", (*rng.pick(&["21", "31", "61", "71", "81"])).to_owned())),
            ("occupation", json!(person.occupation)),
            ("phone", json!(person.phone)),
            ("residence_status", code("residence_status", "registered".to_owned())),
            ("lives_where_registered", code("household_match", "01".to_owned())),
            ("household_no", json!(household.number)),
            ("householder_id", json!(holder.citizen_id)),
            ("householder_name", json!(holder.name)),
            ("relation_to_householder", code("family_relation", person.relation.to_string())),
            ("householder_phone", json!(holder.phone)),
            ("address", json!(household.address)),
            ("remarks", json!(MARK)),
        ];
        let record_type = self.catalog.by_no(PERSON).expect("person is built in");
        let answers = given.iter().map(|(name, value)| {
            let field = record_type.field_named(name).expect("a field of person");
            let value = json::from_json(&field.kind, value).expect("a value of the field's kind");
            (FieldKey::plain(field.no), value)
        });
        let answers: Vec<_> = answers.collect();
        assert_eq!(answers.len(), 20);
        // At the door, some metres off, as a receiver in a street has it.
        let fix = Fix {
            point: Point {
                lat_e7: building.at.lat_e7 + rng.between(-300, 300) as i32,
                lon_e7: building.at.lon_e7 + rng.between(-300, 300) as i32,
                datum: Datum::Wgs84,
            },
            accuracy_dm: rng.between(25, 180) as u32,
            provider: Provider::Gnss,
            mock: false,
            at_ms: 0,
        };
        Resident { answers, grid: GridCode(building.household_grid.clone()), fix }
    }

    /// A phone number that no subscriber has.
    pub fn resident_phone(&mut self) -> String {
        format!("100{:08}", self.rng.below(100_000_000))
    }

    /// Random bits of this stream.
    pub fn rng(&mut self) -> &mut Rng {
        &mut self.rng
    }
}

impl Resident {
    /// The save that a worker's app would make at this time.
    pub fn request(&self, at_ms: i64) -> SaveRequest {
        SaveRequest {
            answers: self.answers.clone(),
            fix: Some(Fix { at_ms, ..self.fix }),
            grid: Some(self.grid.clone()),
            ..SaveRequest::create(PERSON)
        }
    }

    /// The change that the save becomes.
    pub fn create(&self, writer: &mut Writer, rng: &mut Rng) -> Change {
        let mut random = [0; 10];
        random[..8].copy_from_slice(&rng.bits().to_be_bytes());
        random[8..].copy_from_slice(&rng.bits().to_be_bytes()[..2]);
        let wall_ms = writer.tick(rng);
        let mut change = writer.change(RecordId::new(wall_ms, random), ChangeKind::Create, wall_ms);
        // The receiver's last reading is up to a second old.
        change.fix = Some(Fix { at_ms: wall_ms - rng.between(0, 999), ..self.fix });
        let write = |field, value| Write { field, value, replaces: Vec::new() };
        change.writes = self.answers.iter().map(|(field, value)| write(*field, value.clone())).collect();
        change.writes.push(write(FieldKey::plain(system::LOCATION), Value::Geo(self.fix.point)));
        change.writes.push(write(FieldKey::plain(system::GRID), Value::text(self.grid.0.clone())));
        change
    }
}

/// One worker's device: its clock and the end of its log.
pub struct Writer {
    /// Who.
    pub author: PersonNo,
    /// Random name of the start of the device.
    pub boot: u32,
    /// Last change.
    pub seq: Seq,
    /// Last stamp.
    pub hlc: Hlc,
    /// The time by its clock.
    pub now_ms: i64,
    /// When it was switched on.
    pub on_ms: i64,
}

impl Writer {
    /// A device that was switched on an hour ago and has saved nothing.
    pub fn new(author: u32) -> Writer {
        Writer {
            author: PersonNo(author),
            boot: 0x5eed_0000 ^ author.wrapping_mul(0x9e37_79b9),
            seq: Seq(0),
            hlc: Hlc::default(),
            now_ms: START_MS,
            on_ms: START_MS - 3_600_000,
        }
    }

    /// One to four minutes pass between two saves.
    fn tick(&mut self, rng: &mut Rng) -> i64 {
        self.now_ms += rng.between(60_000, 240_000);
        self.now_ms
    }

    fn change(&mut self, record: RecordId, kind: ChangeKind, wall_ms: i64) -> Change {
        self.seq.0 += 1;
        self.hlc = self.hlc.tick(wall_ms);
        Change {
            seq: self.seq,
            record,
            record_type: TypeRef { no: PERSON, version: 1 },
            kind,
            hlc: self.hlc,
            wall_ms,
            mono_ms: (wall_ms - self.on_ms) as u64,
            boot: self.boot,
            gnss_ms: None,
            author: self.author,
            fix: None,
            writes: Vec::new(),
            sets: Vec::new(),
            was: None,
            unknown: Vec::new(),
        }
    }

    /// An edit of one field at the spot.
    pub fn edit(&mut self, record: RecordId, write: Write, fix: Fix, rng: &mut Rng) -> Change {
        let wall_ms = self.tick(rng);
        let mut change = self.change(record, ChangeKind::Edit, wall_ms);
        change.fix = Some(Fix { at_ms: wall_ms - rng.between(0, 999), ..fix });
        change.writes = vec![write];
        change
    }
}
