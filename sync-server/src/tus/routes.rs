//! tus over HTTP: which request does what, and the headers that every answer bears.

use super::files::UploadId;
use super::grant::{Grant, GrantCheck};
use super::headers;
use super::problem::TusProblem;
use super::uploads::{Status, Uploads};
use crate::auth::policy::Policy;
use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{DefaultBodyLimit, OriginalUri, Path, Request, State};
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use std::sync::Arc;
use std::time::Duration;
use tower_http::timeout::RequestBodyTimeoutLayer;
use utoipa::OpenApi;

/// With the answer that completes an upload: the server's proof that it has the photo.
const RECEIPT: &str = "x-receipt";
/// How long a client may pause within a body; what came until then is kept.
const BODY_STALL: Duration = Duration::from_secs(30);

/// The routes, to be nested where uploads are to live: `POST` there creates, `Location` tells the upload's own URL.
///
/// Bounds its bodies itself, by the granted length; merge it outside [`crate::edge::limits::limits`].
pub fn router<G: GrantCheck>(uploads: Arc<Uploads<G>>) -> Router {
    use MethodFilter as On;
    let of_collection = On::OPTIONS.or(On::POST);
    let of_item = On::OPTIONS.or(On::HEAD).or(On::PATCH).or(On::DELETE);
    // Other methods come here too: what counts may be the one that a header names.
    Router::new()
        .route("/", on(of_collection, collection::<G>).fallback(collection::<G>))
        .route("/{id}", on(of_item, item::<G>).fallback(item::<G>))
        .with_state(uploads)
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyTimeoutLayer::new(BODY_STALL))
}

/// The routes as the API's document tells them, with who may ask them.
pub fn documented() -> [(Policy, utoipa::openapi::OpenApi); 2] {
    #[derive(OpenApi)]
    #[openapi(paths(served, served_of_upload))]
    struct ForEveryone;
    #[derive(OpenApi)]
    #[openapi(paths(create, status, append, terminate))]
    struct WithGrant;
    [(Policy::Everyone, ForEveryone::openapi()), (Policy::UploadGrant, WithGrant::openapi())]
}

async fn collection<G: GrantCheck>(
    State(uploads): State<Arc<Uploads<G>>>,
    OriginalUri(uri): OriginalUri,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let answer = async {
        match headers::method(&method, &headers)? {
            Method::OPTIONS => Ok(served(&uploads)),
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
            return Ok(served_of_upload(&uploads));
        }
        if ![Method::HEAD, Method::PATCH, Method::DELETE].contains(&method) {
            return Err(TusProblem::Method);
        }
        let grant = admitted(&uploads, headers).await?;
        let id: UploadId = id.ok().and_then(|Path(id)| id.parse().ok()).ok_or(TusProblem::NotFound)?;
        match method {
            Method::HEAD => status(&uploads, grant, id).await,
            Method::DELETE => terminate(&uploads, grant, id).await,
            _ => append(&uploads, grant, id, headers, body).await,
        }
    };
    dressed(answer.await)
}

/// Tells what of tus is served.
#[utoipa::path(options, path = "/v1/uploads", operation_id = "uploads_options", tag = "photos",
    responses((status = 204, description = "What is served.", headers(
        ("Tus-Version" = String), ("Tus-Extension" = String), ("Tus-Checksum-Algorithm" = String),
        ("Tus-Max-Size" = u64, description = "Largest photo, bytes.")
    ))),
    extensions(("x-refusals" = json!({"400": ["upload_header_malformed"]}))))]
fn served<G: GrantCheck>(uploads: &Uploads<G>) -> Response {
    let headers = [
        ("tus-version", headers::VERSION.to_owned()),
        ("tus-extension", headers::EXTENSIONS.to_owned()),
        ("tus-checksum-algorithm", headers::ALGORITHMS.to_owned()),
        ("tus-max-size", uploads.len_max().to_string()),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Tells what of tus is served, whatever the upload.
#[utoipa::path(options, path = "/v1/uploads/{id}", operation_id = "upload_options", tag = "photos",
    params(("id" = String, Path, description = "The upload.")),
    responses((status = 204, description = "What is served.", headers(
        ("Tus-Version" = String), ("Tus-Extension" = String), ("Tus-Checksum-Algorithm" = String),
        ("Tus-Max-Size" = u64, description = "Largest photo, bytes.")
    ))),
    extensions(("x-refusals" = json!({"400": ["upload_header_malformed"]}))))]
fn served_of_upload<G: GrantCheck>(uploads: &Uploads<G>) -> Response {
    served(uploads)
}

/// Begins the upload that was granted.
#[utoipa::path(post, path = "/v1/uploads", operation_id = "upload_create", tag = "photos",
    params(
        ("Tus-Resumable" = String, Header, pattern = "^1\\.0\\.0$", description = "Version of tus."),
        ("Upload-Length" = u64, Header, minimum = 1, maximum = 67_108_864, description = "Length of the photo, bytes; the granted one."),
        ("Upload-Metadata" = Option<String>, Header,
            pattern = "^[!-+\\--~]+( ([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?)?\
                (,[!-+\\--~]+( ([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?)?)*$",
            description = "Pairs of a key and a value in base64; kept and \
            given back, read by nobody.")
    ),
    responses((status = 201, description = "It is begun.", headers(
        ("Location" = String, description = "Its own address."),
        ("Upload-Expires" = String, description = "When it is dropped unless it goes on.")
    ))),
    extensions(("x-refusals" = json!({
        "400": ["upload_header_malformed", "upload_length_not_granted"], "401": ["upload_grant_invalid"],
        "412": ["tus_version"], "413": ["upload_too_large"], "500": ["storage_failed"], "507": ["storage_full"]
    }))))]
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

/// Tells how far an upload is.
#[utoipa::path(head, path = "/v1/uploads/{id}", operation_id = "upload_status", tag = "photos",
    params(
        ("id" = String, Path, pattern = "^[0-9a-f]{32}$", description = "The upload."),
        ("Tus-Resumable" = String, Header, pattern = "^1\\.0\\.0$", description = "Version of tus.")
    ),
    responses((status = 200, description = "How far it is.", headers(
        ("Upload-Offset" = u64, description = "Bytes that are kept."),
        ("Upload-Length" = u64, description = "Length of the photo, bytes."),
        ("Upload-Metadata" = String, description = "As it was sent."),
        ("Upload-Expires" = String, description = "When it is dropped unless it goes on.")
    ))),
    extensions(("x-refusals" = json!({
        "400": ["upload_header_malformed"], "401": ["upload_grant_invalid"], "404": ["upload_unknown"],
        "410": ["upload_expired"], "412": ["tus_version"], "422": ["photo_hash_wrong"], "500": ["storage_failed"],
        "503": ["photo_not_noted"], "507": ["storage_full"]
    }))))]
async fn status<G: GrantCheck>(
    uploads: &Uploads<G>,
    grant: Grant,
    id: UploadId,
) -> Result<Response, TusProblem> {
    Ok(described(StatusCode::OK, &uploads.status(grant, id).await?, true))
}

/// Sends bytes from the offset on; the answer that completes the upload holds the receipt.
#[utoipa::path(patch, path = "/v1/uploads/{id}", operation_id = "upload_append", tag = "photos",
    params(
        ("id" = String, Path, pattern = "^[0-9a-f]{32}$", description = "The upload."),
        ("Tus-Resumable" = String, Header, pattern = "^1\\.0\\.0$", description = "Version of tus."),
        ("Upload-Offset" = u64, Header, description = "Where these bytes begin; where the upload stands."),
        ("Upload-Checksum" = Option<String>, Header,
            pattern = "^(sha1 [A-Za-z0-9+/]{26}[AEIMQUYcgkosw048]=|sha256 [A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)$", description = "`sha1` or `sha256`, and the base64 of the sum of \
            these bytes.")
    ),
    request_body(content_type = "application/offset+octet-stream", description = "The bytes."),
    responses((status = 204, description = "They are kept.", headers(
        ("Upload-Offset" = u64, description = "Bytes that are kept now."),
        ("Upload-Expires" = String, description = "When it is dropped unless it goes on."),
        ("X-Receipt" = String, description = "When it is whole: the receipt key's signature on device and hash.")
    ))),
    extensions(("x-refusals" = json!({
        "400": ["upload_header_malformed", "upload_checksum_algorithm", "upload_broke_off"],
        "401": ["upload_grant_invalid"], "404": ["upload_unknown"], "409": ["upload_offset", "upload_superseded"],
        "410": ["upload_expired"], "412": ["tus_version"], "413": ["upload_past_its_length"],
        "415": ["upload_content_type"], "422": ["photo_hash_wrong"], "460": ["upload_checksum"],
        "500": ["storage_failed"], "503": ["photo_not_noted"], "507": ["storage_full"]
    }))))]
async fn append<G: GrantCheck>(
    uploads: &Arc<Uploads<G>>,
    grant: Grant,
    id: UploadId,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, TusProblem> {
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
}

/// Takes an upload back that is not whole.
#[utoipa::path(delete, path = "/v1/uploads/{id}", operation_id = "upload_terminate", tag = "photos",
    params(
        ("id" = String, Path, pattern = "^[0-9a-f]{32}$", description = "The upload."),
        ("Tus-Resumable" = String, Header, pattern = "^1\\.0\\.0$", description = "Version of tus.")
    ),
    responses((status = 204, description = "It is gone.")),
    extensions(("x-refusals" = json!({
        "400": ["upload_header_malformed"], "401": ["upload_grant_invalid"], "404": ["upload_unknown"],
        "410": ["upload_expired"], "412": ["tus_version"], "500": ["storage_failed"], "507": ["storage_full"]
    }))))]
async fn terminate<G: GrantCheck>(
    uploads: &Uploads<G>,
    grant: Grant,
    id: UploadId,
) -> Result<Response, TusProblem> {
    uploads.terminate(grant, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
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
