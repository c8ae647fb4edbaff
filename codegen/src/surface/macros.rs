//! Macros that expand to items: what the body of each declares, once, and a line for each call.
//!
//! A body is read as Rust with its fragments as names: `$name` is `NAME`, and what repeats stands there once.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Group, Ident, Literal, TokenStream, TokenTree};
use syn::{Item, Visibility};

use super::cfg::Cfg;
use super::format::line;
use super::lines::Lines;
use super::tree::{Definition, MacroCall, ModuleId, Tree};
use super::{Error, error};

/// The macros of the crate, by name, with the module and the rules of each.
pub(super) type Macros<'t> = BTreeMap<String, (ModuleId, &'t TokenStream)>;

/// Finds the macros.
pub(super) fn definitions(tree: &Tree) -> Macros<'_> {
    let modules = tree.modules.iter().enumerate();
    let named = modules.flat_map(|(id, module)| module.names.iter().map(move |(name, found)| (id, name, found)));
    let all = named.flat_map(|(id, name, found)| found.iter().map(move |named| (id, name, named)));
    let macros = all.filter_map(|(id, name, named)| match &named.what {
        Definition::Item(item) => match &**item {
            Item::Macro(item) => Some((name.clone(), (id, &item.mac.tokens))),
            _ => None,
        },
        Definition::Module(_) => None,
    });
    macros.collect()
}

/// Adds a line for each call, and gives the names of those that were called.
pub(super) fn list_calls(
    tree: &Tree,
    texts: &BTreeMap<&str, &str>,
    macros: &Macros<'_>,
    lines: &mut Lines<'_, '_>,
) -> Result<BTreeSet<String>, Error> {
    let mut used = BTreeSet::new();
    for (id, module) in tree.modules.iter().enumerate() {
        for call in &module.calls {
            if !macros.contains_key(&call.name) {
                let needle = format!("{}!", call.name);
                let text = texts.get(module.file.as_str()).copied().unwrap_or_default();
                let at = text.lines().position(|line| line.contains(&needle)).map(|index| index + 1);
                let problem = "a macro that is not of this crate stands where items stand: what it makes is not known";
                return Err(error(&module.file, at, &needle, problem));
            }
            if let Some((text, cfg)) = call_line(id, call, lines) {
                lines.add(&text, &cfg);
                used.insert(call.name.clone());
            }
        }
    }
    Ok(used)
}

/// `PATH name! arguments`; `None` where users cannot name the type.
fn call_line(id: ModuleId, call: &MacroCall, lines: &Lines<'_, '_>) -> Option<(String, Cfg)> {
    let name = &call.name;
    let mut arguments = without_texts(call.arguments.clone()).into_iter().peekable();
    let owner = match (&call.owner, arguments.peek()) {
        (Some(owner), _) => Some(lines.owner(id, owner)?),
        (None, Some(TokenTree::Ident(first))) => {
            let path = syn::Path::from(first.clone());
            if lines.is_internal(id, &path) {
                return None;
            }
            let seen = lines.resolver.seen(id, &path).map(|seen| (seen.path.clone(), seen.cfg.clone()));
            if seen.is_some() {
                arguments.next();
                arguments.next_if(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ','));
            }
            seen
        }
        _ => None,
    };
    let arguments = line(&arguments.collect::<TokenStream>());
    Some(match owner {
        Some((path, cfg)) => (format!("{path} {name}! {arguments}").trim_end().to_owned(), call.cfg.beyond(&cfg)),
        None => (format!("{name}! {arguments}"), call.cfg.clone()),
    })
}

/// Literals with a space in them are documentation.
fn without_texts(tokens: TokenStream) -> TokenStream {
    let token = |token| match token {
        TokenTree::Literal(literal) if literal.to_string().contains(' ') => TokenTree::from(Literal::string("…")),
        TokenTree::Group(group) => Group::new(group.delimiter(), without_texts(group.stream())).into(),
        other => other,
    };
    tokens.into_iter().map(token).collect()
}

/// Adds what a macro declares.
pub(super) fn list_expansion(
    name: &str,
    (id, rules): (ModuleId, &TokenStream),
    macros: &Macros<'_>,
    lines: &mut Lines<'_, '_>,
) -> syn::Result<()> {
    lines.prefix = format!("{name}! ");
    let groups = rules.clone().into_iter().filter_map(|token| match token {
        TokenTree::Group(group) => Some(group),
        _ => None,
    });
    // Each rule is two groups, `(matcher) => { transcriber }`.
    for body in groups.skip(1).step_by(2) {
        let body = flattened(body.stream());
        // A rule of the macro's own, for a value.
        if syn::parse2::<syn::Expr>(body.clone()).is_ok() {
            continue;
        }
        let file: syn::File = syn::parse2(body)?;
        for item in &file.items {
            let Some(cfg) = Cfg::of(attributes(item))? else { continue };
            match item {
                Item::Impl(item) => lines.implementation(id, item, &cfg)?,
                Item::Fn(item) => {
                    if matches!(item.vis, Visibility::Public(_)) {
                        lines.add(&format!("{}{}", item.sig.ident, lines.signature(id, &item.sig)), &cfg);
                    }
                }
                Item::Macro(call) => {
                    let inner =
                        call.mac.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
                    if !macros.contains_key(&inner) {
                        return Err(syn::Error::new_spanned(
                            &call.mac.path,
                            format!("`{inner}!` is not a macro of this crate"),
                        ));
                    }
                    if inner != name {
                        lines.add(&format!("{inner}! {}", line(&call.mac.tokens)), &cfg);
                    }
                }
                other => {
                    let problem = "a macro makes an item that this reader does not know; it knows `impl` and `fn`";
                    return Err(syn::Error::new_spanned(other, problem));
                }
            }
        }
    }
    lines.prefix.clear();
    Ok(())
}

fn attributes(item: &Item) -> &[syn::Attribute] {
    match item {
        Item::Impl(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        _ => &[],
    }
}

/// The body of a rule with names for its fragments, and each repetition once.
fn flattened(body: TokenStream) -> TokenStream {
    let mut flat = TokenStream::new();
    let mut tokens = body.into_iter().peekable();
    let is = |token: &TokenTree, characters: &str| matches!(token, TokenTree::Punct(punct) if characters.contains(punct.as_char()));
    while let Some(token) = tokens.next() {
        match token {
            dollar if is(&dollar, "$") => match tokens.next() {
                Some(TokenTree::Ident(name)) if name == "crate" => flat.extend([TokenTree::from(name)]),
                Some(TokenTree::Ident(name)) => {
                    let name = Ident::new(&name.to_string().to_uppercase(), name.span());
                    flat.extend([TokenTree::from(name)]);
                }
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
                    flat.extend(flattened(group.stream()));
                    // A separator may come before the `*`, `+` or `?`.
                    if tokens.next().is_some_and(|token| !is(&token, "*+?")) {
                        tokens.next();
                    }
                }
                other => flat.extend(other),
            },
            TokenTree::Group(group) => {
                flat.extend([TokenTree::from(Group::new(group.delimiter(), flattened(group.stream())))]);
            }
            other => flat.extend([other]),
        }
    }
    flat
}
