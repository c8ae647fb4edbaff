//! Groups and handles: those of the decision files that have operations.

use heck::{ToKebabCase, ToUpperCamelCase};

use super::{Group, Handle, Operation, Segment, TypeRef};
use crate::read::decisions::Decisions;

/// The groups of these operations, by module name.
pub(super) fn groups(operations: &[Operation], decisions: &Decisions) -> Vec<Group> {
    let mut modules: Vec<&str> = operations.iter().map(|operation| operation.group.as_str()).collect();
    modules.sort_unstable();
    modules.dedup();
    let group = |module: &str| {
        let known = decisions.groups.by_module(module);
        Group {
            module: module.to_owned(),
            handle: module.to_upper_camel_case(),
            feature: known.map_or_else(|| module.to_kebab_case(), |group| group.feature.clone()),
            doc: known.map_or_else(|| format!("The group `{module}`."), |group| group.doc.clone()),
            // An example is about the vendored document: with another one it need not compile.
            example: known.filter(|_| decisions.strict).and_then(|group| group.example.clone()),
        }
    };
    modules.into_iter().map(group).collect()
}

/// The handles, in the order of the file.
pub(super) fn handles(decisions: &Decisions) -> Vec<Handle> {
    let handle = |handle: &crate::read::decisions::handles::HandleEntry| Handle {
        name: handle.name.clone(),
        prefix: handle.prefix.clone(),
        group: handle.group.clone(),
        knows: handle.knows().map(|(parameter, method)| (parameter.to_owned(), method.to_owned())).collect(),
        leaves: handle.leaves.clone(),
    };
    decisions.handles.iter().map(handle).collect()
}

impl Handle {
    /// Whether an operation can be called through this handle.
    #[must_use]
    pub fn covers(&self, operation: &Operation) -> bool {
        let segments = operation.segments();
        let has = |name: &str| segments.contains(&Segment::Parameter(name));
        // What a handle knows is text.
        let takes = |name: &str| {
            operation.parameters.iter().any(|known| known.wire == name && known.ty == TypeRef::Text) && has(name)
        };
        self.knows.iter().all(|(parameter, _)| takes(parameter)) && !self.leaves.iter().any(|parameter| has(parameter))
    }

    /// The method that gives a parameter, if the handle knows it.
    #[must_use]
    pub fn method_for(&self, parameter: &str) -> Option<&str> {
        self.knows.iter().find(|(known, _)| known == parameter).map(|(_, method)| method.as_str())
    }
}
