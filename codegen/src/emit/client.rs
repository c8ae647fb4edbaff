//! `generated.rs`: the modules, the accessors of groups on the client and on the handles, and what is withdrawn.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::model::{Group, Handle, Model};

pub(super) fn emit(model: &Model) -> TokenStream {
    let revision = &model.revision;
    let modules = model.groups.iter().map(|group| {
        let (module, feature) = (format_ident!("{}", group.module), &group.feature);
        quote! {
            #[cfg(feature = #feature)]
            pub mod #module;
        }
    });
    let accessors = model.groups.iter().map(|group| {
        let (module, handle) = (format_ident!("{}", group.module), format_ident!("{}", group.handle));
        let (feature, doc) = (&group.feature, format!(" {}", group.doc));
        quote! {
            #[cfg(feature = #feature)]
            #[doc = #doc]
            #[must_use]
            pub fn #module(&self) -> groups::#module::#handle<'_> {
                groups::#module::#handle { api: self.transport() }
            }
        }
    });
    let handles = model.handles.iter().map(|handle| {
        let name = format_ident!("{}", handle.name);
        let groups = model.groups.iter().filter(|group| has_group(model, handle, group));
        let accessors = groups.map(|group| {
            let module = format_ident!("{}", group.module);
            let scoped = format_ident!("{}{}", handle.prefix, group.handle);
            let (feature, doc) = (&group.feature, format!(" {}", group.doc));
            quote! {
                #[cfg(feature = #feature)]
                #[doc = #doc]
                #[must_use]
                pub fn #module(&self) -> groups::#module::#scoped<'_> {
                    groups::#module::#scoped { scope: self }
                }
            }
        });
        quote! {
            impl crate::client::#name {
                #(#accessors)*
            }
        }
    });
    let markers = model.identifiers.iter().map(|(ty, field)| {
        let (marker, doc) = (format_ident!("{ty}"), format!(" `{ty}`, which its `{field}` identifies."));
        quote! {
            #[doc = #doc]
            pub enum #marker {}
        }
    });
    let withdrawn = model.withdrawn.iter().map(|gone| {
        let (method, path, since, instead) = (&gone.method, &gone.path, &gone.since, &gone.instead);
        quote!(crate::operation::Withdrawn { method: #method, path: #path, since: #since, instead: #instead })
    });
    quote! {
        impl crate::client::Document for crate::Client {
            const WITHDRAWN: &'static [crate::operation::Withdrawn] = &[#(#withdrawn),*];
        }

        pub mod types;

        /// What an argument of a path identifies; see [`Identify`](crate::Identify).
        pub mod id {
            #(#markers)*
        }

        /// A module per group: its methods and requests.
        #[allow(clippy::wildcard_imports, reason = "a request per method")]
        pub(crate) mod groups {
            #(#modules)*
        }

        impl crate::Client {
            /// Revision of Bitbucket's document that the operations and models of this crate were made from.
            ///
            /// ```no_run
            /// let client = bitbucket_cloud::Client::builder().build()?;
            /// println!("models of {}", client.api_revision());
            /// # Ok::<(), bitbucket_cloud::Error>(())
            /// ```
            #[must_use]
            pub fn api_revision(&self) -> &'static str {
                #revision
            }

            #(#accessors)*
        }

        #(#handles)*
    }
}

/// Whether the group is one that the handle leads to: it has operations there, and is not the handle itself.
pub(super) fn has_group(model: &Model, handle: &Handle, group: &Group) -> bool {
    handle.group != group.module && model.operations_of(&group.module).any(|operation| handle.covers(operation))
}
