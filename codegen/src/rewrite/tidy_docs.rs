//! Gives every public item a doc comment of whole lines, made safe for rustdoc.

use syn::{Attribute, Item};

use super::Context;
use super::read_types::TypeItem;
use crate::emit::docs;
use crate::error::Error;

pub(super) fn tidy_docs(types: &mut [TypeItem], _: &Context<'_>) -> Result<(), Error> {
    for TypeItem { name, item, .. } in types {
        match item {
            Item::Struct(item) => {
                tidy(&mut item.attrs, &format!("`{name}` as Bitbucket sends it."));
                for field in &mut item.fields {
                    let fallback = field.ident.as_ref().map(|ident| describe_field(&ident.to_string()));
                    tidy(&mut field.attrs, &fallback.unwrap_or_else(|| "The value.".to_owned()));
                }
            }
            Item::Enum(item) => {
                tidy(&mut item.attrs, &format!("The words of `{name}`."));
                for variant in &mut item.variants {
                    let fallback = format!("`{}`.", variant.ident);
                    tidy(&mut variant.attrs, &fallback);
                }
            }
            Item::Type(item) => tidy(&mut item.attrs, &format!("`{name}`.")),
            _ => {}
        }
    }
    Ok(())
}

fn describe_field(name: &str) -> String {
    format!("The member `{}`.", name.trim_end_matches('_'))
}

fn tidy(attributes: &mut Vec<Attribute>, fallback: &str) {
    let text: Vec<String> = attributes.iter().filter_map(docs::text_of).collect();
    attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    let text = text.join("\n");
    let text = if text.trim().is_empty() { fallback.to_owned() } else { docs::safe(&text) };
    let mut documented = docs::attributes(&text);
    documented.append(attributes);
    *attributes = documented;
}
