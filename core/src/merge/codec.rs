//! The bytes of a merged record, as the server keeps and sends them. Canonical: equal states have equal bytes.
//!
//! Replicas are listed once and named by their place in the list.

use super::{ItemSet, RecordState, Register, Sibling, Stamp};
use crate::geo::{Datum, Fix, Point, Provider};
use crate::ids::{Dot, FieldKey, FieldNo, Instance, PersonNo, PhotoHash, RecordId, Rid, Seq, TypeNo};
use crate::record::{ChangeKind, CodecError, Reader, SetItem, TypeRef, Writer, decode_value, encode_value};
use crate::time::Hlc;
use std::collections::{BTreeMap, BTreeSet};

/// Version of the layout of a state.
const STATE_VERSION: u8 = 1;

impl RecordState {
    /// The state's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let actors = self.actors();
        let w = &mut Packer { w: Writer(Vec::with_capacity(1024)), actors: &actors };
        w.w.u8(STATE_VERSION);
        w.w.raw(&self.record.0);
        w.w.uint(u64::from(self.record_type.no.0));
        w.w.uint(u64::from(self.record_type.version));
        w.w.uint(actors.len() as u64);
        for rid in &actors {
            w.w.uint(u64::from(rid.0));
            w.w.uint(self.seen.get(rid).map_or(0, |seq| seq.0));
        }
        w.w.uint(self.stamps.len() as u64);
        for (dot, stamp) in &self.stamps {
            w.dot(*dot);
            w.stamp(stamp);
        }
        w.w.uint(self.registers.len() as u64);
        for (field, register) in &self.registers {
            w.register(field, register);
        }
        w.w.uint(self.sets.len() as u64);
        for (field, set) in &self.sets {
            w.set(*field, set);
        }
        std::mem::take(&mut w.w.0)
    }

    /// Reads a state back from its bytes.
    pub fn decode(bytes: &[u8]) -> Result<RecordState, CodecError> {
        let r = &mut Unpacker { r: Reader(bytes), actors: Vec::new() };
        match r.r.u8()? {
            STATE_VERSION => {}
            version => return Err(CodecError::Version(version)),
        }
        let record = RecordId(r.r.array()?);
        let record_type =
            TypeRef { no: TypeNo(r.r.small("record type")?), version: r.r.small("type version")? };
        let mut state = RecordState::new(record, record_type);
        for _ in 0..r.r.count("number of replicas")? {
            let (rid, seq) = (Rid(r.r.small("replica")?), r.r.uint()?);
            r.actors.push(rid);
            if seq > 0 {
                state.seen.insert(rid, Seq(seq));
            }
        }
        for _ in 0..r.r.count("number of stamps")? {
            state.stamps.insert(r.dot()?, r.stamp()?);
        }
        for _ in 0..r.r.count("number of registers")? {
            let (field, register) = r.register()?;
            state.registers.insert(field, register);
        }
        for _ in 0..r.r.count("number of sets")? {
            let (field, set) = r.set()?;
            state.sets.insert(field, set);
        }
        r.r.end()?;
        Ok(state)
    }

    fn actors(&self) -> Vec<Rid> {
        let mut actors: Vec<Rid> = self.seen.keys().copied().collect();
        for register in self.registers.values() {
            actors.extend(register.seen().map(|dot| dot.rid));
        }
        for set in self.sets.values() {
            actors.extend(set.clock().iter().map(|dot| dot.rid));
            actors.extend(set.early().iter().map(|(_, dot)| dot.rid));
        }
        actors.extend(self.stamps.keys().map(|dot| dot.rid));
        actors.sort();
        actors.dedup();
        actors
    }
}

struct Packer<'a> {
    w: Writer,
    actors: &'a [Rid],
}

impl Packer<'_> {
    fn dot(&mut self, dot: Dot) {
        let at = self.actors.binary_search(&dot.rid).expect("actors() collects every replica of the state");
        self.w.uint(at as u64);
        self.w.uint(dot.seq.0);
    }

    fn dots(&mut self, dots: &[Dot]) {
        self.w.uint(dots.len() as u64);
        dots.iter().for_each(|dot| self.dot(*dot));
    }

    fn stamp(&mut self, stamp: &Stamp) {
        self.w.uint(u64::from(stamp.author.0));
        self.w.u8(stamp.kind.number());
        self.w.raw(&stamp.hlc.0.to_be_bytes());
        self.w.int(stamp.wall_ms.wrapping_sub(stamp.hlc.ms()));
        self.w.u8(stamp.fix.is_some().into());
        if let Some(fix) = &stamp.fix {
            self.w.raw(&fix.point.lat_e7.to_be_bytes());
            self.w.raw(&fix.point.lon_e7.to_be_bytes());
            self.w.u8(fix.point.datum.number());
            self.w.uint(u64::from(fix.accuracy_dm));
            self.w.u8(fix.provider.number());
            self.w.u8(fix.mock.into());
            self.w.int(fix.at_ms.wrapping_sub(stamp.wall_ms));
        }
    }

    fn register(&mut self, field: &FieldKey, register: &Register) {
        self.w.uint(u64::from(field.no.0) << 1 | u64::from(field.instance.is_some()));
        if let Some(instance) = field.instance {
            self.w.raw(&instance.0.to_le_bytes());
        }
        let siblings = register.live();
        self.w.uint(siblings.len() as u64);
        for sibling in siblings {
            self.dot(sibling.dot);
            encode_value(&mut self.w, &sibling.value);
        }
        // A live value's dot is seen anyway; usually nothing else was.
        let live = |dot: &Dot| siblings.iter().any(|s| s.dot == *dot);
        self.dots(&register.seen().filter(|dot| !live(dot)).collect::<Vec<_>>());
    }

    fn set(&mut self, field: FieldNo, set: &ItemSet) {
        self.w.uint(u64::from(field.0));
        let entries = set.entries();
        self.w.uint(entries.len() as u64);
        for (item, dots) in &entries {
            self.item(item);
            self.dots(dots);
        }
        self.dots(&set.clock());
        self.w.uint(set.early().len() as u64);
        for (item, dot) in set.early() {
            self.item(item);
            self.dot(*dot);
        }
    }

    fn item(&mut self, item: &SetItem) {
        match item {
            SetItem::Photo(hash) => {
                self.w.u8(0);
                self.w.raw(&hash.0);
            }
            SetItem::Repeat(instance) => {
                self.w.u8(1);
                self.w.raw(&instance.0.to_le_bytes());
            }
        }
    }
}

struct Unpacker<'a> {
    r: Reader<'a>,
    actors: Vec<Rid>,
}

impl Unpacker<'_> {
    fn dot(&mut self) -> Result<Dot, CodecError> {
        let at: usize = self.r.small("replica index")?;
        let rid = *self.actors.get(at).ok_or(CodecError::Bad("replica index"))?;
        Ok(Dot { rid, seq: Seq(self.r.uint()?) })
    }

    fn dots(&mut self) -> Result<Vec<Dot>, CodecError> {
        (0..self.r.count("number of dots")?).map(|_| self.dot()).collect()
    }

    fn stamp(&mut self) -> Result<Stamp, CodecError> {
        let author = PersonNo(self.r.small("author")?);
        let kind = ChangeKind::from_number(self.r.u8()?);
        let hlc = Hlc(u64::from_be_bytes(self.r.array()?));
        let wall_ms = hlc.ms().wrapping_add(self.r.int()?);
        let fix = match self.r.u8()? {
            0 => None,
            _ => Some(Fix {
                point: Point {
                    lat_e7: i32::from_be_bytes(self.r.array()?),
                    lon_e7: i32::from_be_bytes(self.r.array()?),
                    datum: Datum::from_number(self.r.u8()?),
                },
                accuracy_dm: self.r.small("accuracy")?,
                provider: Provider::from_number(self.r.u8()?),
                mock: self.r.u8()? == 1,
                at_ms: wall_ms.wrapping_add(self.r.int()?),
            }),
        };
        Ok(Stamp { author, hlc, wall_ms, kind, fix })
    }

    fn register(&mut self) -> Result<(FieldKey, Register), CodecError> {
        let head = self.r.uint()?;
        let no = FieldNo((head >> 1).try_into().map_err(|_| CodecError::Bad("field number"))?);
        let instance = if head & 1 == 1 { Some(Instance(u64::from_le_bytes(self.r.array()?))) } else { None };
        let mut siblings = Vec::new();
        for _ in 0..self.r.count("number of values")? {
            siblings.push(Sibling { dot: self.dot()?, value: decode_value(&mut self.r)? });
        }
        Ok((FieldKey { no, instance }, Register::from_parts(siblings, &self.dots()?)))
    }

    fn set(&mut self) -> Result<(FieldNo, ItemSet), CodecError> {
        let field = FieldNo(self.r.small("field number")?);
        let mut entries = BTreeMap::new();
        for _ in 0..self.r.count("number of items")? {
            entries.insert(self.item()?, self.dots()?);
        }
        let clock = self.dots()?;
        let mut early = BTreeSet::new();
        for _ in 0..self.r.count("number of removals")? {
            early.insert((self.item()?, self.dot()?));
        }
        Ok((field, ItemSet::from_parts(&entries, &clock, early)))
    }

    fn item(&mut self) -> Result<SetItem, CodecError> {
        match self.r.u8()? {
            0 => Ok(SetItem::Photo(PhotoHash(self.r.array()?))),
            1 => Ok(SetItem::Repeat(Instance(u64::from_le_bytes(self.r.array()?)))),
            _ => Err(CodecError::Bad("set item")),
        }
    }
}
