//! Why an upload request is refused, with tus's status and a stable code each.

use super::headers::VERSION;
use crate::edge::problem::Problem;
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use std::io;

/// A refusal of an upload request.
#[derive(Debug, thiserror::Error)]
pub(super) enum TusProblem {
    #[error("this server speaks tus {VERSION}; send Tus-Resumable: {VERSION}")]
    Version,
    #[error("send the upload grant as a bearer token; ask for a new one when it has expired")]
    NoGrant,
    #[error("there is no such upload; create one")]
    NotFound,
    #[error("the upload has expired; create another")]
    Gone,
    #[error("this method is not served here")]
    Method,
    #[error("the {0} header is missing, repeated or malformed")]
    Header(&'static str),
    #[error("the upload's length is not the granted one")]
    LengthNotGranted,
    #[error("the photo is larger than Tus-Max-Size")]
    TooLarge,
    #[error("a PATCH has the type application/offset+octet-stream and no encoding")]
    ContentType,
    #[error("the upload stands at another offset; go on there")]
    Offset { at: u64 },
    #[error("the request holds more bytes than the upload's length leaves")]
    TooMuch,
    #[error("a newer request for this upload took over")]
    Superseded,
    #[error("the checksum's algorithm is not served")]
    ChecksumAlgorithm,
    #[error("the chunk does not fit its checksum and was thrown away; send it again")]
    Checksum,
    #[error("the body broke off; what came is kept, ask for the offset and go on")]
    BrokeOff,
    #[error("the photo does not have the granted hash; the upload was thrown away, create another")]
    PhotoHash,
    #[error("the server's storage is full; try again later")]
    StorageFull,
    #[error("the server's storage failed; try again later")]
    Storage(#[source] io::Error),
    #[error("the server could not note the photo; try again later")]
    NotNoted(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<io::Error> for TusProblem {
    fn from(error: io::Error) -> TusProblem {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => TusProblem::StorageFull,
            _ => TusProblem::Storage(error),
        }
    }
}

impl TusProblem {
    /// Logs what is the server's own trouble; a client's refusals are its own to log.
    pub(super) fn log(&self) {
        match self {
            Self::StorageFull => tracing::warn!("no space left for uploads"),
            Self::Storage(error) => tracing::error!(%error, "the storage of uploads failed"),
            Self::NotNoted(error) => tracing::error!(%error, "a whole photo could not be noted"),
            _ => {}
        }
    }

    fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Version => (StatusCode::PRECONDITION_FAILED, "tus_version"),
            Self::NoGrant => (StatusCode::UNAUTHORIZED, "upload_grant_invalid"),
            Self::NotFound => (StatusCode::NOT_FOUND, "upload_unknown"),
            Self::Gone => (StatusCode::GONE, "upload_expired"),
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::Header(_) => (StatusCode::BAD_REQUEST, "upload_header_malformed"),
            Self::LengthNotGranted => (StatusCode::BAD_REQUEST, "upload_length_not_granted"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "upload_too_large"),
            Self::ContentType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "upload_content_type"),
            Self::Offset { .. } => (StatusCode::CONFLICT, "upload_offset"),
            Self::TooMuch => (StatusCode::PAYLOAD_TOO_LARGE, "upload_past_its_length"),
            Self::Superseded => (StatusCode::CONFLICT, "upload_superseded"),
            Self::ChecksumAlgorithm => (StatusCode::BAD_REQUEST, "upload_checksum_algorithm"),
            Self::Checksum => (checksum_mismatch(), "upload_checksum"),
            Self::BrokeOff => (StatusCode::BAD_REQUEST, "upload_broke_off"),
            Self::PhotoHash => (StatusCode::UNPROCESSABLE_ENTITY, "photo_hash_wrong"),
            Self::StorageFull => (StatusCode::INSUFFICIENT_STORAGE, "storage_full"),
            Self::Storage(_) => (StatusCode::INTERNAL_SERVER_ERROR, "storage_failed"),
            Self::NotNoted(_) => (StatusCode::SERVICE_UNAVAILABLE, "photo_not_noted"),
        }
    }
}

/// 460, which tus defines for its checksum extension.
fn checksum_mismatch() -> StatusCode {
    StatusCode::from_u16(460).expect("460 lies within the statuses")
}

impl IntoResponse for TusProblem {
    fn into_response(self) -> Response {
        let (status, code) = self.status_and_code();
        let mut response = Problem::new(status, code, self.to_string()).into_response();
        let extra = match self {
            Self::Version => {
                Some((HeaderName::from_static("tus-version"), HeaderValue::from_static(VERSION)))
            }
            Self::NoGrant => Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            Self::Offset { at } => Some((HeaderName::from_static("upload-offset"), at.into())),
            _ => None,
        };
        response.headers_mut().extend(extra);
        response
    }
}
