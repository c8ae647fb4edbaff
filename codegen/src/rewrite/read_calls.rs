//! Reads from progenitor's methods how a request is built: arguments with their types, path, query, headers, body, result.
//!
//! This is the half of each method that is kept; the other half (response handling) is dropped.

use std::collections::BTreeMap;

use syn::visit::{self, Visit};
use syn::{
    Expr, ExprCall, ExprMethodCall, FnArg, GenericArgument, ImplItem, Item, Lit, Pat, PathArguments, ReturnType, Type,
};

/// Where an argument goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Into the path.
    Path,
    /// Into the query, under this name.
    Query(String),
    /// Into a header of this name.
    Header(String),
    /// It is the body.
    Body(Encoding),
}

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `application/json`
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
    /// `application/octet-stream`
    Bytes,
}

/// One argument of a method.
#[derive(Debug, Clone)]
pub struct Argument {
    /// Rust name.
    pub name: syn::Ident,
    /// Its type as progenitor wrote it, without the outer `Option`.
    pub ty: Type,
    /// Whether the `Option` was there.
    pub optional: bool,
    /// Where it goes.
    pub place: Place,
}

impl Argument {
    /// The type without the reference in front.
    #[must_use]
    pub fn owned(&self) -> &Type {
        match &self.ty {
            Type::Reference(reference) => &reference.elem,
            owned => owned,
        }
    }
}

/// What a method answers with.
#[derive(Debug, Clone)]
pub enum Answer {
    /// JSON of this type.
    Json(Box<Type>),
    /// Bytes.
    Stream,
    /// Nothing.
    Empty,
}

/// The request half of one method.
#[derive(Debug, Clone)]
pub struct Call {
    /// Arguments in progenitor's order: path, query and headers, body.
    pub arguments: Vec<Argument>,
    /// The result.
    pub answer: Answer,
}

/// The calls of all methods by method name.
#[must_use]
pub fn read_calls(file: &syn::File) -> BTreeMap<String, Call> {
    let blocks = file.items.iter().filter_map(|item| match item {
        Item::Impl(block) if block.trait_.is_none() => Some(block),
        _ => None,
    });
    let methods = blocks.flat_map(|block| &block.items).filter_map(|item| match item {
        ImplItem::Fn(method) if method.sig.asyncness.is_some() => Some(method),
        _ => None,
    });
    methods.filter_map(|method| Some((method.sig.ident.to_string(), read_call(method)?))).collect()
}

fn read_call(method: &syn::ImplItemFn) -> Option<Call> {
    let mut uses = Uses::default();
    uses.visit_block(&method.block);
    let arguments = method
        .sig
        .inputs
        .iter()
        .filter_map(|input| match input {
            FnArg::Typed(typed) => match &*typed.pat {
                Pat::Ident(name) => Some((name.ident.clone(), (*typed.ty).clone())),
                _ => None,
            },
            FnArg::Receiver(_) => None,
        })
        .map(|(name, ty)| {
            let inner = generic_of(&ty, "Option").cloned();
            let place = uses.places.get(&name.to_string()).cloned().unwrap_or(Place::Path);
            Argument { place, optional: inner.is_some(), ty: inner.unwrap_or(ty), name }
        })
        .collect();
    let ReturnType::Type(_, result) = &method.sig.output else { return None };
    let value = generic_of(generic_of(result, "Result")?, "ResponseValue")?;
    let answer = match value {
        Type::Tuple(tuple) if tuple.elems.is_empty() => Answer::Empty,
        Type::Path(path) if path.path.is_ident("ByteStream") => Answer::Stream,
        json => Answer::Json(Box::new(json.clone())),
    };
    Some(Call { arguments, answer })
}

/// The first type argument of `Name<…>`.
pub(crate) fn generic_of<'t>(ty: &'t Type, name: &str) -> Option<&'t Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// Collects which argument is used where.
#[derive(Default)]
struct Uses {
    places: BTreeMap<String, Place>,
    /// Inside `if let Some(value) = range { … }` the argument is called `value`.
    alias: Option<String>,
}

impl<'ast> Visit<'ast> for Uses {
    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        let path = match &*call.func {
            Expr::Path(path) => path.path.segments.iter().map(|segment| segment.ident.to_string()).collect::<Vec<_>>(),
            _ => Vec::new(),
        };
        if let [.., last_but_one, last] = path.as_slice()
            && last_but_one == "QueryParam"
            && last == "new"
            && let (Some(name), Some(argument)) = (call.args.first().and_then(text), call.args.get(1).and_then(ident))
        {
            self.places.insert(argument, Place::Query(name));
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let first = call.args.first();
        match call.method.to_string().as_str() {
            "append" => {
                if let (Some(name), Some(argument)) = (first.and_then(text), call.args.get(1).and_then(ident)) {
                    let argument = self.alias.clone().filter(|_| argument == "value").unwrap_or(argument);
                    self.places.insert(argument, Place::Header(name));
                }
            }
            "json" => self.body(first, Encoding::Json),
            "form_urlencoded" => self.body(first, Encoding::Form),
            "body" => self.body(first, Encoding::Bytes),
            _ => {}
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_if(&mut self, branch: &'ast syn::ExprIf) {
        if let Expr::Let(condition) = &*branch.cond {
            self.alias = ident(&condition.expr);
        }
        visit::visit_expr_if(self, branch);
        self.alias = None;
    }
}

impl Uses {
    fn body(&mut self, argument: Option<&Expr>, encoding: Encoding) {
        if let Some(argument) = argument.and_then(ident) {
            self.places.insert(argument, Place::Body(encoding));
        }
    }
}

fn text(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// The identifier at the heart of `&x`, `x.to_string()`, `x.to_string().try_into()?`.
fn ident(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        Expr::Reference(reference) => ident(&reference.expr),
        Expr::MethodCall(call) => ident(&call.receiver),
        Expr::Try(attempt) => ident(&attempt.expr),
        _ => None,
    }
}
