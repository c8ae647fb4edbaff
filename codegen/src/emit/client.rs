//! `generated.rs`: the modules, and the accessors of groups on the client and on the scoped handles.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{Model, scopes};

pub(super) fn emit(model: &Model<'_>) -> TokenStream {
    let revision = &model.revision;
    let mut modules = Vec::new();
    let mut scoped_modules = Vec::new();
    let mut accessors = Vec::new();
    let mut scoped: [Vec<TokenStream>; 2] = Default::default();
    for group in &model.groups {
        let module = format_ident!("{}", group.module);
        let handle = format_ident!("{}", super::type_name(&group.module));
        let feature = &group.feature;
        let doc = format!(" {}", group.doc);
        modules.push(quote! {
            #[cfg(feature = #feature)]
            #[doc = #doc]
            pub mod #module;
        });
        accessors.push(quote! {
            #[cfg(feature = #feature)]
            #[doc = #doc]
            #[must_use]
            pub fn #module(&self) -> groups::#module::#handle<'_> {
                groups::#module::#handle::new(self)
            }
        });
        let scopes = scopes::scopes_of(model, group);
        if !scopes.is_empty() {
            scoped_modules.push(quote! {
                #[cfg(feature = #feature)]
                pub mod #module;
            });
        }
        for (index, scope) in scopes::SCOPES.iter().enumerate() {
            if scopes.contains(&index) {
                let handle = format_ident!("{}{}", scope.handle, super::type_name(&group.module));
                scoped[index].push(quote! {
                    #[cfg(feature = #feature)]
                    #[doc = #doc]
                    #[must_use]
                    pub fn #module(&self) -> scoped::#module::#handle<'_> {
                        scoped::#module::#handle::new(self)
                    }
                });
            }
        }
    }
    let handles = scopes::SCOPES.iter().zip(&scoped).map(|(scope, accessors)| {
        let handle = format_ident!("{}", scope.handle);
        quote! {
            impl crate::scope::#handle {
                #(#accessors)*
            }
        }
    });
    quote! {
        /// Revision of Bitbucket's document that this crate was generated from.
        pub(crate) const API_REVISION: &str = #revision;

        pub mod types;

        /// Requests, a module per group.
        pub(crate) mod groups {
            #(#modules)*
        }

        /// Handles of groups that know a workspace or a repository.
        pub mod scoped {
            #(#scoped_modules)*
        }

        impl crate::Client {
            #(#accessors)*
        }

        #(#handles)*
    }
}
