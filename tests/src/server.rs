//! Starting, asking and stopping a fake. Two sockets are opened: the API's, and that of the storage to which finished
//! logs are redirected, so that a client sees another host. Nothing may outlive the value: dropping it stops both.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{Method, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::dispatch::{self, Dispatcher, Observer, Side};
use crate::journal::Recorded;
use crate::listing::Listing;
use crate::reply::Reply;
use crate::route::Call;
use crate::scripted_log::ScriptedLog;
use crate::state::{Settings, Urls, World};

/// Why a fake could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The port is taken or may not be used.
    #[error("cannot listen on {address}")]
    Listen {
        /// What was asked for; port 0 means any.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
}

/// A running fake Bitbucket. Dropping it stops it.
pub struct FakeBitbucket {
    dispatcher: Arc<Dispatcher>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl FakeBitbucket {
    /// Starts a fake on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// If no port can be opened.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// A fake with settings of one's own.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The API's address, `http://127.0.0.1:PORT/2.0`.
    pub fn base_url(&self) -> &str {
        &self.dispatcher.world.urls.api
    }

    /// The address of the log storage, `http://127.0.0.1:OTHER_PORT`.
    pub fn storage_url(&self) -> &str {
        &self.dispatcher.world.urls.storage
    }

    /// All requests so far, in order of arrival, those to the storage included.
    pub fn journal(&self) -> Vec<Recorded> {
        self.dispatcher.journal.entries()
    }

    /// Forgets the requests so far. Runs and variables stay.
    pub fn clear_journal(&self) {
        self.dispatcher.journal.clear();
    }

    /// Requests that neither a script nor a route was there for, unknown methods (405) included.
    pub fn unmatched(&self) -> Vec<Recorded> {
        self.journal().into_iter().filter(|entry| !entry.matched).collect()
    }

    /// Fails the test if there were such requests.
    ///
    /// # Panics
    /// If [`unmatched`](Self::unmatched) is not empty; the message lists them.
    #[track_caller]
    pub fn assert_no_unmatched(&self) {
        let list: Vec<String> = self.unmatched().iter().map(|entry| format!("  {entry}")).collect();
        assert!(list.is_empty(), "{} requests without a route:\n{}", list.len(), list.join("\n"));
    }

    /// Answers a method and path template (below `/2.0`) with `reply` from now on. `{name}` stands for one segment, a
    /// final `{*name}` for the rest; a trailing slash in the request does not matter. The newest script wins.
    pub fn on(&self, method: Method, template: &str, reply: Reply) -> &Self {
        let times = reply.times;
        self.dispatcher.scripts.add(method, template, times, Box::new(move |_| Some(reply.clone())));
        self
    }

    /// The same, with an answer that depends on the request. A closure that returns `None` passes the request on to
    /// older scripts and to the fake's own resources.
    pub fn on_fn<F, R>(&self, method: Method, template: &str, respond: F) -> &Self
    where
        F: Fn(&Call<'_>) -> R + Send + Sync + 'static,
        R: Into<Option<Reply>>,
    {
        self.dispatcher.scripts.add(method, template, None, Box::new(move |call| respond(call).into()));
        self
    }

    /// Answers `GET` of that template with a list.
    pub fn list(&self, template: &str, listing: Listing) -> &Self {
        let origin = self.dispatcher.world.urls.origin.clone();
        self.on_fn(Method::GET, template, move |call| listing.reply(call, &origin))
    }

    /// A step of that template (`…/steps/{step_uuid}`, all in literals or names) whose state and log the test decides.
    pub fn scripted_log(&self, step: &str) -> ScriptedLog {
        let stored = format!("/scripted/{}", self.dispatcher.scripts.next_id());
        let log = ScriptedLog::new(format!("{}{stored}?X-Amz-Signature=signed", self.storage_url()));
        let (state, api, storage) = (log.clone(), log.clone(), log.clone());
        self.on_fn(Method::GET, step, move |call| state.step(call.param("step_uuid")));
        self.on_fn(Method::GET, &format!("{step}/log"), move |call| api.api(call.request));
        let respond = move |call: &Call<'_>| Some(storage.storage(call.request));
        self.dispatcher.storage_scripts.add(Method::GET, &stored, None, Box::new(respond));
        log
    }

    /// Fails the test if the storage ever saw a credential.
    ///
    /// # Panics
    /// If a request to the storage had an `Authorization` or `Cookie` header.
    #[track_caller]
    pub fn assert_no_credential_at_storage(&self) {
        let seen = self.journal().into_iter().filter(|entry| self.storage_url().ends_with(&entry.socket.to_string()));
        let leaked =
            seen.filter(|entry| ["authorization", "cookie"].iter().any(|name| entry.headers.contains_key(*name)));
        let list: Vec<String> = leaked.map(|entry| format!("  {entry}")).collect();
        assert!(list.is_empty(), "credentials went to the storage:\n{}", list.join("\n"));
    }

    /// Moves the fake's clock forward: runs go on as if that time had passed.
    pub fn advance(&self, by: Duration) {
        self.dispatcher.world.clock.advance(by);
    }

    /// Stops the fake and waits until its sockets are closed. Requests under way are answered.
    pub async fn shutdown(mut self) {
        // Nobody listening any more is what we are after.
        let _ = self.stop.send(true);
        for task in std::mem::take(&mut self.tasks) {
            // A task ends on the signal; that it was cancelled or panicked is no news for the caller.
            let _ = task.await;
        }
    }
}

impl Drop for FakeBitbucket {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

/// Settings of a fake that is not started yet.
#[derive(Default)]
pub struct Builder {
    port: u16,
    settings: Settings,
    observer: Option<Box<Observer>>,
}

impl Builder {
    /// The API's port on 127.0.0.1; 0, the default, takes a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// How long each step of a run takes; a run waits a quarter of that before its first step. Default: one second.
    #[must_use]
    pub fn step_duration(mut self, duration: Duration) -> Self {
        self.settings.step_duration = duration;
        self
    }

    /// How many lines a finished step's log has, at least 2. Default: 24.
    #[must_use]
    pub fn log_lines(mut self, lines: usize) -> Self {
        self.settings.log_lines = lines.max(2);
        self
    }

    /// Leaves `next` out of every list, as the service was seen to do.
    #[must_use]
    pub fn without_next(mut self, without: bool) -> Self {
        self.settings.without_next = without;
        self
    }

    /// Answers 401 to API requests whose `Authorization` header is not exactly this, for example `Bearer token`.
    #[must_use]
    pub fn require_authorization(mut self, value: impl Into<String>) -> Self {
        self.settings.authorization = Some(value.into());
        self
    }

    /// Calls a function for each request once its answer is known, for example to print it.
    #[must_use]
    pub fn observe(mut self, observer: impl Fn(&Recorded, StatusCode) + Send + Sync + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Opens the sockets and serves until the returned value is dropped.
    ///
    /// # Errors
    /// If a socket cannot be opened, for example because the port is taken.
    pub async fn start(self) -> Result<FakeBitbucket, StartError> {
        let (api, api_address) = listen(self.port).await?;
        let (storage, storage_address) = listen(0).await?;
        let (stop, stopped) = watch::channel(false);
        let world = World::new(self.settings, Urls::new(api_address, storage_address));
        let dispatcher = Arc::new(Dispatcher::new(world, self.observer, stopped.clone()));
        let serve = |listener, side, address| {
            let entrance = dispatch::Entrance { dispatcher: Arc::clone(&dispatcher), side, address };
            let app = Router::new().fallback(dispatch::handle).with_state(entrance);
            let server = axum::serve(listener, app).with_graceful_shutdown(signal(stopped.clone()));
            tokio::spawn(async move {
                // axum documents that serving never ends with an error.
                let _ = server.await;
            })
        };
        let tasks = vec![serve(api, Side::Api, api_address), serve(storage, Side::Storage, storage_address)];
        Ok(FakeBitbucket { dispatcher, stop, tasks })
    }
}

async fn listen(port: u16) -> Result<(TcpListener, SocketAddr), StartError> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// Ready when the fake is stopped or gone.
pub(crate) async fn signal(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, and so the fake.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}
