//! Serialization: JSON bodies, and what all models have in common.
//!
//! The generator lists the members of each model in one invocation of [`object!`], [`union!`] or [`open_enum!`]; the
//! rest is here, once for all models. serde's derive would generate several hundred lines for each model, and could
//! neither treat `null` in lists as absent nor find the variant of an object whose `type` comes last.

mod buffered;
mod json;
mod links;
mod object;
mod open_enum;
mod page;
mod raw;
mod text;
mod timestamp;
mod type_name;
mod union;
mod unknown;
mod uuid;

pub use links::{Link, Links};
pub use page::Page;
pub use timestamp::{InvalidTimestamp, Timestamp};
pub use type_name::TypeName;
pub use unknown::Unknown;
pub use uuid::{InvalidUuid, Uuid};

pub(crate) use json::{DecodeFailure, decode, describe, parse};
pub(crate) use object::{Object, ObjectWriter, ReadValue, Slot, object, read_list, read_object, read_type_name};
pub(crate) use open_enum::{open_enum, read_open_enum};
pub(crate) use page::{CountedPage, any_number};
pub(crate) use text::{VALUE, bounded, hidden, joined};
pub(crate) use union::{Discriminator, OfBox, Union, UnionObject, read_union, read_variant, union};
