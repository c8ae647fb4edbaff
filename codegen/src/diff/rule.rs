//! The rules: what can happen between two sides, under ids that are never reused, because fingerprints hold them.

/// What a finding does to those who use the crate; the worst comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EffectClass {
    /// The new side cannot be generated.
    Blocks,
    /// Code that compiled stops compiling.
    Compile,
    /// Code still compiles and behaves differently.
    Runtime,
    /// There are new items only.
    Extends,
    /// There are new warnings.
    Lint,
    /// Users see no difference.
    None,
}

impl EffectClass {
    /// All classes, the worst first.
    pub const ALL: [Self; 6] = [Self::Blocks, Self::Compile, Self::Runtime, Self::Extends, Self::Lint, Self::None];

    /// Its name in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Blocks => "blocks",
            Self::Compile => "compile",
            Self::Runtime => "runtime",
            Self::Extends => "extends",
            Self::Lint => "lint",
            Self::None => "none",
        }
    }
}

/// What a rule is about: a row of the overview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// Whether it can be generated.
    Generator,
    /// Methods.
    Operations,
    /// Arguments and setters of requests.
    Parameters,
    /// Request bodies.
    Bodies,
    /// What operations answer.
    Answers,
    /// Structs, unions and their members.
    Types,
    /// Open enums.
    Enums,
    /// Scopes, servers, and the document as a whole.
    Access,
}

impl Area {
    /// All areas in the order of the overview.
    pub const ALL: [Self; 8] = [
        Self::Generator,
        Self::Operations,
        Self::Parameters,
        Self::Bodies,
        Self::Answers,
        Self::Types,
        Self::Enums,
        Self::Access,
    ];

    /// Its name in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Generator => "Generator",
            Self::Operations => "Operations",
            Self::Parameters => "Parameters",
            Self::Bodies => "Request bodies",
            Self::Answers => "Answers",
            Self::Types => "Types",
            Self::Enums => "Enums",
            Self::Access => "Access and document",
        }
    }
}

/// A rule.
#[derive(Debug, Clone, Copy)]
pub struct DiffRule {
    /// Stable and never reused.
    pub id: &'static str,
    /// What it is about.
    pub area: Area,
    /// What has happened.
    pub says: &'static str,
}

macro_rules! rules {
    ($($area:ident { $($id:literal: $says:literal;)* })*) => {
        /// Every rule.
        pub const RULES: &[DiffRule] = &[$($(DiffRule { id: $id, area: Area::$area, says: $says }),*),*];
    };
}

rules! {
    Generator {
        "gen-unsupported-media": "a request body has no media type that can be sent";
        "gen-response-types": "an operation has two success bodies that differ";
        "gen-name-collision": "two things would have one name, or a name breaks a rule";
        "gen-name-new": "an operation is not in the lock of names yet";
        "gen-correction-stale": "an overlay action matches nothing, or finds another value than it expects";
        "gen-correction-absorbed": "upstream says already what an overlay action says";
        "gen-decision-stale": "an entry of `spec/` speaks of what is not there";
        "gen-refused": "the generator refuses the document or a decision";
        "gen-orphan-schema": "a schema is no longer reached by any operation";
        "unexplained": "the public surface differs and no rule says why";
    }
    Operations {
        "op-removed": "a method and path is gone";
        "op-added": "a method and path is new";
        "op-moved": "the same operation id stands at another method or path";
        "op-renamed": "the method has another name";
        "op-group-changed": "the method is in another group";
        "op-group-respelled": "tags changed, and the group is the same";
        "op-id-changed": "the operation id changed, and the method has the name it had";
        "op-deprecated": "the operation is deprecated now";
        "op-undeprecated": "the operation is no longer deprecated";
        "op-became-paged": "the answer is a page of a list now";
        "op-lost-paging": "the answer is no page any more";
        "op-list-changed": "what a list supports is another";
        "op-log-changed": "the answer is, or is no longer, known to be the log of a step";
        "op-effect-changed": "what a repeated request does is known otherwise: so retries differ";
        "group-renamed": "the group has another module";
        "feature-renamed": "the Cargo feature of a group has another name";
        "handle-changed": "a handle knows other parts of a path, or has another group";
        "features-lost": "types no longer come with a Cargo feature";
        "features-gained": "types come with another Cargo feature as well";
        "withdrawn-changed": "the list of operations that the service withdrew differs";
    }
    Parameters {
        "param-added-optional": "a setter is new";
        "param-added-required": "an argument is new";
        "param-became-required": "a setter became an argument";
        "param-became-optional": "an argument became a setter";
        "param-removed": "a parameter is gone";
        "param-renamed": "a parameter has another name";
        "param-reordered": "arguments come in another order";
        "param-place-changed": "a parameter is sent in another place";
        "param-type-changed": "a parameter takes another type";
        "param-spelling-only": "the document describes a parameter otherwise, and Rust sees no difference";
        "param-bounds-changed": "the service accepts other values of a parameter";
        "param-default-changed": "another default of the service is documented";
        "param-form-changed": "the values of a list are sent in another form";
        "param-deprecated": "a parameter is deprecated now; its setter stays";
        "param-undeprecated": "a parameter is no longer deprecated";
    }
    Bodies {
        "body-added": "the operation takes a body now";
        "body-removed": "the operation takes no body any more";
        "body-became-required": "the body is an argument now";
        "body-became-optional": "the body is no argument any more";
        "body-type-changed": "the body has another type";
        "body-media-changed": "another media type is sent";
        "body-type-name-changed": "whether the body names its `type` differs";
    }
    Answers {
        "resp-type-changed": "the answer has another type";
        "resp-became-empty": "the answer is empty now";
        "resp-became-body": "the answer has a body now";
        "resp-stream-changed": "the answer changed between a typed value and bytes";
        "resp-status-changed": "other success statuses are documented; any 2xx is success";
        "resp-error-documented": "other error statuses are documented; there is one error type for all";
        "resp-redirect-documented": "a redirect is documented, or no longer";
        "resp-media-changed": "another media type is asked for";
        "resp-header-added": "another header of answers is documented; methods do not read it";
        "resp-header-removed": "a header of answers is documented no longer";
        "resp-header-changed": "a header of answers is documented otherwise";
    }
    Types {
        "type-added": "a type is new";
        "type-removed": "a type is gone";
        "type-renamed": "a type has another name";
        "type-wire-renamed": "the schema of a type has another name in the document";
        "type-kind-changed": "a type is of another kind";
        "type-became-sent": "requests send the type now, so it has setters";
        "type-no-longer-sent": "no request sends the type any more, so it has no setters";
        "type-writes-type-changed": "whether a sent object names its `type` differs";
        "type-trait-lost": "a trait is no longer implemented";
        "type-trait-gained": "a trait is implemented now";
        "type-closed": "whether the document allows further members differs; the models ignore them as before";
        "schema-changed": "a schema that is no type of its own is described otherwise";
        "discriminator-documented": "the document tells variants apart otherwise; unions go by `type` and `facts.toml`";
        "constructor-changed": "`new` takes other arguments";
        "accessor-added": "an accessor is new";
        "accessor-removed": "an accessor is gone";
        "accessor-changed": "an accessor gives another type or looks elsewhere";
        "field-added": "a member is new";
        "field-added-required": "a member is new, and the service insists on it";
        "field-removed": "a member is gone";
        "field-renamed": "a member has another Rust name";
        "field-wire-renamed": "a member keeps its Rust name and is sent under another one";
        "field-type-changed": "a member has another type";
        "field-boxing-changed": "a member is boxed now, or no longer, because its type grew or shrank";
        "field-became-required": "the document requires a member now; received ones stay optional";
        "field-became-optional": "the document requires a member no longer";
        "field-became-read-only": "only the service sets a member now, so its setter is gone";
        "field-became-writable": "requests may set a member now";
        "field-secret-changed": "whether the value is kept out of `Debug` differs";
        "field-deprecated": "a member is deprecated now";
        "field-undeprecated": "a member is no longer deprecated";
        "field-bounds-changed": "limits of a value are documented otherwise";
        "field-default-changed": "another default is documented";
        "field-spelling-only": "the document describes a member otherwise, and Rust sees no difference";
        "union-branch-added": "a variant of a union is new";
        "union-branch-removed": "a variant of a union is gone";
        "union-branch-changed": "a variant of a union has another name or payload";
        "union-boxing-changed": "the variants of a union are boxed now, or no longer";
        "discriminator-changed": "variants are told apart otherwise";
    }
    Enums {
        "enum-value-added": "a value is new; before, it was read as unknown";
        "enum-value-removed": "a value is gone";
        "enum-value-respelled": "a variant stays and its value is another text";
        "enum-variant-renamed": "a value has another variant";
        "enum-fallback-renamed": "the variant of unknown values has another name";
        "enum-reordered": "the values come in another order; nothing depends on it";
        "enum-opened": "an enum became text";
        "enum-closed": "text became an enum";
    }
    Access {
        "scope-added": "operations need another OAuth scope";
        "scope-removed": "operations need a scope no longer";
        "auth-kinds-changed": "other kinds of credentials are documented";
        "security-changed": "operations accept other kinds of credentials";
        "scheme-added": "a kind of credentials is new";
        "scheme-removed": "a kind of credentials is gone";
        "scheme-changed": "a kind of credentials is sent or obtained otherwise";
        "server-changed": "the address of the API changed";
        "version-changed": "the revision of the document changed";
        "document-changed": "the document says otherwise what neither the crate nor another rule depends on";
        "docs-changed": "summaries and descriptions differ";
        "extension-changed": "other vendor extensions differ";
    }
}

/// The rule of an id.
#[must_use]
pub fn rule(id: &str) -> Option<&'static DiffRule> {
    RULES.iter().find(|rule| rule.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_distinct() {
        let ids: std::collections::BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
        assert_eq!(ids.len(), RULES.len());
    }
}
