//! Structs: fields, constructor, setters, shortcuts, and the line that reads and writes them.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::rust::{self, From};
use super::{constructors, docs, shortcuts};
use crate::model::names::types::setter;
use crate::model::{Field, Model, Struct, Type, TypeRef};

/// The struct and what is implemented for it.
pub(super) fn emit(model: &Model, ty: &Type, shape: &Struct) -> Vec<TokenStream> {
    let (name, doc) = (format_ident!("{}", ty.name), rust::type_docs(ty));
    let hides = shape.fields.iter().any(|field| field.secret);
    let derives = if hides { quote!(Clone) } else { quote!(Clone, Debug) };
    let fields = shape.fields.iter().map(field);
    // On the type instead of on each of its setters: who expects a change in place is told all the same.
    let must_use = ty.sent.then(|| quote!(#[must_use = "a setter gives a changed value"]));
    let mut items = Vec::from([quote! {
        #doc
        #[derive(#derives)]
        #must_use
        #[non_exhaustive]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        pub struct #name {
            #(#fields)*
        }
    }]);
    let new = constructors::emit(model, shape);
    let setters = shape.fields.iter().filter(|field| ty.sent && field.sent).map(|field| with(model, field));
    let accessors = shape.shortcuts.iter().map(|shortcut| shortcuts::emit(model, ty, shortcut));
    let methods: Vec<_> = new.into_iter().chain(setters).chain(accessors).collect();
    if !methods.is_empty() {
        items.push(quote! {
            impl #name {
                #(#methods)*
            }
        });
    }
    if hides {
        items.push(debug(ty, shape));
    }
    items.push(object(ty, shape));
    items
}

/// What is said of a member.
pub(super) fn member_docs(field: &Field) -> String {
    match field.docs.trim() {
        "" => format!("The member `{}`.", field.wire),
        text => docs::safe(text),
    }
}

fn field(field: &Field) -> TokenStream {
    let name = format_ident!("{}", field.name);
    let doc = docs::attributes(&member_docs(field));
    let wire = &field.wire;
    let rename = (field.name != *wire).then(|| quote!(#[cfg_attr(feature = "schemars", schemars(rename = #wire))]));
    let respelled = field.name != *wire && field.name.trim_end_matches('_') != wire;
    let alias = rust::aliases(if respelled { std::slice::from_ref(wire) } else { &[] });
    let deprecated = field.deprecated.then(|| quote!(#[deprecated]));
    let ty = rust::ty(&field.ty, From::Types);
    let ty = if field.boxed { quote!(Box<#ty>) } else { ty };
    quote! {
        #(#doc)*
        #alias
        #deprecated
        #rename
        pub #name: Option<#ty>,
    }
}

/// A setter: the value with this member.
fn with(model: &Model, field: &Field) -> TokenStream {
    let (setter, name) = (format_ident!("{}", setter(&field.name)), format_ident!("{}", field.name));
    let doc = docs::attributes(&format!("Sets [`{name}`](field@Self::{name})."));
    let (ty, value) = rust::argument(model, &field.ty, &name, From::Types);
    let value = if field.boxed { quote!(Box::new(#value)) } else { value };
    let inline = rust::inline(std::iter::once(&ty));
    quote! {
        #(#doc)*
        #inline
        pub fn #setter(mut self, #name: #ty) -> Self {
            self.#name = Some(#value);
            self
        }
    }
}

/// `Debug` without the values of secrets; beside a `secured: false` they may be shown.
fn debug(ty: &Type, shape: &Struct) -> TokenStream {
    let (ident, name) = (format_ident!("{}", ty.name), &ty.name);
    let secured = shape.fields.iter().any(|field| field.wire == "secured" && field.ty == TypeRef::Boolean);
    let shown = shape.fields.iter().map(|field| {
        let (ident, name) = (format_ident!("{}", field.name), &field.wire);
        match (field.secret, secured) {
            (false, _) => quote!(.field(#name, &self.#ident)),
            (true, true) => {
                quote!(.field(#name, &crate::serialization::hidden(&self.#ident, self.secured != Some(false))))
            }
            (true, false) => quote!(.field(#name, &crate::serialization::hidden(&self.#ident, true))),
        }
    });
    quote! {
        impl std::fmt::Debug for #ident {
            #[inline]
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(#name)#(#shown)*.finish()
            }
        }
    }
}

/// The invocation that reads and writes the members. `type` stands in front: a reader then knows at once what is to come.
fn object(ty: &Type, shape: &Struct) -> TokenStream {
    let (name, schema) = (format_ident!("{}", ty.name), &ty.schema);
    let (mut type_name, mut values, mut lists) = (None, Vec::new(), Vec::new());
    for field in &shape.fields {
        let ident = format_ident!("{}", field.name);
        let wire = (field.name != field.wire).then(|| {
            let wire = &field.wire;
            quote!(= #wire)
        });
        match field.ty {
            TypeRef::TypeName if shape.writes_type => type_name = Some(quote!(default_type_name: #ident,)),
            TypeRef::TypeName => type_name = Some(quote!(type_name: #ident,)),
            TypeRef::List(_) if !field.boxed => lists.push(quote!(#ident #wire)),
            _ => values.push(quote!(#ident #wire)),
        }
    }
    quote! {
        crate::serialization::object!(
            #name, schema: #schema, #type_name values: [#(#values),*], lists: [#(#lists),*]
        );
    }
}
