//! How identifiers and bytes stand in the OpenAPI document: as they read in JSON.

use super::Bytes;
use crate::ids::*;
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

macro_rules! described {
    ($($name:ident: $schema:expr, $says:literal;)*) => {$(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                Schema::from($schema.description(Some($says)).build()).into()
            }
        }
        impl ToSchema for $name {}
    )*};
}

described! {
    Rid: whole("uint32"), "Number that the server gave a replica.";
    PersonNo: whole("uint32"), "Number of a person who writes.";
    Seq: whole("uint64"), "Place of a change in its replica's log: 1, 2, 3 … without a gap.";
    GridCode: text(), "Code of a grid.";
    ReplicaId: hex(16), "One incarnation of a device's log, minted on the device: 16 bytes.";
    ChainHash: hex(32), "Link in the hash chain over one replica's changes: 32 bytes.";
    PhotoHash: hex(32), "SHA-256 of a photo's bytes: its name everywhere.";
    RecordId: text().format(Some(SchemaFormat::Custom("uuid".into()))), "Id of a record: UUID version 7.";
    Bytes: text().pattern(Some("^([0-9a-fA-F]{2})*$")), "Bytes in hexadecimal.";
}

/// A whole number of a format whose bounds are the format's own.
fn whole(format: &str) -> ObjectBuilder {
    let format = SchemaFormat::Custom(format.to_owned());
    ObjectBuilder::new().schema_type(SchemaType::new(Type::Integer)).format(Some(format))
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(Type::String))
}

/// So many bytes in hexadecimal.
fn hex(len: usize) -> ObjectBuilder {
    text().pattern(Some(format!("^[0-9a-fA-F]{{{}}}$", 2 * len)))
}
