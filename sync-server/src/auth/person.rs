//! People: sign-in with a password, then a session in a cookie.
//!
//! The cookie holds 256 random bits and means nothing by itself; the database knows its hash. A session ends after 30
//! minutes without a request, after 8 hours in any case, and at once when the person signs out or is disabled.

use super::password;
use super::policy::{Action, Policy, Role, can};
use crate::api::error::{ApiError, Refusals};
use crate::app::App;
use crate::store::StoreError;
use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use gridweave_core::ids::{PersonNo, from_hex, to_hex};
use rand::RngExt;
use sha2::{Digest, Sha256};
use std::sync::{Arc, OnceLock};
use tokio::sync::Semaphore;

/// Name of the cookie.
pub const COOKIE_NAME: &str = "gridweave";
/// A session ends after so long without a request, milliseconds.
pub const IDLE_MS_MAX: i64 = 30 * 60 * 1000;
/// A session ends after so long in any case, milliseconds.
pub const SESSION_MS_MAX: i64 = 8 * 60 * 60 * 1000;
/// Password checks at a time: each takes 19 MiB and a core.
static CHECKS: Semaphore = Semaphore::const_new(2);
/// Longest name and password that are looked at, bytes: what is longer is nobody's, and is not kept.
const TYPED_BYTES_MAX: usize = 256;

/// Someone who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Who.
    pub person: PersonNo,
    /// Name, for the person's own screen.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Stands in every form of this session.
    pub csrf: String,
    /// The session, as the database knows it.
    pub token_hash: [u8; 32],
}

impl Signed {
    /// Whether this person may do this.
    pub fn may(&self, action: Action) -> bool {
        can(self.role, action)
    }

    /// Reads who asks from the request's cookie; `None`: nobody, or the session has ended.
    pub async fn read(app: &App, headers: &HeaderMap) -> Result<Option<Signed>, StoreError> {
        let Some(token) = cookie(headers, COOKIE_NAME).and_then(from_hex).filter(|t| t.len() == 32) else {
            return Ok(None);
        };
        app.store.web_session(hash(&token), app.now_ms()).await
    }
}

/// How the API refuses whom this extractor does not let through.
pub const REFUSALS: Refusals = &[(401, &["not_signed_in"]), (403, &["forbidden"])];
/// And what changes something without the session's token.
pub const CSRF_REFUSALS: Refusals = &[(403, &["csrf"])];

/// For handlers of the API that people use. The route's [`Policy`] says what one must be allowed to do: a route without
/// one lets nobody through. What changes something must hold the session's token, which other sites cannot make a
/// browser send.
impl FromRequestParts<Arc<App>> for Signed {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Signed, ApiError> {
        let signed = Signed::read(app, &parts.headers).await?.ok_or_else(|| {
            ApiError::new(
                401,
                "not_signed_in",
                "nobody is signed in, or the session has ended; sign in first",
            )
        })?;
        match parts.extensions.get() {
            Some(Policy::Person(action)) if signed.may(*action) => {}
            _ => return Err(ApiError::new(403, "forbidden", "your role does not allow this")),
        }
        let token = parts.headers.get("x-csrf").and_then(|value| value.to_str().ok()).unwrap_or("");
        if !parts.method.is_safe() && !equal_secrets(token, &signed.csrf) {
            return Err(ApiError::new(
                403,
                "csrf",
                "the header X-CSRF does not hold what signing in answered",
            ));
        }
        Ok(signed)
    }
}

/// A session that begins.
#[derive(Debug)]
pub struct NewSession {
    /// The cookie to set.
    pub cookie: HeaderValue,
    /// What its forms hold.
    pub csrf: String,
}

/// Why somebody is not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Name or password is wrong, or the person does not sign in: one answer for all.
    #[error("the name or the password is wrong")]
    Wrong,
    /// Too many failures under this name.
    #[error("too many failures; wait {0} seconds and try again")]
    Wait(i64),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Signs in, ending the session that the browser came with.
pub async fn sign_in(
    app: &App,
    headers: &HeaderMap,
    login: &str,
    typed: &str,
) -> Result<NewSession, SignInError> {
    if login.len().max(typed.len()) > TYPED_BYTES_MAX {
        return Err(SignInError::Wrong);
    }
    let login = login.trim().to_lowercase();
    may_try(app, &login)?;
    let known = app.store.credentials(login.clone()).await?.filter(|c| c.role.signs_in());
    let (stored, typed) = (known.as_ref().map(|c| c.password.clone()), typed.to_owned());
    let _permit = CHECKS.acquire().await.map_err(|_| StoreError::Stopped)?;
    // Others may have failed under this name while this one waited for its turn.
    may_try(app, &login)?;
    let now_ms = app.now_ms();
    // An unknown name costs the same work as a known one.
    let fits = tokio::task::spawn_blocking(move || match stored {
        Some(stored) => password::fits(&typed, &stored),
        None => {
            password::fits(&typed, nobodys_password());
            false
        }
    })
    .await
    .map_err(|_| StoreError::Stopped)?;
    let Some(person) = known.filter(|_| fits) else {
        app.sign_ins.failed(&login, now_ms);
        return Err(SignInError::Wrong);
    };
    app.sign_ins.succeeded(&login);
    let token: [u8; 32] = rand::rng().random();
    let csrf = to_hex(&rand::rng().random::<[u8; 16]>());
    let old = cookie(headers, COOKIE_NAME).and_then(from_hex).map(|token| hash(&token));
    app.store.begin_web_session(hash(&token), person.no, csrf.clone(), old, now_ms).await?;
    let cookie = set_cookie(app, &to_hex(&token), SESSION_MS_MAX / 1000);
    Ok(NewSession { cookie, csrf })
}

fn may_try(app: &App, login: &str) -> Result<(), SignInError> {
    match app.sign_ins.wait_ms(login, app.now_ms()) {
        0 => Ok(()),
        wait_ms => Err(SignInError::Wait((wait_ms + 999) / 1000)),
    }
}

/// The header that makes the browser forget its session.
pub fn forget_cookie(app: &App) -> HeaderValue {
    set_cookie(app, "", 0)
}

fn set_cookie(app: &App, value: &str, seconds: i64) -> HeaderValue {
    let over_tls = app.urls.first().is_some_and(|url| url.starts_with("https://"));
    let secure = if over_tls { "; Secure" } else { "" };
    let text = format!("{COOKIE_NAME}={value}; HttpOnly; SameSite=Strict; Path=/; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&text).expect("hexadecimal digits and ASCII are a header")
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// Puts a cookie into an answer.
pub fn with_cookie(mut response: Response, cookie: HeaderValue) -> Response {
    response.headers_mut().append(SET_COOKIE, cookie);
    response
}

/// Whether a request that changes something comes from a page of this server. Browsers say where it comes from;
/// programs say nothing and are held by the token alone.
pub fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("origin"), text("host")) {
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, origin_host)| origin_host.eq_ignore_ascii_case(host))
        }
        (Some(_), None) => false,
        (None, _) => matches!(text("sec-fetch-site"), None | Some("same-origin" | "none")),
    }
}

/// Whether two secrets are equal, in a time that does not tell where they differ.
pub fn equal_secrets(a: &str, b: &str) -> bool {
    // Hashes differ everywhere, wherever the texts do.
    hash(a.as_bytes()) == hash(b.as_bytes()) && !a.is_empty()
}

fn nobodys_password() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| password::hash("nobody").unwrap_or_default())
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_from_elsewhere_is_told_by_its_origin() {
        let headers = |pairs: &[(&'static str, &'static str)]| -> HeaderMap {
            pairs.iter().map(|(k, v)| (k.parse().unwrap(), HeaderValue::from_static(v))).collect()
        };
        assert!(same_origin(&headers(&[("origin", "http://a:1"), ("host", "a:1")])));
        assert!(!same_origin(&headers(&[("origin", "http://b:1"), ("host", "a:1")])));
        assert!(!same_origin(&headers(&[("origin", "null"), ("host", "a:1")])));
        assert!(!same_origin(&headers(&[("sec-fetch-site", "cross-site"), ("host", "a:1")])));
        assert!(same_origin(&headers(&[("host", "a:1")])));
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_static("lang=en; gridweave=ab; x=gridweave=cd"));
        assert_eq!(cookie(&headers, "gridweave"), Some("ab"));
        assert_eq!(cookie(&headers, "grid"), None);
    }

    #[test]
    fn no_empty_token_equals_anything() {
        assert!(equal_secrets("ab", "ab") && !equal_secrets("ab", "ac") && !equal_secrets("", ""));
    }
}
