//! Files that pages name: compiled in, so that the binary is whole. The map's script is there only if npm was when the
//! server was built; without it the map is the server's drawing.

use super::trouble::Trouble;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// What `web/` was bundled to, by name: media type and bytes, none where there was no npm.
const SCRIPTS: [(&str, &str, &[u8]); 3] = [
    ("map.js", "text/javascript; charset=utf-8", include_bytes!(concat!(env!("OUT_DIR"), "/web/map.js"))),
    (
        "map-worker.js",
        "text/javascript; charset=utf-8",
        include_bytes!(concat!(env!("OUT_DIR"), "/web/map-worker.js")),
    ),
    ("map.css", "text/css; charset=utf-8", include_bytes!(concat!(env!("OUT_DIR"), "/web/map.css"))),
];

/// A woven grid: the strands of one direction go over and under those of the other.
const ICON: (&str, &[u8]) = ("image/svg+xml", include_bytes!("../../assets/icon.svg"));

/// Whether the map's script was built in.
pub fn has_map_script() -> bool {
    SCRIPTS.iter().all(|script| !script.2.is_empty())
}

/// `GET /console/assets/{file}`.
pub async fn file(Path(name): Path<String>) -> Result<Response, Trouble> {
    let (kind, bytes): (&str, &'static [u8]) = match name.as_str() {
        "console.css" => ("text/css; charset=utf-8", include_bytes!("../../assets/console.css")),
        "icon.svg" => ICON,
        name => match SCRIPTS.iter().find(|script| script.0 == name && !script.2.is_empty()) {
            Some(script) => (script.1, script.2),
            None => return Err(Trouble::NotFound),
        },
    };
    Ok(served(kind, bytes))
}

/// `GET /favicon.ico`: what browsers ask for beside pages that name no icon, a picture or a JSON answer.
pub async fn icon() -> Response {
    served(ICON.0, ICON.1)
}

fn served(kind: &'static str, bytes: &'static [u8]) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache")], bytes).into_response()
}
