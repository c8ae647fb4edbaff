//! Streams out of an async function that is called again and again. The state travels with the future, so that nothing
//! borrows from itself, and dropping the stream drops what is under way.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

type Turn<S, T> = Pin<Box<dyn Future<Output = (Box<S>, Option<T>)> + Send>>;

/// What a stream is made of.
pub(crate) trait Source: Send + Sized + 'static {
    type Item;

    /// The next item; `None` at the end.
    fn turn(self: Box<Self>) -> Turn<Self, Self::Item>;
}

pub(crate) enum Drive<S: Source> {
    Idle(Option<Box<S>>),
    Busy(Turn<S, S::Item>),
}

impl<S: Source> Drive<S> {
    #[inline]
    pub(crate) fn new(source: S) -> Self {
        Self::Idle(Some(Box::new(source)))
    }

    /// The state between two items.
    #[inline]
    pub(crate) fn idle(&mut self) -> Option<&mut S> {
        match self {
            Self::Idle(source) => source.as_deref_mut(),
            Self::Busy(_) => None,
        }
    }

    /// `ends` tells whether an item is the last one.
    #[inline]
    pub(crate) fn poll(&mut self, context: &mut Context<'_>, ends: fn(&S::Item) -> bool) -> Poll<Option<S::Item>> {
        loop {
            match self {
                Self::Idle(source) => match source.take() {
                    Some(source) => *self = Self::Busy(source.turn()),
                    None => return Poll::Ready(None),
                },
                Self::Busy(turn) => {
                    let (source, item) = ready!(turn.as_mut().poll(context));
                    let ended = item.as_ref().is_none_or(ends);
                    *self = Self::Idle((!ended).then_some(source));
                    return Poll::Ready(item);
                }
            }
        }
    }

    #[inline]
    pub(crate) async fn next(&mut self, ends: fn(&S::Item) -> bool) -> Option<S::Item> {
        poll_fn(|context| self.poll(context, ends)).await
    }
}
