//! Photos of a record, for those who may read it. A photo is shown only through a record that names it, and only if the
//! device that named it uploaded its bytes: no answer tells whether some other photo exists.

use super::trouble::Trouble;
use crate::app::App;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use gridweave_core::ids::{PhotoHash, RecordId};
use std::path::PathBuf;
use std::sync::Arc;

/// `GET /console/record/{id}/photo/{hash}`.
pub async fn show(
    State(app): State<Arc<App>>,
    Path((id, hash)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let record: RecordId = id.parse().map_err(|_| Trouble::NotFound)?;
    let photo: PhotoHash = hash.parse().map_err(|_| Trouble::NotFound)?;
    let view = app.store.record_view(record).await?.ok_or(Trouble::NotFound)?;
    if !view.has_photo(photo) {
        return Err(Trouble::NotFound);
    }
    let bytes = tokio::fs::read(path(&app, photo)).await.map_err(|error| {
        tracing::error!(kind = ?error.kind(), "a photo that the database has is not on disk");
        Trouble::NotFound
    })?;
    let kind = media_type(&bytes).ok_or(Trouble::NotFound)?;
    // Nothing in the bytes may run, whatever they claim to be.
    Ok(([(CONTENT_TYPE, kind), (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox")], bytes)
        .into_response())
}

/// Where the uploads leave whole photos.
fn path(app: &App, photo: PhotoHash) -> PathBuf {
    let name = photo.to_string();
    app.store.dir().join("photos").join(&name[..2]).join(&name[2..4]).join(&name)
}

/// By the first bytes; only pictures that browsers draw without help.
fn media_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_pictures_are_shown() {
        assert_eq!(super::media_type(&[0xff, 0xd8, 0xff, 0xe0]), Some("image/jpeg"));
        assert_eq!(super::media_type(b"<svg onload="), None);
        assert_eq!(super::media_type(b""), None);
    }
}
