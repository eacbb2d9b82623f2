//! tus 1.0 word for word, request by request.

use super::*;
use crate::tus::UploadsConfig;
use crate::tus::test_grants::{TestGrants, grant_for, photo};
use axum::body::{Body, to_bytes};
use tempfile::TempDir;
use tower::ServiceExt;

struct Stand {
    _dir: TempDir,
    grants: Arc<TestGrants>,
    router: Router,
}

/// An answer, taken apart.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|v| v.to_str().unwrap())
    }
    fn code(&self) -> String {
        let json: serde_json::Value = serde_json::from_str(&self.body).unwrap_or_default();
        json["code"].as_str().unwrap_or_default().to_owned()
    }
}

const TYPE: (&str, &str) = ("content-type", "application/offset+octet-stream");
const PHOTO_LEN: usize = 100;

impl Stand {
    /// A server that grants `a` and `b` (two devices, the same photo) and serves uploads under `/v1/uploads`.
    async fn new() -> Stand {
        let (dir, grants) = (tempfile::tempdir().unwrap(), Arc::new(TestGrants::default()));
        for (token, device) in [("a", 1), ("b", 2)] {
            grants.by_token.lock().unwrap().insert(token.into(), grant_for(device, &photo(PHOTO_LEN, 1)));
        }
        let config = UploadsConfig { len_max: 1000, ..UploadsConfig::default() };
        let uploads = Uploads::open(dir.path().into(), Arc::clone(&grants), config).await.unwrap();
        let router = Router::new().nest("/v1/uploads", router(uploads));
        Stand { _dir: dir, grants, router }
    }

    /// As `a`, with the right version, unless the headers say otherwise (an empty value leaves one out).
    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut all = vec![("tus-resumable", "1.0.0"), ("authorization", "Bearer a")];
        all.retain(|(name, _)| !headers.iter().any(|(n, _)| n == name));
        all.extend(headers.iter().filter(|(_, value)| !value.is_empty()));
        let mut request = axum::http::Request::builder().method(method).uri(path);
        for (name, value) in all {
            request = request.header(name, value);
        }
        let answer =
            self.router.clone().oneshot(request.body(Body::from(body.to_vec())).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = String::from_utf8(to_bytes(body, 10_000).await.unwrap().to_vec()).unwrap();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    async fn create(&self) -> String {
        let answer = self.send("POST", "/v1/uploads", &[("upload-length", "100")], b"").await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.header("location").unwrap().to_owned()
    }

    async fn patch(&self, url: &str, offset: &str, body: &[u8]) -> Answer {
        self.send("PATCH", url, &[TYPE, ("upload-offset", offset)], body).await
    }

    async fn offset(&self, url: &str) -> String {
        let answer = self.send("HEAD", url, &[], b"").await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
        answer.header("upload-offset").unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_photo_is_created_sent_in_parts_and_complete() {
    let stand = Stand::new().await;
    let created = stand.send("POST", "/v1/uploads", &[("upload-length", "100")], b"").await;
    assert_eq!(created.header("tus-resumable"), Some("1.0.0"));
    assert!(created.header("upload-expires").unwrap().ends_with("GMT"));
    let url = created.header("location").unwrap();
    assert!(url.starts_with("/v1/uploads/") && url.len() == "/v1/uploads/".len() + 32);
    let bytes = photo(PHOTO_LEN, 1);
    let first = stand.patch(url, "0", &bytes[..30]).await;
    assert_eq!((first.status, first.header("upload-offset")), (204, Some("30")));
    assert!(first.header("upload-expires").is_some());
    assert_eq!(stand.offset(url).await, "30");
    let last = stand.patch(url, "30", &bytes[30..]).await;
    assert_eq!((last.status, last.header("upload-offset")), (204, Some("100")));
    assert!(last.header("upload-expires").is_none());
    let head = stand.send("HEAD", url, &[], b"").await;
    assert_eq!((head.header("upload-offset"), head.header("upload-length")), (Some("100"), Some("100")));
    // The last answer may have been lost: asking again does no harm.
    assert_eq!(stand.patch(url, "100", b"").await.status, 204);
    let completed = stand.grants.completed.lock().unwrap();
    assert_eq!(completed.len(), 1);
    assert_eq!(std::fs::read(&completed[0].1).unwrap(), bytes);
}

#[tokio::test]
async fn options_tells_what_is_served_without_version_or_grant() {
    let stand = Stand::new().await;
    for path in ["/v1/uploads", "/v1/uploads/anything"] {
        let answer = stand.send("OPTIONS", path, &[("tus-resumable", ""), ("authorization", "")], b"").await;
        assert_eq!(answer.status, 204);
        assert_eq!(answer.header("tus-version"), Some("1.0.0"));
        assert_eq!(answer.header("tus-extension"), Some("creation,checksum,expiration,termination"));
        assert_eq!(answer.header("tus-checksum-algorithm"), Some("sha1,sha256"));
        assert_eq!(answer.header("tus-max-size"), Some("1000"));
    }
}

#[tokio::test]
async fn another_version_is_refused_unprocessed() {
    let stand = Stand::new().await;
    let url = stand.create().await;
    for version in ["", "0.2.2", "1.0.1", "1.0.0,1.0.0"] {
        let headers = [("tus-resumable", version), TYPE, ("upload-offset", "0"), ("upload-length", "100")];
        for (method, path) in [("POST", "/v1/uploads"), ("PATCH", &url), ("HEAD", &url), ("DELETE", &url)] {
            let answer = stand.send(method, path, &headers, b"abc").await;
            assert_eq!(
                (answer.status, answer.header("tus-version")),
                (412, Some("1.0.0")),
                "{method} {version}"
            );
            // An answer to HEAD has no body.
            assert_eq!(answer.code(), if method == "HEAD" { "" } else { "tus_version" });
        }
    }
    assert_eq!(stand.offset(&url).await, "0");
}

#[tokio::test]
async fn without_the_owners_grant_an_upload_does_not_exist() {
    let stand = Stand::new().await;
    let url = stand.create().await;
    let unknown = format!("/v1/uploads/{}", "0".repeat(32));
    for method in ["HEAD", "PATCH", "DELETE"] {
        let common = [TYPE, ("upload-offset", "0")];
        for grant in ["", "a", "Basic a", "Bearer ", "Bearer x", &format!("Bearer {}", "a".repeat(600))] {
            let answer =
                stand.send(method, &url, &[common[0], common[1], ("authorization", grant)], b"x").await;
            assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Bearer")), "{grant}");
        }
        let foreign = [common[0], common[1], ("authorization", "Bearer b")];
        let foreign = stand.send(method, &url, &foreign, b"x").await;
        let none = stand.send(method, &unknown, &common, b"x").await;
        assert_eq!((foreign.status, &foreign.headers, &foreign.body), (404, &none.headers, &none.body));
        assert!(foreign.header("upload-offset").is_none());
    }
    assert_eq!(stand.offset(&url).await, "0");
}

#[tokio::test]
async fn a_patch_needs_its_type_and_the_present_offset() {
    let stand = Stand::new().await;
    let url = stand.create().await;
    stand.patch(&url, "0", &[1; 10]).await;
    for kind in ["", "application/octet-stream", "application/offset+octet-stream; a=b"] {
        let answer =
            stand.send("PATCH", &url, &[("content-type", kind), ("upload-offset", "10")], b"x").await;
        assert_eq!((answer.status, answer.code().as_str()), (415, "upload_content_type"), "{kind}");
    }
    let packed = [TYPE, ("upload-offset", "10"), ("content-encoding", "gzip")];
    assert_eq!(stand.send("PATCH", &url, &packed, b"x").await.status, 415);
    for offset in ["0", "9", "11", "100", "18446744073709551615"] {
        let answer = stand.patch(&url, offset, b"x").await;
        assert_eq!((answer.status, answer.header("upload-offset")), (409, Some("10")), "{offset}");
    }
    for offset in ["", "-1", "x", "1e1"] {
        assert_eq!(stand.patch(&url, offset, b"x").await.status, 400, "{offset}");
    }
    assert_eq!(stand.patch(&url, "10", &[1; 91]).await.status, 413);
    assert_eq!(stand.offset(&url).await, "10");
}

#[tokio::test]
async fn only_the_granted_length_within_the_bound_is_created() {
    let stand = Stand::new().await;
    let cases =
        [("1001", 413), ("18446744073709551615", 413), ("99", 400), ("0", 400), ("", 400), ("-1", 400)];
    for (length, status) in cases {
        let answer = stand.send("POST", "/v1/uploads", &[("upload-length", length)], b"").await;
        assert_eq!(answer.status, status, "{length}");
    }
    // Neither deferred lengths nor concatenation are served.
    for extension in [("upload-defer-length", "1"), ("upload-concat", "final;/v1/uploads/a /v1/uploads/b")] {
        assert_eq!(stand.send("POST", "/v1/uploads", &[extension], b"").await.status, 400);
    }
}

#[tokio::test]
async fn a_chunk_that_does_not_fit_its_checksum_answers_460_and_is_dropped() {
    let stand = Stand::new().await;
    let url = stand.create().await;
    let hello = [
        ("sha1", "qvTGHdzF6KLavt4PO0gs2a6pQ00="),
        ("sha256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="),
    ];
    for (n, (algorithm, sum)) in hello.into_iter().enumerate() {
        let offset = (n * 5).to_string();
        let sum = format!("{algorithm} {sum}");
        let headers = [TYPE, ("upload-offset", offset.as_str()), ("upload-checksum", &sum)];
        let answer = stand.send("PATCH", &url, &headers, b"hellO").await;
        assert_eq!((answer.status, answer.code().as_str()), (460, "upload_checksum"));
        assert_eq!(stand.offset(&url).await, offset);
        assert_eq!(stand.send("PATCH", &url, &headers, b"hello").await.status, 204);
    }
    for sum in ["md5 AAAA", "sha1", "sha1 x"] {
        let headers = [TYPE, ("upload-offset", "10"), ("upload-checksum", sum)];
        assert_eq!(stand.send("PATCH", &url, &headers, b"hello").await.status, 400);
    }
    assert_eq!(stand.offset(&url).await, "10");
}

#[tokio::test]
async fn bytes_of_another_photo_are_a_typed_refusal() {
    let stand = Stand::new().await;
    let url = stand.create().await;
    let answer = stand.patch(&url, "0", &photo(PHOTO_LEN, 9)).await;
    assert_eq!((answer.status, answer.code().as_str()), (422, "photo_hash_wrong"));
    assert_eq!(stand.send("HEAD", &url, &[], b"").await.status, 404);
}

#[tokio::test]
async fn metadata_is_given_back_as_sent() {
    let stand = Stand::new().await;
    let sent = "filename d29ybGQ=,kind";
    let headers = [("upload-length", "100"), ("upload-metadata", sent)];
    let url = stand.send("POST", "/v1/uploads", &headers, b"").await.header("location").unwrap().to_owned();
    assert_eq!(stand.send("HEAD", &url, &[], b"").await.header("upload-metadata"), Some(sent));
    let headers = [("upload-length", "100"), ("upload-metadata", "a YQ==,a YQ==")];
    assert_eq!(stand.send("POST", "/v1/uploads", &headers, b"").await.status, 400);
}

#[tokio::test]
async fn an_upload_can_be_taken_back() {
    let stand = Stand::new().await;
    let url = stand.create().await;
    let answer = stand.send("DELETE", &url, &[], b"").await;
    assert_eq!((answer.status, answer.header("tus-resumable")), (204, Some("1.0.0")));
    assert_eq!(stand.send("HEAD", &url, &[], b"").await.status, 404);
    assert_eq!(stand.patch(&url, "0", b"x").await.status, 404);
}

#[tokio::test]
async fn the_method_can_be_overridden_by_clients_without_patch() {
    let stand = Stand::new().await;
    let url = stand.create().await;
    let headers = [TYPE, ("upload-offset", "0"), ("x-http-method-override", "PATCH")];
    assert_eq!(stand.send("POST", &url, &headers, b"abc").await.status, 204);
    let head = stand.send("GET", &url, &[("x-http-method-override", "HEAD")], b"").await;
    assert_eq!(head.header("upload-offset"), Some("3"));
    for method in ["GET", "PUT", "POST"] {
        let answer = stand.send(method, &url, &[], b"").await;
        assert_eq!((answer.status, answer.code().as_str()), (405, "method_not_allowed"));
        assert!(answer.header("allow").is_some());
    }
}

#[tokio::test]
async fn no_id_leads_out_of_the_folder() {
    let stand = Stand::new().await;
    let url = stand.create().await;
    let id = url.rsplit('/').next().unwrap();
    let upper = id.to_uppercase();
    let ids =
        ["..%2f..%2fetc%2fpasswd", "%2e%2e", "..", "%00", "%ff", "a", &upper, &format!("{id}.part"), "..%5c"];
    for bad in ids.into_iter().filter(|bad| *bad != id) {
        for method in ["HEAD", "PATCH", "DELETE"] {
            let headers = [TYPE, ("upload-offset", "0")];
            let answer = stand.send(method, &format!("/v1/uploads/{bad}"), &headers, b"x").await;
            assert_eq!(answer.status, 404, "{method} {bad}");
        }
    }
    assert_eq!(stand.offset(&url).await, "0");
}
