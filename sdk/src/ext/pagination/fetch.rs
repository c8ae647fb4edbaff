//! The request of a page in flight. A prefetched page is a task of its own, so that it makes progress while the caller
//! processes the page before; other pages make progress when they are polled. Dropping either cancels the request.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::task::JoinHandle;

use super::token::PagePosition;
use crate::errors::{Error, ErrorKind};
use crate::transport::{Fetched, Fetching, Request};

pub(super) struct PageFetch {
    pub(super) position: PagePosition,
    request: Request,
    state: FetchState,
}

enum FetchState {
    Polled(Fetching),
    Task(JoinHandle<Result<Fetched, Error>>),
}

impl PageFetch {
    #[inline]
    pub(super) fn start(position: PagePosition, request: Request, prefetched: bool) -> Self {
        let fetching = request.clone().sending_fetched();
        let state = if prefetched { FetchState::Task(tokio::spawn(fetching)) } else { FetchState::Polled(fetching) };
        Self { position, request, state }
    }

    #[inline]
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Fetched, Error>> {
        match &mut self.state {
            FetchState::Polled(fetching) => fetching.as_mut().poll(context),
            FetchState::Task(task) => {
                let shut_down =
                    |_| self.request.error(ErrorKind::Transport, "the runtime was shut down during the request");
                Poll::Ready(ready!(Pin::new(task).poll(context)).unwrap_or_else(|error| Err(shut_down(error))))
            }
        }
    }
}

impl Drop for PageFetch {
    #[inline]
    fn drop(&mut self) {
        if let FetchState::Task(task) = &self.state {
            task.abort();
        }
    }
}
