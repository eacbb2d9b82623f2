//! Signing in and out.

use super::fields::Fields;
use super::frame::{Frame, page};
use super::trouble::Trouble;
use crate::app::App;
use crate::auth::limits::Stranger;
use crate::auth::person::{self, SignInError};
use crate::edge::rate::{TooOften, retry_after};
use askama::Template;
use axum::extract::State;
use axum::http::header::HeaderName;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    f: Frame,
    login: String,
    wrong: bool,
    wait_s: i64,
}

/// `GET /console/sign-in`.
pub async fn form(f: Frame) -> Response {
    if f.who.is_some() {
        return Redirect::to("/console").into_response();
    }
    page(&SignInPage { f, login: String::new(), wrong: false, wait_s: 0 })
}

/// `POST /console/sign-in`.
pub async fn sign_in(
    State(app): State<Arc<App>>,
    f: Frame,
    Stranger(admitted): Stranger,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Trouble> {
    let login = fields.get("login").unwrap_or("").to_owned();
    // A password is taken as it was typed, spaces and all.
    let password = fields.all("password").next().unwrap_or("").to_owned();
    let tried = match admitted {
        Ok(()) => person::sign_in(&app, &headers, &login, &password).await,
        Err(TooOften { wait_s }) => Err(SignInError::Wait(wait_s.into())),
    };
    let (wrong, wait_s) = match tried {
        Ok(session) => {
            return Ok(person::with_cookie(Redirect::to("/console").into_response(), session.cookie));
        }
        Err(SignInError::Wrong) => (true, 0),
        Err(SignInError::Wait(seconds)) => (false, seconds),
        Err(SignInError::Store(error)) => return Err(error.into()),
    };
    let mut again = page(&SignInPage { f, login, wrong, wait_s });
    if wrong {
        *again.status_mut() = StatusCode::UNAUTHORIZED;
        return Ok(again);
    }
    *again.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    Ok(retry_after(again, u32::try_from(wait_s).unwrap_or(u32::MAX)))
}

/// `POST /console/sign-out`.
pub async fn sign_out(State(app): State<Arc<App>>, f: Frame) -> Result<Response, Trouble> {
    let signed = f.who.ok_or(Trouble::Stale)?;
    app.store.end_web_session(signed, app.now_ms()).await?;
    let mut response =
        person::with_cookie(Redirect::to("/console/sign-in").into_response(), person::forget_cookie(&app));
    response.headers_mut().insert(
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\", \"storage\""),
    );
    Ok(response)
}
