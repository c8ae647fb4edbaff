//! Writes the paths of the prelude and of the usual crates as a person would.

use syn::Path;
use syn::visit_mut::{self, VisitMut};

use super::Context;
use super::read_types::TypeItem;
use crate::error::Error;

/// What typify writes, and how many leading segments are dropped.
const SHORTER: [(&[&str], usize); 4] = [
    (&["std", "option", "Option"], 2),
    (&["std", "string", "String"], 2),
    (&["std", "vec", "Vec"], 2),
    (&["std", "boxed", "Box"], 2),
];

pub(super) fn shorten_paths(types: &mut [TypeItem], _: &Context<'_>) -> Result<(), Error> {
    for item in types {
        Shorten.visit_item_mut(&mut item.item);
    }
    Ok(())
}

/// The visitor, also used on the argument types of calls.
pub struct Shorten;

impl VisitMut for Shorten {
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        // Every path is absolute in typify's eyes and plain in ours.
        path.leading_colon = None;
        let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if let Some((_, cut)) = SHORTER.iter().find(|(long, _)| names == *long) {
            path.segments = std::mem::take(&mut path.segments).into_iter().skip(*cut).collect();
        }
    }

    fn visit_attribute_mut(&mut self, attribute: &mut syn::Attribute) {
        if attribute.path().is_ident("doc") {
            return;
        }
        // Paths in derives and serde attributes are tokens or strings.
        if let syn::Meta::List(list) = &mut attribute.meta {
            let short = list
                .tokens
                .to_string()
                .replace(":: serde", "serde")
                .replace("::std::option::", "")
                .replace("::std::vec::", "");
            if let Ok(tokens) = short.parse() {
                list.tokens = tokens;
            }
        }
    }
}
