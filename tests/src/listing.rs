//! Lists of any length, in the ways in which the service pages them, well behaved or not. For tests of clients that
//! read lists; the fake's own resources page through `page`. It must not know what the items are.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::reply::Reply;
use crate::route::Call;

/// How a list is given in pages.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Manner {
    /// `page`, `pagelen`, `size` and, while there is more, `next`.
    Numbered,
    /// The same without `next`, as pipelines were seen.
    WithoutNext,
    /// Neither `next` nor `size`.
    WithoutSize,
    /// Only `next`, with a context in it, as commits are.
    Opaque,
    /// The page of that number lacks its `next`, although more follow.
    MissingNext(usize),
    /// A `next` without scheme and host.
    RelativeNext,
    /// `page`, `pagelen` and `size` are text.
    NumbersAsText,
    /// A `next` that leads elsewhere.
    ForeignNext(String),
    /// Every page is the first one, and says so.
    Repeating,
    /// Every page is the first one, without any number or link.
    RepeatingInSilence,
    /// The page of that number holds nothing, although more follow.
    EmptyPage(usize),
    /// The page of that number lacks its last item.
    ShortPage(usize),
    /// The page of that number is a failure, once for each time it is asked for until the count is used up.
    FailingPage(usize),
    /// Pages end at the thousandth item, as those of code search do.
    EndsAtThousand,
}

/// A list for [`FakeBitbucket::list`](crate::FakeBitbucket::list).
#[derive(Clone)]
pub struct Listing {
    pub(crate) count: usize,
    pub(crate) largest: usize,
    pub(crate) manner: Manner,
    pub(crate) delay: Duration,
    item: Arc<dyn Fn(usize) -> Value + Send + Sync>,
}

impl Listing {
    /// A list of that many items, numbered from 0, which `item` makes.
    pub fn new(count: usize, item: impl Fn(usize) -> Value + Send + Sync + 'static) -> Self {
        Self { count, largest: 100, manner: Manner::Numbered, delay: Duration::ZERO, item: Arc::new(item) }
    }

    /// How it is given in pages.
    #[must_use]
    pub fn manner(mut self, manner: Manner) -> Self {
        self.manner = manner;
        self
    }

    /// How long each page takes.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The largest page length; more is answered with 400. Default: 100.
    #[must_use]
    pub fn largest(mut self, largest: usize) -> Self {
        self.largest = largest;
        self
    }

    pub(crate) fn reply(&self, call: &Call<'_>, origin: &str) -> Reply {
        self.page(call, origin).delay(self.delay)
    }

    fn page(&self, call: &Call<'_>, origin: &str) -> Reply {
        let request = call.request;
        let number = |name: &str, default: usize| request.query_value(name).map_or(Some(default), |v| v.parse().ok());
        let (Some(mut page), Some(length)) = (number("page", 1), number("pagelen", 10)) else {
            return Reply::json(400, json!({"type": "error", "error": {"message": "Invalid page or pagelen"}}));
        };
        // The same parameter twice is what comes of adding to a `next` link.
        let twice = request.query.iter().any(|(name, _)| request.query_values(name).len() > 1);
        if twice || length == 0 || length > self.largest || page == 0 {
            return Reply::json(400, json!({"type": "error", "error": {"message": "Invalid pagelen"}}));
        }
        if self.manner == Manner::EndsAtThousand && (page - 1) * length >= 1000 {
            return Reply::json(400, json!({"type": "error", "error": {"message": "Result number is past 1000"}}));
        }
        if matches!(self.manner, Manner::Repeating | Manner::RepeatingInSilence) {
            page = 1;
        }
        if self.manner == Manner::FailingPage(page) {
            return Reply::json(500, json!({"error": {"message": "Something went wrong"}}));
        }
        let start = (page - 1).saturating_mul(length).min(self.count);
        let mut end = start.saturating_add(length).min(self.count);
        match self.manner {
            Manner::EmptyPage(at) if at == page => end = start,
            Manner::ShortPage(at) if at == page => end = end.saturating_sub(1).max(start),
            _ => {}
        }
        let more = page * length < self.count;
        let values: Vec<Value> = (start..end).map(|index| (self.item)(index)).collect();
        let mut body = Map::new();
        let bare = matches!(self.manner, Manner::Opaque | Manner::RepeatingInSilence);
        if !bare {
            body.insert("page".to_owned(), json!(page));
        }
        body.insert("pagelen".to_owned(), json!(length));
        if !bare && self.manner != Manner::WithoutSize {
            body.insert("size".to_owned(), json!(self.count));
        }
        let own = |context: bool| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(request.query.iter().filter(|(name, _)| name != "page" && name != "ctx"));
            if context {
                query.append_pair("ctx", &format!("context-{page}"));
            }
            query.append_pair("page", &(page + 1).to_string());
            let origin = if self.manner == Manner::RelativeNext { "" } else { origin };
            format!("{origin}{}?{}", request.path, query.finish())
        };
        let next = match &self.manner {
            Manner::WithoutNext | Manner::WithoutSize | Manner::RepeatingInSilence => None,
            Manner::ForeignNext(link) => Some(link.clone()),
            Manner::EndsAtThousand if page * length >= 1000 => None,
            Manner::MissingNext(at) if *at == page => None,
            manner => more.then(|| own(*manner == Manner::Opaque)),
        };
        if self.manner == Manner::NumbersAsText {
            body.values_mut().for_each(|number| *number = Value::String(number.to_string()));
        }
        if let Some(next) = next {
            body.insert("next".to_owned(), json!(next));
        }
        body.insert("values".to_owned(), Value::Array(values));
        Reply::json(200, Value::Object(body))
    }
}
