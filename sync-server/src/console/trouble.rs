//! What goes wrong on a page. The gate turns it into a page in the reader's language, with a way on.

use crate::store::StoreError;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// Why there is no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing has this name.
    NotFound,
    /// What was sent is not what the form sends.
    BadForm,
    /// This role may not do this.
    Forbidden,
    /// The form is from another session or another site.
    Stale,
    /// Something was asked for that is refused, for a reason that has a text.
    Refused(&'static str),
    /// The store failed; it was logged.
    Store,
}

impl Trouble {
    /// Status of the answer.
    pub fn status(self) -> StatusCode {
        match self {
            Trouble::NotFound => StatusCode::NOT_FOUND,
            Trouble::BadForm => StatusCode::BAD_REQUEST,
            Trouble::Forbidden | Trouble::Stale => StatusCode::FORBIDDEN,
            Trouble::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Trouble::Store => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Key of the heading: what was asked for is not shown, or it is not done.
    pub fn heading(self) -> &'static str {
        match self {
            Trouble::NotFound | Trouble::Forbidden | Trouble::Store => "trouble.title",
            Trouble::BadForm | Trouble::Stale | Trouble::Refused(_) => "trouble.not_done",
        }
    }

    /// Key of the text that says it.
    pub fn key(self) -> &'static str {
        match self {
            Trouble::NotFound => "trouble.not_found",
            Trouble::BadForm => "trouble.bad_form",
            Trouble::Forbidden => "trouble.forbidden",
            Trouble::Stale => "trouble.stale",
            Trouble::Refused(key) => key,
            Trouble::Store => "trouble.store",
        }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Trouble {
        tracing::error!(%error, "the store failed");
        Trouble::Store
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
