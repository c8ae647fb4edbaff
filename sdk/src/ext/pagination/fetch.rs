//! A page under way. One that is asked for ahead is a task of its own, so that it moves while the caller is busy with
//! the page before; the others move when they are polled. Dropping either ends the request.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::task::JoinHandle;

use super::token::PagePosition;
use crate::boxed::BoxFuture;
use crate::errors::{Error, ErrorKind};
use crate::transport::{Fetched, Request};

type Fetching = BoxFuture<'static, Result<Fetched, Error>>;

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
    pub(super) fn start(position: PagePosition, request: Request, ahead: bool) -> Self {
        let fetching = request.clone().sending_fetched();
        let state = if ahead { FetchState::Task(tokio::spawn(fetching)) } else { FetchState::Polled(fetching) };
        Self { position, request, state }
    }

    #[inline]
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Fetched, Error>> {
        match &mut self.state {
            FetchState::Polled(fetching) => fetching.as_mut().poll(context),
            FetchState::Task(task) => {
                let lost = |_| self.request.error(ErrorKind::Transport, "the runtime ended the request");
                Poll::Ready(ready!(Pin::new(task).poll(context)).unwrap_or_else(|error| Err(lost(error))))
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
