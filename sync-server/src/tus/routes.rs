//! tus over HTTP: which request does what, and the headers that every answer bears.

use super::files::UploadId;
use super::grant::{Grant, GrantCheck};
use super::headers;
use super::problem::TusProblem;
use super::uploads::{Status, Uploads};
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{DefaultBodyLimit, OriginalUri, Path, Request, State};
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use std::sync::Arc;
use std::time::Duration;
use tower_http::timeout::RequestBodyTimeoutLayer;

/// With the answer that completes an upload: the server's proof that it has the photo.
const RECEIPT: &str = "x-receipt";
/// How long a client may pause within a body; what came until then is kept.
const BODY_STALL: Duration = Duration::from_secs(30);

/// The routes, to be nested where uploads are to live: `POST` there creates, `Location` tells the upload's own URL.
///
/// Bounds its bodies itself, by the granted length; merge it outside [`crate::edge::limits::limits`].
pub fn router<G: GrantCheck>(uploads: Arc<Uploads<G>>) -> Router {
    Router::new()
        .route("/", any(collection::<G>))
        .route("/{id}", any(item::<G>))
        .with_state(uploads)
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyTimeoutLayer::new(BODY_STALL))
}

async fn collection<G: GrantCheck>(
    State(uploads): State<Arc<Uploads<G>>>,
    OriginalUri(uri): OriginalUri,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let answer = async {
        match headers::method(&method, &headers)? {
            Method::OPTIONS => Ok(options(&uploads)),
            Method::POST => create(&uploads, uri.path(), &headers).await,
            _ => Err(TusProblem::Method),
        }
    };
    dressed(answer.await)
}

async fn item<G: GrantCheck>(
    State(uploads): State<Arc<Uploads<G>>>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let answer = async {
        let headers = &parts.headers;
        let method = headers::method(&parts.method, headers)?;
        if method == Method::OPTIONS {
            return Ok(options(&uploads));
        }
        if ![Method::HEAD, Method::PATCH, Method::DELETE].contains(&method) {
            return Err(TusProblem::Method);
        }
        let grant = admitted(&uploads, headers).await?;
        let id: UploadId = id.ok().and_then(|Path(id)| id.parse().ok()).ok_or(TusProblem::NotFound)?;
        if method == Method::HEAD {
            let status = uploads.status(grant, id).await?;
            return Ok(described(StatusCode::OK, &status, true));
        }
        if method == Method::DELETE {
            uploads.terminate(grant, id).await?;
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
        headers::content_type(headers)?;
        let offset = headers::number(headers, "upload-offset")?;
        let checksum = headers::checksum(headers)?;
        let status = uploads.clone().append(grant, id, offset, checksum, body).await?;
        let mut answer = described(StatusCode::NO_CONTENT, &status, false);
        let receipt = uploads.receipt(&grant, &status);
        if let Some(Ok(receipt)) = receipt.as_deref().map(HeaderValue::try_from) {
            answer.headers_mut().insert(RECEIPT, receipt);
        }
        Ok(answer)
    };
    dressed(answer.await)
}

fn options<G: GrantCheck>(uploads: &Uploads<G>) -> Response {
    let headers = [
        ("tus-version", headers::VERSION.to_owned()),
        ("tus-extension", headers::EXTENSIONS.to_owned()),
        ("tus-checksum-algorithm", headers::ALGORITHMS.to_owned()),
        ("tus-max-size", uploads.len_max().to_string()),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

async fn create<G: GrantCheck>(
    uploads: &Uploads<G>,
    base: &str,
    headers: &HeaderMap,
) -> Result<Response, TusProblem> {
    let grant = admitted(uploads, headers).await?;
    let len = headers::number(headers, "upload-length")?;
    let metadata = headers::metadata(headers)?;
    if len > uploads.len_max() {
        return Err(TusProblem::TooLarge);
    }
    if len != grant.len {
        return Err(TusProblem::LengthNotGranted);
    }
    let (id, status) = uploads.create(grant, metadata).await?;
    let mut answer = described(StatusCode::CREATED, &status, false);
    answer.headers_mut().remove("upload-offset");
    let location = format!("{}/{id}", base.trim_end_matches('/'));
    // The base is a path that a request has reached, so its characters are those of a header.
    let location = HeaderValue::try_from(location).map_err(|_| TusProblem::NotFound)?;
    answer.headers_mut().insert(LOCATION, location);
    Ok(answer)
}

/// Version first, as tus demands: nothing is processed for another; then the grant.
async fn admitted<G: GrantCheck>(uploads: &Uploads<G>, headers: &HeaderMap) -> Result<Grant, TusProblem> {
    headers::version(headers)?;
    uploads.grant(headers::token(headers)?).await
}

fn described(code: StatusCode, status: &Status, whole: bool) -> Response {
    let mut answer = code.into_response();
    let headers = answer.headers_mut();
    headers.insert("upload-offset", status.offset.into());
    if let Some(Ok(expires)) = status.expires.map(|at| HeaderValue::try_from(httpdate::fmt_http_date(at))) {
        headers.insert("upload-expires", expires);
    }
    if whole {
        headers.insert("upload-length", status.len.into());
        if let Some(Ok(metadata)) = status.metadata.as_deref().map(HeaderValue::try_from) {
            headers.insert("upload-metadata", metadata);
        }
    }
    answer
}

fn dressed(answer: Result<Response, TusProblem>) -> Response {
    let mut answer = answer.unwrap_or_else(|problem| {
        problem.log();
        problem.into_response()
    });
    answer.headers_mut().insert("tus-resumable", HeaderValue::from_static(headers::VERSION));
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

#[cfg(test)]
#[path = "routes_tests.rs"]
mod tests;
