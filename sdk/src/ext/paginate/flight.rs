//! A page under way. One that is asked for ahead is a task of its own, so that it moves while the caller is busy with
//! the page before; the others move when they are polled. Dropping either ends the request.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::task::JoinHandle;

use super::token::Place;
use crate::error::{Error, ErrorKind};
use crate::operation::Endpoint;
use crate::request::Request;
use crate::send::Fetched;

type Fetching = Pin<Box<dyn Future<Output = Result<Fetched, Error>> + Send>>;

pub(super) struct Flight {
    pub(super) place: Place,
    endpoint: Endpoint,
    under_way: UnderWay,
}

enum UnderWay {
    Polled(Fetching),
    Task(JoinHandle<Result<Fetched, Error>>),
}

impl Flight {
    #[inline]
    pub(super) fn start(place: Place, request: Request, ahead: bool) -> Self {
        let endpoint = request.endpoint.clone();
        let fetching = request.sending_fetched();
        let under_way = if ahead { UnderWay::Task(tokio::spawn(fetching)) } else { UnderWay::Polled(fetching) };
        Self { place, endpoint, under_way }
    }

    #[inline]
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Fetched, Error>> {
        match &mut self.under_way {
            UnderWay::Polled(fetching) => fetching.as_mut().poll(context),
            UnderWay::Task(task) => {
                let lost = |_| Error::other(ErrorKind::Transport, &self.endpoint, "the runtime ended the request");
                Poll::Ready(ready!(Pin::new(task).poll(context)).unwrap_or_else(|error| Err(lost(error))))
            }
        }
    }
}

impl Drop for Flight {
    #[inline]
    fn drop(&mut self) {
        if let UnderWay::Task(task) = &self.under_way {
            task.abort();
        }
    }
}
