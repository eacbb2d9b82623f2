//! The one way into the console: every route names what one must be allowed to do, and nothing is reached past it.
//!
//! In this order: language, session, permission, and for what changes something the origin and the token of the session.
//! Then the handler; then what went wrong becomes a page, and every answer gets the headers that keep scripts of others
//! out and copies of pages off the disk.

use super::fields::Fields;
use super::frame::{Frame, page};
use super::lang::{self, Lang};
use super::trouble::Trouble;
use crate::app::App;
use crate::auth::person::{self, Signed};
use crate::auth::policy::Action;
use askama::Template;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::http::header::*;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get, post};
use std::sync::Arc;

/// Largest form, bytes.
const FORM_BYTES_MAX: usize = 256 << 10;
const POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; \
                      form-action 'self'; img-src 'self' data:; require-trusted-types-for 'script'; trusted-types default";

/// Routes with what each asks of the reader.
#[derive(Default)]
pub struct Routes {
    /// For the server.
    pub router: Router<Arc<App>>,
    /// For the test of the table.
    pub table: Vec<Entry>,
}

/// One route.
#[derive(Debug, Clone)]
#[cfg_attr(not(test), expect(dead_code, reason = "read by the test that no route is without a policy"))]
pub struct Entry {
    /// `GET` or `POST`.
    pub method: Method,
    /// Its path.
    pub path: &'static str,
    /// What one must be allowed to do; `None`: open to all.
    pub action: Option<Action>,
}

impl Routes {
    /// A page for those who may do `action`.
    pub fn get<H, T>(self, path: &'static str, action: Action, handler: H) -> Routes
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        self.add(Method::GET, path, Some(action), handler)
    }

    /// A form for those who may do `action`.
    pub fn post<H, T>(self, path: &'static str, action: Action, handler: H) -> Routes
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        self.add(Method::POST, path, Some(action), handler)
    }

    /// A page or form for everybody.
    pub fn open<H, T>(self, method: Method, path: &'static str, handler: H) -> Routes
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        self.add(method, path, None, handler)
    }

    /// Everything else below a path (`/console/{*rest}`): the page that says so.
    pub fn rest(mut self, path: &'static str) -> Routes {
        self.router = self.router.route(path, any(nothing_here));
        self
    }

    fn add<H, T>(mut self, method: Method, path: &'static str, action: Option<Action>, handler: H) -> Routes
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        let behind = move |State(app): State<Arc<App>>, request: Request| async move {
            through(app, request, action, handler).await
        };
        let route = if method == Method::POST { post(behind) } else { get(behind) };
        self.router = self.router.route(path, route);
        self.table.push(Entry { method, path, action });
        self
    }
}

/// The page for what no route has, in the reader's language.
pub async fn nothing_here(State(app): State<Arc<App>>, request: Request) -> Response {
    through(app, request, None, async || Trouble::NotFound).await
}

async fn through<H, T>(app: Arc<App>, request: Request, action: Option<Action>, handler: H) -> Response
where
    H: Handler<T, Arc<App>>,
    T: 'static,
{
    let (chosen, lang) = language(&request);
    let signed = Signed::read(&app, request.headers()).await;
    let who = signed.as_ref().ok().cloned().flatten();
    let frame = Frame::new(&app, lang, who.clone(), request.uri().path(), request.uri().query());
    let answer = match signed {
        Err(error) => Trouble::from(error).into_response(),
        Ok(_) => match admit(request, action, who.as_ref()).await {
            Ok(mut request) => {
                request.extensions_mut().insert(frame.clone());
                handler.call(request, app.clone()).await
            }
            Err(answer) => answer,
        },
    };
    finish(answer, frame, chosen.then_some(lang))
}

/// Lets a request through, with its form read, or says why not.
async fn admit(request: Request, action: Option<Action>, who: Option<&Signed>) -> Result<Request, Response> {
    if let Some(action) = action {
        match who {
            None if request.method() == Method::GET => {
                return Err(Redirect::to("/console/sign-in").into_response());
            }
            None => return Err(Trouble::Stale.into_response()),
            Some(who) if !who.may(action) => return Err(Trouble::Forbidden.into_response()),
            Some(_) => {}
        }
    }
    if request.method() != Method::POST {
        return Ok(request);
    }
    let (mut parts, body) = request.into_parts();
    if !person::same_origin(&parts.headers) {
        return Err(Trouble::Stale.into_response());
    }
    let body = to_bytes(body, FORM_BYTES_MAX).await.map_err(|_| Trouble::BadForm.into_response())?;
    let fields = Fields::parse(&body);
    if let (Some(who), Some(_)) = (who, action) {
        let header = parts.headers.get("x-csrf").and_then(|value| value.to_str().ok());
        let token = header.or(fields.get("csrf")).unwrap_or("");
        if !person::equal_secrets(token, &who.csrf) {
            return Err(Trouble::Stale.into_response());
        }
    }
    parts.extensions.insert(fields);
    Ok(Request::from_parts(parts, Body::from(body)))
}

/// The language to answer in, and whether it was chosen just now.
fn language(request: &Request) -> (bool, Lang) {
    let query = Fields::parse(request.uri().query().unwrap_or("").as_bytes());
    if let Some(lang) = query.get("lang").and_then(Lang::of) {
        return (true, lang);
    }
    let kept = person::cookie(request.headers(), lang::COOKIE_NAME).and_then(Lang::of);
    (false, kept.unwrap_or_else(|| Lang::preferred(request.headers())))
}

fn finish(answer: Response, frame: Frame, chosen: Option<Lang>) -> Response {
    let trouble = answer.extensions().get::<Trouble>().copied().or_else(|| turned_away(&answer));
    let mut answer = match trouble {
        Some(trouble) => {
            let mut shown = page(&TroublePage { f: frame, heading: trouble.heading(), says: trouble.key() });
            *shown.status_mut() = trouble.status();
            shown
        }
        None => answer,
    };
    if let Some(lang) = chosen {
        let text = format!("{}={}; Path=/; SameSite=Strict; Max-Age=31536000", lang::COOKIE_NAME, lang.tag());
        let cookie = HeaderValue::from_str(&text).expect("a language tag is a header");
        answer = person::with_cookie(answer, cookie);
    }
    guard(answer.headers_mut());
    answer
}

/// A path that is no text is turned away before any handler, in nobody's language.
fn turned_away(answer: &Response) -> Option<Trouble> {
    let kind = answer.headers().get(CONTENT_TYPE)?;
    let plain = kind.as_bytes().starts_with(b"text/plain") && answer.status() == StatusCode::BAD_REQUEST;
    plain.then_some(Trouble::NotFound)
}

fn guard(headers: &mut HeaderMap) {
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(CONTENT_SECURITY_POLICY, POLICY);
    set(CACHE_CONTROL, "no-store");
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
}

#[derive(Template)]
#[template(path = "trouble.html")]
struct TroublePage {
    f: Frame,
    heading: &'static str,
    says: &'static str,
}
