//! What every model has in common: how it is read and written.
//!
//! The generator lists the members of each model in one line of [`object!`] or [`variants!`]; everything else is here,
//! once. serde's own derive would write several hundred lines for each model, and could neither take `null` for absent in
//! lists nor find the kind of an object that carries its `type` at the end.

mod kind;
mod links;
mod object;
mod page;
mod timestamp;
mod unknown;
mod uuid;
mod variants;

pub use kind::TypeName;
pub use links::{Link, Links};
pub use page::Page;
pub use timestamp::{InvalidTimestamp, Timestamp};
pub use unknown::Unknown;
pub use uuid::{InvalidUuid, Uuid};

pub(crate) use object::{Object, Writer, kind, list, object, read, value};
pub(crate) use page::Counted;
pub(crate) use variants::{Found, Variants, fill, read_variant, variants};
