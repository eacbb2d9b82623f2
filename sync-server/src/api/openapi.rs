//! `GET /v1/openapi.json`: what the API is, made from its routes and the annotations beside their handlers.

use crate::auth::person::COOKIE_NAME;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::OnceLock;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Components, OpenApi};
use utoipa::{Modify, OpenApi as _};

/// The document.
#[utoipa::path(get, path = "/v1/openapi.json", operation_id = "openapi", tag = "server",
    responses((status = 200, description = "This document.", body = Value)))]
pub async fn show() -> Response {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    let text = DOCUMENT.get_or_init(|| document().to_string());
    ([(CONTENT_TYPE, "application/json")], text.as_str()).into_response()
}

/// The document of all operations.
pub fn document() -> Value {
    let (_, openapi) = super::table().split();
    let mut document = serde_json::to_value(openapi).expect("a document is plain data");
    tighten(&mut document);
    document
}

/// What the document says of the whole.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Gridweave", description = "What devices, people and programs may ask of a city's server."),
    components(schemas(gridweave_core::wire::Refusal)),
    modifiers(&Schemes),
    tags(
        (name = "server", description = "The server itself."),
        (name = "devices", description = "The exchange of sync. Messages are `postcard` under Zstandard; with \
            `Content-Type: application/json` a request is read as JSON, with `Accept: application/json` the answer is \
            JSON. Refusals are JSON always."),
        (name = "photos", description = "Uploads of photos: tus 1.0 with creation, checksum, expiration and \
            termination. Clients that know no PATCH send another method with `X-HTTP-Method-Override`."),
        (name = "people", description = "What people and integrators read and settle. Personal values are masked \
            unless `X-Reason` says why they are wanted; that is written to the audit log first."),
    )
)]
struct About;

/// What the document says before any operation is added.
pub fn about() -> OpenApi {
    About::openapi()
}

/// How one shows who one is.
struct Schemes;

impl Modify for Schemes {
    fn modify(&self, openapi: &mut OpenApi) {
        let components = openapi.components.get_or_insert_with(Components::new);
        let key = |key: fn(ApiKeyValue) -> ApiKey, name: &str, says: &str| {
            SecurityScheme::ApiKey(key(ApiKeyValue::with_description(name, says)))
        };
        let grant = Http::builder().scheme(HttpAuthScheme::Bearer).description(Some(
            "The token that `POST /v1/upload-grants` answered: for one device, one hash and one length, for a day.",
        ));
        components.add_security_schemes_from_iter([
            ("deviceSignature", key(ApiKey::Header, "Signature", DEVICE_SIGNATURE)),
            ("uploadGrant", SecurityScheme::Http(grant.build())),
            ("session", key(ApiKey::Cookie, COOKIE_NAME, "The cookie that `POST /v1/sign-in` set.")),
            (
                "csrf",
                key(
                    ApiKey::Header,
                    "X-CSRF",
                    "What `POST /v1/sign-in` answered as `csrf`; with everything that changes something.",
                ),
            ),
        ]);
    }
}

const DEVICE_SIGNATURE: &str = "RFC 9421 (HTTP Message Signatures) by the device's Ed25519 key. `X-Device` is the \
    device's number, `X-Counter` a whole number that this device never used before; a used one answers 409 with the \
    one to go past. Signed are exactly `@method`, `@path`, `@query`, `x-device`, `x-counter`, and `content-digest` \
    (RFC 9530, `sha-256`) exactly when there is a body. `keyid` repeats `X-Device`; `alg`, `created` and `nonce` may \
    stand there. `Signature-Input` and `Signature` hold one signature.";

/// Says what the annotations leave unsaid: a format of whole numbers has bounds and one name, a tuple a length, and no
/// parameter is `null`.
fn tighten(at: &mut Value) {
    match at {
        Value::Array(items) => items.iter_mut().for_each(tighten),
        Value::Object(object) => {
            let format =
                object.get("format").and_then(Value::as_str).map(|name| name.replace("u-int", "uint"));
            let bounds = match format.as_deref() {
                Some("uint8") => Some((json!(0), json!(u8::MAX))),
                Some("uint16") => Some((json!(0), json!(u16::MAX))),
                Some("uint32") => Some((json!(0), json!(u32::MAX))),
                Some("uint64") => Some((json!(0), json!(u64::MAX))),
                Some("int32") => Some((json!(i32::MIN), json!(i32::MAX))),
                Some("int64") => Some((json!(i64::MIN), json!(i64::MAX))),
                _ => None,
            };
            if let (Some(format), Some((least, greatest))) = (format, bounds) {
                object.insert("format".into(), json!(format));
                object.entry("minimum").or_insert(least);
                object.entry("maximum").or_insert(greatest);
            }
            if let Some(len) = object.get("prefixItems").and_then(Value::as_array).map(Vec::len) {
                object.insert("minItems".into(), json!(len));
            }
            if object.contains_key("in")
                && let Some(Value::Array(types)) = object.get_mut("schema").and_then(|s| s.get_mut("type"))
            {
                types.retain(|name| name != "null");
            }
            object.values_mut().for_each(tighten);
        }
        _ => {}
    }
}

#[cfg(test)]
#[path = "openapi_tests.rs"]
mod tests;
