//! What may be collected, as data with a version. A record names its exact type and version.

use super::field::{Field, FieldKind, Search, Sensitivity};
use super::item::Item;
use super::label::Label;
use super::mask::MaskRule;
use crate::ids::{FieldNo, TypeNo};
use serde::{Deserialize, Serialize};

/// Numbers 1–15 are the core's own fields, on every type.
pub mod system {
    use crate::ids::FieldNo;

    /// Alive, or dead with a reason.
    pub const LIFE: FieldNo = FieldNo(1);
    /// The list of codes that it holds.
    pub const LIFE_LIST: &str = "life";
    /// The code of that list for what is there.
    pub const ALIVE: &str = "alive";
    /// What a supervisor said of the record.
    pub const REVIEW: FieldNo = FieldNo(2);
    /// The grid that it lies in.
    pub const GRID: FieldNo = FieldNo(3);
    /// Its photos: a set of hashes.
    pub const PHOTOS: FieldNo = FieldNo(4);
    /// Where it is.
    pub const LOCATION: FieldNo = FieldNo(5);
    /// Least number of a type's own field.
    pub const FIRST_OWN: FieldNo = FieldNo(16);
}

/// Which kind of thing records of a type describe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// A natural person.
    Person,
    /// A legal person or a business.
    Organisation,
    /// A dwelling or room.
    Dwelling,
    /// A building.
    Building,
    /// A piece of street furniture or equipment.
    Component,
    /// Something that happens: its records are never grouped.
    None,
}

/// Which of the two grid layers places a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Grids of ground, for things on it.
    Land,
    /// Grids of households, for people.
    Household,
}

/// A record type: its fields and how they are asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordType {
    /// Number, unique for ever.
    #[serde(with = "type_no")]
    pub no: TypeNo,
    /// Name in files, URLs and expressions.
    pub name: String,
    /// Raised with every published change.
    pub version: u32,
    /// What people read.
    pub label: Label,
    /// What its records describe.
    pub entity_kind: EntityKind,
    /// Which grid layer places them.
    pub layer: Layer,
    /// Days after which a record wants to be confirmed again; `None`: never.
    pub revisit_days: Option<u32>,
    /// Accuracy wanted of its location, metres.
    pub accuracy_m: Option<u32>,
    /// How many photos are wanted.
    #[serde(default)]
    pub photos_wanted: u8,
    /// Fields whose values make its one-line title, in order.
    pub title: Vec<String>,
    /// Why its thing may be gone: codes of the list `life` as they are offered; none: all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<String>,
    /// Its fields, the system's first once it stands in a catalog.
    pub fields: Vec<Field>,
    /// How it is asked.
    pub form: Vec<Item>,
}

/// The appearance of an image that is signed with the finger.
const SIGNATURE: &str = "signature";

impl RecordType {
    /// The field of a number.
    pub fn field(&self, no: FieldNo) -> Option<&Field> {
        self.fields.iter().find(|field| field.no == no)
    }

    /// The field of a name.
    pub fn field_named(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The fields whose values make the title, in order.
    pub fn title_fields(&self) -> impl Iterator<Item = &Field> {
        self.title.iter().filter_map(|name| self.field_named(name))
    }

    /// How a field's answers are masked on the screens of a device. What names a record in lists is shown there, so it
    /// is not hidden beside; of a field that is not known, nothing is shown.
    pub fn screen_mask(&self, no: FieldNo) -> MaskRule {
        match self.field(no) {
            _ if no < system::FIRST_OWN => MaskRule::None,
            Some(field) if self.title.contains(&field.name) => MaskRule::None,
            Some(field) => field.mask,
            None => MaskRule::All,
        }
    }

    /// Whether the field is a picture that the form has signed, not taken.
    pub fn is_signature(&self, no: FieldNo) -> bool {
        fn item<'a>(items: &'a [Item], name: &str) -> Option<&'a Item> {
            items.iter().find_map(|each| if each.name == name { Some(each) } else { item(&each.items, name) })
        }
        let asked = self.field(no).and_then(|field| item(&self.form, &field.name));
        let appearance = asked.and_then(|item| item.appearance.as_deref()).unwrap_or_default();
        appearance.split_whitespace().any(|word| word == SIGNATURE)
    }

    /// Puts the system's fields before its own, unless they are there.
    pub fn with_system_fields(mut self) -> RecordType {
        if self.field(system::LIFE).is_none() {
            let own = std::mem::take(&mut self.fields);
            self.fields = self.system_fields().into_iter().chain(own).collect();
        }
        self
    }

    fn system_fields(&self) -> [Field; 5] {
        let field = |no, name: &str, kind, zh: &str, en: &str| Field {
            no,
            name: name.into(),
            label: Label::new(zh, en),
            kind,
            repeat: None,
            required: false,
            identity: None,
            sensitivity: Sensitivity::Internal,
            mask: MaskRule::None,
            owner: None,
            accuracy_m: None,
            photos_wanted: 0,
            search: Search::None,
            max_chars: None,
        };
        let mut location = field(system::LOCATION, "location", FieldKind::Geo, "位置", "Location");
        location.accuracy_m = self.accuracy_m;
        let mut photos = field(system::PHOTOS, "photos", FieldKind::Photos, "照片", "Photos");
        photos.photos_wanted = self.photos_wanted;
        if self.entity_kind == EntityKind::Person {
            location.sensitivity = Sensitivity::Sensitive;
            photos.sensitivity = Sensitivity::Sensitive;
        }
        [
            field(system::LIFE, "life", FieldKind::System, "状态", "Life"),
            field(system::REVIEW, "review", FieldKind::System, "审核", "Review"),
            field(system::GRID, "grid", FieldKind::System, "网格", "Grid"),
            photos,
            location,
        ]
    }
}

/// The number as a plain number in files; ids carry no serde of their own.
mod type_no {
    use crate::ids::TypeNo;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(no: &TypeNo, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u16(no.0)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<TypeNo, D::Error> {
        u16::deserialize(from).map(TypeNo)
    }
}
