//! The manager of one account's tokens: gives a fresh token to each call, and renews it once for all of them.

use super::token_endpoint::{Ask, Endpoint};
use super::token_store::Store;
use super::{Tokens, now_ms};
use crate::{Advice, Error, ErrorKind, Plugin, Settings};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long a failed renewal counts for calls that come after it: the vendor is not asked more often than that.
const PAUSE: Duration = Duration::from_secs(5);
/// The longest, if the vendor says how long.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// What came of a renewal, for all who waited for it.
type Outcome = Result<Arc<Session>, Error>;
type Flight = watch::Receiver<Option<Outcome>>;

/// A token in use.
pub(crate) struct Session {
    /// The plugin that works with it.
    pub plugin: Plugin,
    pub tokens: Tokens,
}

/// Manages the grant of one account.
pub(crate) struct TokenManager {
    /// The plugin without a token.
    plugin: Plugin,
    /// The setting that the token goes into.
    setting: String,
    endpoint: Endpoint,
    /// None: in memory only.
    store: Option<Store>,
    /// What a person can do, where the vendor wants one.
    login: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    session: Option<Arc<Session>>,
    /// The renewal that is under way, or was last.
    flight: Option<Flight>,
    failed: Option<(Instant, Error)>,
    /// What could not be stored, and so is not in use yet.
    unsaved: Option<Tokens>,
}

impl TokenManager {
    pub fn new(plugin: Plugin, setting: &str, endpoint: Endpoint, store: Option<Store>, account: &str) -> TokenManager {
        let mut login = format!("outwit auth login {}", plugin.name());
        if account != crate::config::DEFAULT {
            login.push_str(&format!(" --account {account}"));
        }
        TokenManager { plugin, setting: setting.to_owned(), endpoint, store, login, state: Mutex::default() }
    }

    /// A token that can be used now: fresh, or if it cannot be renewed, at least not at its end.
    pub async fn session(self: &Arc<Self>) -> Outcome {
        let known = self.known()?;
        match known {
            Some(session) if session.tokens.is_fresh(now_ms()) => Ok(session),
            known => match (self.renewed(known.as_ref()).await, known) {
                (Err(_), Some(session)) if session.tokens.is_valid(now_ms()) => Ok(session),
                (outcome, _) => outcome,
            },
        }
    }

    /// The token in use; at first, the one that is stored.
    fn known(&self) -> Result<Option<Arc<Session>>, Error> {
        let session = self.state().session.clone();
        let (None, Some(store)) = (&session, &self.store) else { return Ok(session) };
        let Some(stored) = store.load()? else { return Ok(None) };
        let stored = self.new_session(stored);
        Ok(Some(self.state().session.get_or_insert(stored).clone()))
    }

    /// Another token than the one that is stale. Who comes while it is being obtained waits for the same one.
    pub async fn renewed(self: &Arc<Self>, stale: Option<&Arc<Session>>) -> Outcome {
        let mut flight = {
            let mut state = self.state();
            match &state.session {
                Some(session) if stale.is_none_or(|stale| !Arc::ptr_eq(session, stale)) => return Ok(session.clone()),
                _ => {}
            }
            if let Some((when, error)) = &state.failed
                && let Some(left) = pause(error).checked_sub(when.elapsed())
            {
                let retry_after_ms = (error.advice == Advice::RetryLater).then(|| super::milliseconds(left));
                return Err(Error { retry_after_ms, ..error.clone() });
            }
            // Without a sender and without an outcome, it has stopped unexpectedly.
            let is_running = |flight: &&Flight| flight.borrow().is_none() && flight.has_changed().is_ok();
            let running = state.flight.as_ref().filter(is_running);
            match running {
                Some(flight) => flight.clone(),
                None => state.flight.insert(self.start(stale.cloned())).clone(),
            }
        };
        match flight.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(outcome)) => outcome.clone(),
            _ => Err(Error::new(ErrorKind::Unavailable, Advice::RetryNow, "obtaining a token stopped unexpectedly")),
        }
    }

    /// Renews in a task of its own: a caller that gives up must not lose a refresh token that the vendor has replaced.
    fn start(self: &Arc<Self>, stale: Option<Arc<Session>>) -> Flight {
        let (sender, flight) = watch::channel(None);
        let manager = self.clone();
        tokio::spawn(async move {
            let outcome = manager.renew(stale.as_deref()).await.map(|tokens| manager.new_session(tokens));
            {
                let mut state = manager.state();
                match &outcome {
                    // A login meanwhile counts more.
                    Ok(session) if same(state.session.as_ref(), stale.as_ref()) => {
                        state.session = Some(session.clone());
                        state.failed = None;
                    }
                    Ok(_) => {}
                    // What a person puts right on this machine counts at once.
                    Err(error) if error.kind == ErrorKind::Misconfigured => {}
                    Err(error) => state.failed = Some((Instant::now(), error.clone())),
                }
            }
            _ = sender.send(Some(outcome));
        });
        flight
    }

    async fn renew(&self, stale: Option<&Session>) -> Result<Tokens, Error> {
        let Some(store) = &self.store else {
            return self.exchange(stale.map(|stale| &stale.tokens)).await;
        };
        let news = |stored: &Tokens| {
            stored.is_fresh(now_ms()) && stale.is_none_or(|stale| stale.tokens.access != stored.access)
        };
        match store.load()? {
            Some(stored) if news(&stored) => return Ok(stored),
            Some(_) => {}
            // Without a stored grant, what is in memory is the application's own.
            None => return self.exchange(stale.map(|stale| &stale.tokens).filter(|tokens| tokens.application)).await,
        }
        let _lock = store.lock().await?;
        // Another process may have been faster, and the refresh token another one.
        let stored = store.load()?;
        let unsaved = self.state().unsaved.take();
        // A refresh token may end with its first use: it is sent only where the next one can be kept.
        let (room, renewed) = match (stored, unsaved) {
            (Some(stored), _) if news(&stored) => return Ok(stored),
            (Some(stored), Some(unsaved)) if unsaved.issued_ms >= stored.issued_ms => (store.room().await, unsaved),
            (Some(stored), _) => (Ok(store.room().await?), self.exchange(Some(&stored)).await?),
            (None, _) => return self.exchange(None).await,
        };
        let saved = match room {
            Ok(room) => room.save(&renewed).await,
            Err(error) => Err(error),
        };
        if let Err(error) = saved {
            self.state().unsaved = Some(renewed);
            return Err(error);
        }
        Ok(renewed)
    }

    /// The next tokens of a grant; without one, those that the application gets for itself.
    async fn exchange(&self, grant: Option<&Tokens>) -> Result<Tokens, Error> {
        match grant {
            Some(Tokens { application: false, refresh: Some(refresh), .. }) => {
                let next =
                    self.endpoint.ask(Ask::Refresh(refresh)).await.map_err(|error| match error.code.as_deref() {
                        Some("invalid_grant") => self.with_login(error),
                        _ => error,
                    })?;
                Ok(next.after(grant))
            }
            Some(Tokens { application: false, .. }) => {
                let message = "the grant has come to its end, and the vendor gave nothing to renew it with";
                let error = Error::new(ErrorKind::Unauthenticated, Advice::AskPerson, message);
                Err(self.with_login(error))
            }
            Some(Tokens { scope, .. }) => self.endpoint.ask(Ask::Application { scope }).await.map(|t| t.after(grant)),
            None => {
                let asked = self.endpoint.ask(Ask::Application { scope: self.endpoint.scope() }).await;
                asked.map_err(|error| match error.kind {
                    // Applications that act for people are refused in one way or another.
                    ErrorKind::Unauthenticated | ErrorKind::Rejected => {
                        self.with_login(Error { kind: ErrorKind::Unauthenticated, ..error })
                    }
                    _ => error,
                })
            }
        }
    }

    /// Tells what a person can do about it.
    fn with_login(&self, error: Error) -> Error {
        if !self.endpoint.asks_people() {
            return error;
        }
        let message = format!("{}; a person's consent gives a new grant: {}", error.message, self.login);
        Error { message, ..error }
    }

    /// Obtains a grant, keeps it, and gives whom it acts for.
    pub async fn login(&self, ask: Ask<'_>) -> Result<Tokens, Error> {
        // Whatever stands in the way of storing it shows before a code is used up.
        let (_lock, room) = match &self.store {
            Some(store) => (Some(store.lock().await?), Some(store.room().await?)),
            None => (None, None),
        };
        let tokens = self.endpoint.ask(ask).await?;
        if let Some(room) = room {
            room.save(&tokens).await?;
        }
        let session = self.new_session(tokens.clone());
        *self.state() = State { session: Some(session), ..State::default() };
        Ok(tokens)
    }

    /// Uses no token any more.
    pub fn forget(&self) {
        *self.state() = State::default();
    }

    fn new_session(&self, tokens: Tokens) -> Arc<Session> {
        let mut settings: Settings = self.plugin.settings().clone();
        settings.insert(&self.setting, tokens.access.clone());
        let plugin = self.plugin.with_secrets(settings, tokens.refresh.clone());
        Arc::new(Session { plugin, tokens })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long the vendor is left alone after an error.
fn pause(error: &Error) -> Duration {
    let requested = Duration::from_millis(error.retry_after_ms.unwrap_or_default());
    requested.clamp(PAUSE, LONGEST_PAUSE)
}

fn same(one: Option<&Arc<Session>>, other: Option<&Arc<Session>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (None, None) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vendor_is_left_alone_for_five_seconds_at_least_and_for_an_hour_at_most() {
        let day = 24 * 3_600_000;
        for (asked, pause_ms) in
            [(None, 5000), (Some(0), 5000), (Some(5001), 5001), (Some(3_599_999), 3_599_999), (Some(day), 3_600_000)]
        {
            let error = Error::new(ErrorKind::RateLimited, Advice::RetryLater, "wait");
            let error = Error { retry_after_ms: asked, ..error };
            assert_eq!(pause(&error), Duration::from_millis(pause_ms), "{asked:?}");
        }
    }
}
