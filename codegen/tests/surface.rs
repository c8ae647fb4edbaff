//! What `surface` lists of small crates: what users can name, under the paths by which they name it.

use std::collections::BTreeMap;

use bitbucket_codegen::surface::list;

/// The list of a crate whose files are given by path below `src`, without the header.
fn listed(files: &[(&str, &str)]) -> Result<String, String> {
    let files: BTreeMap<_, _> = files.iter().map(|(path, text)| (format!("src/{path}"), (*text).to_owned())).collect();
    let text = list(&files, &BTreeMap::new()).map_err(|error| error.to_string())?;
    let lines: Vec<_> = text.lines().skip_while(|line| line.starts_with('#')).collect();
    Ok(lines.join("\n"))
}

#[track_caller]
fn assert_listed(files: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(listed(files).unwrap_or_else(|error| error), expected.join("\n"));
}

#[test]
fn items_and_members() {
    let text = "
        pub const MOST: usize = 7;
        #[derive(Debug)]
        pub struct Pair<'a, T: ?Sized>(pub &'a T, u8);
        impl<'a, T> Pair<'a, T> where T: ?Sized + Send {
            pub const NONE: Option<&'static [u8]> = None;
            /// Documented.
            #[must_use]
            pub async fn with(mut self, other: impl Fn(&T) -> bool + 'a) -> Result<Self, Box<dyn std::error::Error>> {}
            pub(crate) fn inner(&self) {}
            #[doc(hidden)]
            pub fn hidden(&self) {}
        }
        pub enum Shape { Dot, Line(Pair<'static, str>, u8), Box { width: u32 } }
        pub type Answer<T> = Result<T, Shape>;
        pub fn draw<const N: usize>(shapes: [Shape; N], scale: (f32, f32)) {}
        fn private() {}
        mod r#in { #[macro_export] macro_rules! shout { () => {} } pub struct Raw; }
        pub use r#in::Raw;
        ";
    assert_listed(
        &[("lib.rs", text)],
        &[
            "Answer type<T> = Result<T, Shape>",
            "MOST const: usize",
            "Pair struct<'a, T: ?Sized>",
            "Pair.0: &'a T",
            "Pair::NONE const: Option<&'static [u8]>",
            "Pair::with(self, other: impl Fn(&T) -> bool + 'a) -> Result<Self, Box<dyn std::error::Error>> async",
            "Raw struct",
            "Shape enum",
            "Shape::Box { .. }",
            "Shape::Box.width: u32",
            "Shape::Dot",
            "Shape::Line(Pair<'static, str>, u8)",
            "draw<const N: usize>(shapes: [Shape; N], scale: (f32, f32))",
            "shout macro",
        ],
    );
}

#[test]
fn traits_and_what_implements_them() {
    let text = "
        mod private { pub trait Sealed {} }
        pub trait Walk: Sized + Send {
            type Item: Clone;
            fn step(&mut self) -> Option<Self::Item>;
            #[doc(hidden)]
            fn secret(self);
            #[cfg(feature = \"run\")]
            fn run(&self);
            fn all<T>(self, with: T) where T: Fn(Self::Item) {}
        }
        pub struct Road;
        struct Path;
        impl Walk for Road { type Item = u8; fn step(&mut self) -> Option<u8> {} }
        impl Walk for Path { type Item = u8; fn step(&mut self) -> Option<u8> {} }
        impl private::Sealed for Road {}
        impl<'r> From<&'r Road> for String { fn from(road: &'r Road) -> Self {} }
        impl<T: Walk> Walk for Box<T> { type Item = T::Item; fn step(&mut self) -> Option<T::Item> {} }
        ";
    assert_listed(
        &[("lib.rs", text)],
        &[
            "Box<T> impl<T: Walk> Walk { Item = T::Item }",
            "Road impl Walk { Item = u8 }",
            "Road struct",
            "String impl<'r> From<&'r Road>",
            "Walk trait: Sized + Send",
            "Walk::Item type: Clone",
            "Walk::all<T>(self, with: T) where T: Fn(Self::Item) { .. }",
            "Walk::run(&self) [run]",
            "Walk::step(&mut self) -> Option<Self::Item>",
        ],
    );
}

#[test]
fn an_item_is_called_as_its_module_is_or_as_a_module_around_it_offers_it() {
    let lib = "
        mod deep;
        pub mod open { mod inner { pub struct Nut; } pub use inner::*; pub struct Shell; }
        pub mod prelude { pub use crate::open::{Nut, Shell as Case}; pub use std::fmt::Display; }
        pub use deep::below as sea;
        pub(crate) use deep::below::Fish;
        pub fn catch(fish: &Fish, with: crate::open::Nut) -> deep::below::Fish {}
        ";
    assert_listed(
        &[
            ("lib.rs", lib),
            ("deep.rs", "pub mod below;"),
            ("deep/below.rs", "use super::super::open::Shell; pub struct Fish { pub shell: Option<Shell> }"),
        ],
        &[
            "catch(fish: &sea::Fish, with: open::Nut) -> sea::Fish",
            "open mod",
            "open::Nut struct",
            "open::Shell struct",
            "prelude mod",
            "prelude::Case use open::Shell",
            "prelude::Display use std::fmt::Display",
            "prelude::Nut use open::Nut",
            "sea mod",
            "sea::Fish struct",
            "sea::Fish.shell: Option<open::Shell>",
        ],
    );
}

#[test]
fn features_are_combined_and_tests_are_left_out() {
    let lib = r#"
        #[cfg(feature = "b")]
        mod hidden;
        #[cfg(any(feature = "b", feature = "c"))]
        pub use hidden::*;
        #[cfg(all(feature = "d", not(any(feature = "e", windows))))]
        pub struct Narrow;
        #[cfg(any(test, feature = "f"))]
        pub struct Wide;
        #[cfg(test)]
        mod tests { pub struct No; unknown!(); }
        #[cfg(all(doctest, feature = "b"))]
        pub struct Readme;
        "#;
    let hidden = r#"
        pub struct Both { pub one: u8, #[cfg(feature = "g")] pub other: u8 }
        impl Both { #[cfg(any(feature = "b", feature = "g"))] pub fn same(&self) {} }
        #[cfg(feature = "schemars")]
        impl Clone for Both {}
        "#;
    assert_listed(
        &[("lib.rs", lib), ("hidden.rs", hidden)],
        &[
            "Both impl Clone [schemars]",
            "Both struct [b]",
            "Both.one: u8",
            "Both.other: u8 [g]",
            "Both::same(&self)",
            "Narrow struct [!e & !windows & d]",
            "Wide struct [f]",
        ],
    );
}

#[test]
fn macros_are_listed_once_and_each_call_is_a_line() {
    let lib = r#"
        mod macros;
        pub struct Light;
        struct Dark;
        macros::make!(Light, "light", { on "ON" as_on });
        macros::make!(Dark, "dark", {});
        impl Light { macros::verbs! { shine "Shines, and how."; } }
        "#;
    let macros = r#"
        macro_rules! make {
            ($name:ident) => { $crate::macros::make!($name, "", {}); };
            ($name:ident, $text:literal, { $($word:ident $value:literal $ask:ident),* }) => {
                impl $name {
                    pub const TEXT: &'static str = $text;
                    $( pub fn $ask(&self) -> Option<&$crate::Light> { match self { $($word => 1,)* _ => $value } } )*
                    fn private(&self) {}
                }
                impl $crate::macros::Internal for $name {}
                impl AsRef<str> for $name { fn as_ref(&self) -> &str { $text } }
            };
        }
        macro_rules! verbs {
            ($($verb:ident $doc:literal;)*) => {$( #[doc = $doc] pub fn $verb(self, at: u8) -> Self {} )*};
        }
        macro_rules! unused { () => {}; }
        pub(crate) trait Internal {}
        "#;
    assert_listed(
        &[("lib.rs", lib), ("macros.rs", macros)],
        &[
            r#"Light make! "light", { on "ON" as_on }"#,
            "Light struct",
            r#"Light verbs! shine "…";"#,
            "",
            "# What the macros make, once for all their calls: `NAME` is the argument `$name`.",
            "make! NAME impl AsRef<str>",
            "make! NAME::ASK(&self) -> Option<&Light>",
            "make! NAME::TEXT const: &'static str",
            "verbs! VERB(self, at: u8) -> Self",
        ],
    );
}

#[test]
fn what_is_not_understood_is_refused_with_its_place() {
    let refused = |files: &[(&str, &str)]| listed(files).expect_err("it is refused");
    // In the implementation of a trait it is that trait which says what there is.
    let of_trait = "pub struct A;\nimpl Clone for A { serde::forward! { bool i8 } }\n";
    assert!(listed(&[("lib.rs", of_trait)]).is_ok());
    let of_type = format!("{of_trait}impl A {{ serde::others! {{ bool }} }}\n");
    assert!(refused(&[("lib.rs", &of_type)]).starts_with("surface: sdk/src/lib.rs:3 others!"));
    assert_eq!(
        refused(&[("lib.rs", "mod model;"), ("model.rs", "pub struct A;\n\nbitflags::bitflags! { pub struct B; }\n")]),
        "surface: sdk/src/model.rs:3 bitflags!: a macro that is not of this crate stands where items stand: what it \
         makes is not known; write it in a form that codegen/src/surface reads, or teach it the new one"
    );
    let begins = |files: &[(&str, &str)], beginning: &str| {
        let text = refused(files);
        assert!(text.starts_with(beginning), "{text}");
    };
    begins(&[("lib.rs", "mod gone;")], "surface: sdk/src/gone.rs: there is no such file");
    begins(&[("lib.rs", "pub struct {")], "surface: sdk/src/lib.rs: not Rust: ");
    begins(&[("lib.rs", "mod a {} pub use a::B;")], "surface: sdk/src/lib.rs: `pub use a::B` leads nowhere");
    begins(
        &[("lib.rs", "macro_rules! m { () => { pub struct A; }; } m!();")],
        "surface: sdk/src/lib.rs: a macro makes an item that this reader does not know",
    );
    begins(
        &[("lib.rs", "pub union A { a: u8 }")],
        "surface: sdk/src/lib.rs: an item that this reader does not know: pub union A",
    );
    begins(&[("lib.rs", "#[cfg(target(os = \"x\"))] pub struct A;")], "surface: sdk/src/lib.rs: a condition `target`");
}
