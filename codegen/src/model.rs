//! The API as the SDK presents it: operations, types, groups and handles.
//!
//! It is built once, from the corrected document and the decisions ([`build`]), and the emitters read nothing else. Names
//! are those of the Rust API; upstream's stand beside them. A review compares its JSON ([`Model::to_json`]).

use serde::Serialize;

use crate::read::decisions::withdrawn::Withdrawn;

mod aliases;
mod build;
mod checks;
mod collapse;
mod constructors;
mod groups;
mod identifiers;
mod json;
mod method_names;
pub mod names;
mod operation;
mod operations;
mod progenitor_check;
mod reach;
mod samples;
mod schemas;
mod shortcuts;
mod sizes;
mod type_mapping;
mod type_space;
mod types;
mod unions;

pub use build::{Built, build};
pub use operation::{Answer, Body, List, Media, Operation, Parameter, Place, Segment};
pub use types::{
    ConstructorArgument, EnumValue, FallbackDiscriminator, Field, MemberPath, OpenEnum, PathStep, Shape, Shortcut,
    Step, Struct, Type, TypeRef, Union, Variant,
};

/// The whole API.
#[derive(Debug, Clone, Serialize)]
pub struct Model {
    /// Revision of the document.
    pub revision: String,
    /// Groups that have operations, by module name.
    pub groups: Vec<Group>,
    /// Handles that know a part of the path.
    pub handles: Vec<Handle>,
    /// By group, then in the order of the lock; those that it does not have follow by path and method.
    pub operations: Vec<Operation>,
    /// By name.
    pub types: Vec<Type>,
    /// Members that identify objects in paths, as type and field.
    pub identifiers: Vec<(String, String)>,
    /// Operations that are gone.
    pub withdrawn: Vec<Withdrawn>,
    /// The type of each object of the document, by the name of its schema there.
    #[serde(skip)]
    pub schemas: Vec<(String, TypeRef)>,
}

/// A group of operations: an accessor, a module and a Cargo feature.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    /// Module and accessor.
    pub module: String,
    /// Name of the struct with its methods.
    pub handle: String,
    /// Cargo feature.
    pub feature: String,
    /// One line about it.
    #[serde(skip)]
    pub doc: String,
    /// What people come for, in a few lines of Rust that have a `client`.
    #[serde(skip)]
    pub example: Option<String>,
}

/// A handle that knows the beginning of a path, such as a repository.
#[derive(Debug, Clone, Serialize)]
pub struct Handle {
    /// Name of the struct, which is written by hand.
    pub name: String,
    /// First part of the names of its groups: `Repository` in `RepositoryPipelines`.
    pub prefix: String,
    /// The group that is the handle itself.
    pub group: String,
    /// Path parameters it knows, with the methods that give them.
    pub knows: Vec<(String, String)>,
    /// Path parameters with which an operation belongs to a narrower handle.
    pub leaves: Vec<String>,
}

impl Model {
    /// The operations of a group.
    pub fn operations_of<'m>(&'m self, module: &'m str) -> impl Iterator<Item = &'m Operation> {
        self.operations.iter().filter(move |operation| operation.group == module)
    }

    /// The type of this name.
    #[must_use]
    pub fn type_named(&self, name: &str) -> Option<&Type> {
        let index = self.types.binary_search_by(|known| known.name.as_str().cmp(name)).ok()?;
        self.types.get(index)
    }

    /// Cargo feature of a group.
    #[must_use]
    pub fn feature(&self, module: &str) -> Option<&str> {
        self.groups.iter().find(|group| group.module == module).map(|group| group.feature.as_str())
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field over by reference")]
fn is_false(flag: &bool) -> bool {
    !*flag
}
