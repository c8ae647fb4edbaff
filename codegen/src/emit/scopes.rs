//! Handles that know a workspace or a repository: the same methods, less the path arguments they know.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::groups::{Required, deprecated, facts, required, summary};
use super::{Model, docs, method_name, type_name};
use crate::decisions::Group;
use crate::document::Operation;
use crate::names::path_parameters;

/// A hand-written scope and the path parameters it knows.
pub(super) struct Scope {
    /// The type in `crate::scope`.
    pub(super) handle: &'static str,
    /// Parameters that it fills in; each is an accessor of the handle.
    pub(super) knows: &'static [&'static str],
}

pub(super) const SCOPES: [Scope; 2] = [
    Scope { handle: "Repository", knows: &["workspace", "repo_slug"] },
    Scope { handle: "Workspace", knows: &["workspace"] },
];

impl Scope {
    fn covers(&self, operation: &Operation) -> bool {
        let parameters = path_parameters(&operation.path);
        self.knows.iter().all(|known| parameters.iter().any(|parameter| parameter == known))
    }
}

/// Indexes of the scopes that have methods in a group.
pub(super) fn scopes_of(model: &Model<'_>, group: &Group) -> Vec<usize> {
    let operations = model.operations_of(&group.module);
    (0..SCOPES.len()).filter(|index| operations.iter().any(|operation| SCOPES[*index].covers(operation))).collect()
}

pub(super) fn emit(model: &Model<'_>, group: &Group) -> Option<TokenStream> {
    let scopes = scopes_of(model, group);
    if scopes.is_empty() {
        return None;
    }
    let handles = scopes.into_iter().map(|index| handle(model, group, &SCOPES[index]));
    let module = format_ident!("{}", group.module);
    let doc = format!(" The group `{}` in scopes.", group.module);
    let handles = quote!(#(#handles)*);
    let text = handles.to_string();
    let display = text.contains("impl Display").then(|| {
        quote!(
            use std::fmt::Display;
        )
    });
    let multipart = text.contains(": Multipart").then(|| quote!(Multipart,));
    let types = text.contains("types ::").then(|| quote!(types,));
    Some(quote! {
        #![doc = #doc]

        #display
        #[allow(clippy::wildcard_imports, reason = "a request builder per method")]
        use crate::generated::groups::#module::*;
        use crate::{#multipart scope, #types};

        #handles
    })
}

fn handle(model: &Model<'_>, group: &Group, scope: &Scope) -> TokenStream {
    let owner = format_ident!("{}", scope.handle);
    let name = format_ident!("{}{}", scope.handle, type_name(&group.module));
    let doc = docs::attributes(&format!(
        "{} For one {}; made by [`{}::{}`](scope::{}::{}).",
        group.doc,
        scope.handle.to_lowercase(),
        scope.handle,
        group.module,
        scope.handle,
        group.module
    ));
    let operations = model.operations_of(&group.module);
    let methods = operations.into_iter().filter(|operation| scope.covers(operation)).filter_map(|operation| {
        Some(method(model, group, scope, operation, &required(operation, model.call(operation)?)))
    });
    quote! {
        #(#doc)*
        #[derive(Debug, Clone, Copy)]
        pub struct #name<'s> {
            scope: &'s scope::#owner,
        }

        impl<'s> #name<'s> {
            pub(in crate::generated) fn new(scope: &'s scope::#owner) -> Self {
                Self { scope }
            }

            #[allow(dead_code, reason = "not every group is extended")]
            pub(crate) fn scope(self) -> &'s scope::#owner {
                self.scope
            }

            #(#methods)*
        }
    }
}

fn method(
    model: &Model<'_>,
    group: &Group,
    scope: &Scope,
    operation: &Operation,
    required: &[Required],
) -> TokenStream {
    let name = format_ident!("{}", method_name(operation));
    let builder = format_ident!("{}", type_name(&method_name(operation)));
    let module = format_ident!("{}", group.module);
    let handle = type_name(&group.module);
    let doc =
        docs::attributes(&format!("{} See [`{handle}::{name}`].\n\n{}", summary(model, operation), facts(operation)));
    let known = |argument: &Required| argument.wire.as_deref().is_some_and(|wire| scope.knows.contains(&wire));
    let inputs =
        required.iter().filter(|argument| !known(argument)).map(|Required { name, ty, .. }| quote!(#name: #ty));
    let arguments = required.iter().map(|argument| {
        let name = &argument.name;
        if known(argument) { quote!(self.scope.#name()) } else { quote!(#name) }
    });
    let allow = operation.deprecation.as_ref().map(|_| quote!(#[allow(deprecated, reason = "deprecated itself")]));
    let deprecated = deprecated(operation);
    quote! {
        #(#doc)*
        #deprecated
        #allow
        #[inline]
        pub fn #name(&self, #(#inputs),*) -> #builder {
            self.scope.client().#module().#name(#(#arguments),*)
        }
    }
}
