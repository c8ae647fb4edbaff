//! The conditions of `#[cfg(…)]`, combined over modules, re-exports and items.
//!
//! They are held in conjunctive normal form, so that a condition that is stated twice is shown once. Builds for tests,
//! doctests and docs.rs are not what users get: an item that is only in those is left out.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Lit, Meta, Token};

/// Words that `cfg` knows and that are never set for users.
const NEVER: [&str; 4] = ["test", "doctest", "doc", "docsrs"];

/// Alternatives, one of which must hold.
type Clause = BTreeSet<String>;

/// Clauses that must all hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cfg(BTreeSet<Clause>);

impl Cfg {
    /// The condition of an item; `None` if it is in no build that users have.
    pub(super) fn of(attributes: &[Attribute]) -> syn::Result<Option<Self>> {
        let mut cfg = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")) {
            match clauses(&attribute.parse_args()?, false)? {
                Some(more) => cfg = cfg.and(&Self(more)),
                None => return Ok(None),
            }
        }
        Ok(Some(cfg))
    }

    /// Both conditions; a clause that follows from another is left out.
    pub(super) fn and(&self, other: &Self) -> Self {
        if other.0.is_empty() || self == other {
            return self.clone();
        }
        let all: BTreeSet<_> = self.0.union(&other.0).cloned().collect();
        let follows = |clause: &Clause| all.iter().any(|other| other != clause && other.is_subset(clause));
        Self(all.iter().filter(|clause| !follows(clause)).cloned().collect())
    }

    /// The clauses of this condition that do not follow from another one.
    pub(super) fn beyond(&self, other: &Self) -> Self {
        let given = |clause: &Clause| other.0.iter().any(|other| other.is_subset(clause));
        Self(self.0.iter().filter(|clause| !given(clause)).cloned().collect())
    }

    /// ` [pipelines | deployments]`, or nothing.
    pub(super) fn text(&self) -> String {
        let several = self.0.len() > 1;
        let clause = |clause: &Clause| {
            let text = clause.iter().map(String::as_str).collect::<Vec<_>>().join(" | ");
            if several && clause.len() > 1 { format!("({text})") } else { text }
        };
        match self.0.len() {
            0 => String::new(),
            _ => format!(" [{}]", self.0.iter().map(clause).collect::<Vec<_>>().join(" & ")),
        }
    }
}

/// The clauses of one condition or of its opposite; `None` where it never holds.
fn clauses(condition: &Meta, negated: bool) -> syn::Result<Option<BTreeSet<Clause>>> {
    let name = condition.path().get_ident().map(ToString::to_string).unwrap_or_default();
    let Meta::List(list) = condition else {
        return Ok(atom(condition, &name, negated));
    };
    let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)?;
    let negated = negated != (name == "not");
    let parts = parts.iter().map(|part| clauses(part, negated)).collect::<syn::Result<Vec<_>>>()?;
    // The opposite of `any` is `all` of the opposites.
    let all = match name.as_str() {
        "all" => !negated,
        "any" => negated,
        "not" => true,
        _ => return Err(syn::Error::new_spanned(condition, format!("a condition `{name}` that is not known"))),
    };
    Ok(if all {
        parts.into_iter().collect::<Option<Vec<_>>>().map(|parts| parts.into_iter().flatten().collect())
    } else {
        parts.into_iter().flatten().reduce(|left, right| {
            let pairs = left.iter().flat_map(|one| right.iter().map(move |other| one.union(other).cloned().collect()));
            pairs.collect()
        })
    })
}

fn atom(condition: &Meta, name: &str, negated: bool) -> Option<BTreeSet<Clause>> {
    if NEVER.contains(&name) {
        return negated.then(BTreeSet::new);
    }
    let text = match condition {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(value) if name == "feature" => match &value.lit {
                Lit::Str(feature) => feature.value(),
                other => other.to_token_stream().to_string(),
            },
            other => format!("{name} = {}", other.to_token_stream()),
        },
        _ => name.to_owned(),
    };
    Some(BTreeSet::from([Clause::from([if negated { format!("!{text}") } else { text }])]))
}
