//! Lists in pages: `page`, `pagelen`, `size`, `values` and, unless the server was told otherwise, `next`. The limit is
//! not clamped but refused, as the service does, and a page past the end is empty, not an error.

use serde_json::{Map, Value, json};

use crate::error_body;
use crate::reply::Reply;
use crate::route::Call;
use crate::state::World;

const DEFAULT_PAGELEN: usize = 10;
const MAX_PAGELEN: usize = 100;

/// One page of `items`, the one the request asks for; only its items are turned into JSON.
pub(crate) fn reply<T>(
    call: &Call<'_>,
    world: &World,
    items: &[T],
    to_json: impl Fn(&T) -> Value,
) -> Result<Reply, Reply> {
    reply_of_at_most(MAX_PAGELEN, call, world, items, to_json)
}

/// The same with a largest page of its own.
pub(crate) fn reply_of_at_most<T>(
    largest: usize,
    call: &Call<'_>,
    world: &World,
    items: &[T],
    to_json: impl Fn(&T) -> Value,
) -> Result<Reply, Reply> {
    let page = number(call, "page", 1, usize::MAX)?;
    let pagelen = number(call, "pagelen", DEFAULT_PAGELEN, largest)?;
    let start = (page - 1).saturating_mul(pagelen);
    let end = start.saturating_add(pagelen).min(items.len());
    let values: Vec<Value> = items.get(start..end).unwrap_or_default().iter().map(to_json).collect();

    let mut body = Map::new();
    body.insert("page".to_owned(), json!(page));
    body.insert("pagelen".to_owned(), json!(pagelen));
    body.insert("size".to_owned(), json!(items.len()));
    if end < items.len() && start < end && !world.settings.without_next {
        body.insert("next".to_owned(), json!(next_url(call, world, page + 1)));
    }
    body.insert("values".to_owned(), Value::Array(values));
    Ok(Reply::json(200, Value::Object(body)))
}

fn number(call: &Call<'_>, name: &str, default: usize, max: usize) -> Result<usize, Reply> {
    let Some(text) = call.request.query_value(name) else { return Ok(default) };
    match text.parse() {
        Ok(number) if (1..=max).contains(&number) => Ok(number),
        _ => Err(error_body::standard(400, &format!("Invalid {name}"))),
    }
}

/// The request's own address with all of its query, as the service does: a client that adds its parameters again
/// sends them twice.
fn next_url(call: &Call<'_>, world: &World, page: usize) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(call.request.query.iter().filter(|(name, _)| name != "page"));
    query.append_pair("page", &page.to_string());
    format!("{}{}?{}", world.urls.origin, call.request.path, query.finish())
}
