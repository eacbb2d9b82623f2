//! The document against what it describes: the router's real routes, the refusals in the sources, the golden messages,
//! and what every operation does with those whom its policy does not let through.

use super::*;
use crate::auth::policy::{Action, Policy, Role, can};
use crate::console::tests::city::{PASSWORD, Page, Town, read};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use std::collections::{BTreeMap, BTreeSet};
use tower::ServiceExt;

const METHODS: [&str; 9] = ["get", "head", "delete", "options", "patch", "post", "put", "trace", "connect"];
/// What anyone on the network may ask.
const OPEN: [&str; 6] = [
    "get /v1/health",
    "get /v1/openapi.json",
    "options /v1/uploads",
    "options /v1/uploads/{id}",
    "post /v1/enrol",
    "post /v1/sign-in",
];

/// One operation as the document has it.
struct Operation {
    method: String,
    path: String,
    is: Value,
}

impl Operation {
    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn policy(&self) -> Policy {
        let name = self.is["x-policy"].as_str().unwrap_or_else(|| panic!("{} names no policy", self.name()));
        let people = Action::ALL.into_iter().map(Policy::Person);
        let mut all = [Policy::Everyone, Policy::Device, Policy::Certified, Policy::UploadGrant]
            .into_iter()
            .chain(people);
        all.find(|policy| policy.name() == name).unwrap_or_else(|| panic!("there is no policy {name}"))
    }
}

fn operations() -> Vec<Operation> {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &Value)| {
        let item = item.as_object().unwrap().clone();
        let path = path.clone();
        item.into_iter().map(move |(method, is)| Operation { method, path: path.clone(), is })
    };
    paths.iter().flat_map(of_path).collect()
}

/// The routes below `/v1` that a router really has, read off what it prints of itself.
fn real_routes(router: &Router) -> BTreeSet<String> {
    let text = format!("{router:?}");
    let (endpoints, paths) = text.split_once("node: Node").expect("a router prints its paths");
    let mut methods: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for endpoint in endpoints.split("RouteId(").skip(1) {
        let (id, rest) = endpoint.split_once(')').unwrap();
        let served = METHODS.into_iter().filter(|method| {
            let at = rest.find(&format!("{method}: ")).expect("a route prints its methods");
            !rest[at + method.len() + 2..].starts_with("None")
        });
        methods.insert(id, served.collect());
    }
    let mut routes = BTreeSet::new();
    for path in paths.split("RouteId(").skip(1) {
        let (id, rest) = path.split_once(')').unwrap();
        let Some(path) = rest.split('"').nth(1).filter(|path| path.starts_with("/v1")) else { continue };
        routes.extend(methods[id].iter().map(|method| format!("{method} {path}")));
    }
    routes
}

async fn router(town: &Town) -> Router {
    crate::serve::router(town.app.clone()).await.unwrap()
}

#[tokio::test]
async fn every_route_is_documented_and_every_documented_operation_is_routed() {
    let town = Town::new().await;
    let documented: BTreeSet<String> = operations().iter().map(Operation::name).collect();
    assert_eq!(documented, real_routes(&router(&town).await));
    assert!(documented.len() > 20);
}

#[test]
fn every_operation_names_its_policy_and_shows_it_in_its_security() {
    for operation in operations() {
        let (name, policy) = (operation.name(), operation.policy());
        assert_eq!(policy == Policy::Everyone, OPEN.contains(&name.as_str()), "{name}");
        let changes = !["get", "head", "options"].contains(&operation.method.as_str());
        let expected = match policy {
            Policy::Everyone => json!([]),
            Policy::Device | Policy::Certified => json!([{"deviceSignature": []}]),
            Policy::UploadGrant => json!([{"uploadGrant": []}]),
            Policy::Person(_) if changes => json!([{"csrf": [], "session": []}]),
            Policy::Person(_) => json!([{"session": []}]),
        };
        assert_eq!(operation.is["security"], expected, "{name}");
        assert_eq!(operation.is["x-roles"] != Value::Null, matches!(policy, Policy::Person(_)), "{name}");
        for part in ["summary", "operationId"] {
            assert!(operation.is[part].as_str().is_some_and(|text| !text.is_empty()), "{name}: {part}");
        }
    }
}

/// Sends an operation with made-up parameters.
async fn ask(router: &Router, operation: &Operation, headers: &[(&str, &str)]) -> Page {
    let record = "019a0000-0000-7000-8000-000000000000";
    let path = operation.path.replace("{rid}", "4000000000").replace("{record}", record);
    let path = path.replace("{id}", &"0".repeat(32));
    let mut request = Request::builder().method(operation.method.to_uppercase().as_str()).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = if operation.method == "post" { "{}" } else { "" };
    read(router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap()).await
}

fn refused(page: &Page) -> (u16, String) {
    let body: Value = serde_json::from_str(&page.html).unwrap_or_default();
    (page.status.as_u16(), body["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn every_operation_refuses_whom_its_policy_does_not_let_through() {
    let town = Town::new().await;
    let router = router(&town).await;
    for operation in operations() {
        let page = ask(&router, &operation, &[("tus-resumable", "1.0.0")]).await;
        let expected = match operation.policy() {
            Policy::Everyone => {
                assert!(![401, 403].contains(&page.status.as_u16()), "{}", operation.name());
                continue;
            }
            Policy::Certified => {
                // The key that would have to sign stands in the body, which is read first.
                assert_eq!(page.status, 400, "{}", operation.name());
                continue;
            }
            Policy::Device => "signature_header_missing",
            Policy::UploadGrant => "upload_grant_invalid",
            Policy::Person(_) => "not_signed_in",
        };
        let expected = if operation.method == "head" { "" } else { expected };
        let refused =
            if operation.method == "head" { (page.status.as_u16(), "".into()) } else { refused(&page) };
        assert_eq!(refused, (401, expected.to_owned()), "{}", operation.name());
    }
}

#[tokio::test]
async fn every_role_reaches_exactly_the_operations_that_the_policy_gives_it() {
    let town = Town::new().await;
    let router = router(&town).await;
    for role in Role::ALL.into_iter().filter(|role| role.signs_in()) {
        let browser = town.sign_in(role).await;
        for operation in operations() {
            let Policy::Person(action) = operation.policy() else { continue };
            let session = [("cookie", browser.cookie.as_str()), ("x-csrf", &browser.csrf)];
            let code = refused(&ask(&router, &operation, &session).await).1;
            assert_eq!(code == "forbidden", !can(role, action), "{role:?} {}", operation.name());
            assert_ne!(code, "csrf");
            let named: Vec<&str> =
                operation.is["x-roles"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            assert_eq!(named.contains(&role.name()), can(role, action), "{role:?} {}", operation.name());
            if operation.method == "post" && can(role, action) {
                let code = refused(&ask(&router, &operation, &session[..1]).await).1;
                assert_eq!(code, "csrf", "{role:?} {}", operation.name());
            }
        }
    }
}

#[tokio::test]
async fn another_method_is_refused_like_everything_else() {
    let town = Town::new().await;
    let router = router(&town).await;
    let put = |path: &str| Operation { method: "put".into(), path: path.into(), is: Value::Null };
    for (path, allowed) in [("/v1/push", "POST"), ("/v1/stats", "GET,HEAD"), ("/v1/uploads", "OPTIONS,POST")]
    {
        let page = ask(&router, &put(path), &[]).await;
        assert_eq!(refused(&page), (405, "method_not_allowed".into()), "{path}");
        let mut allow: Vec<&str> = page.headers["allow"].to_str().unwrap().split(',').collect();
        allow.sort_unstable();
        assert_eq!(allow.join(","), allowed, "{path}");
    }
}

#[tokio::test]
async fn an_unknown_path_is_refused_like_everything_else() {
    let town = Town::new().await;
    let router = router(&town).await;
    for path in ["/v1/nothing", "/v1/uploads/a/b", "/elsewhere"] {
        let get = Operation { method: "get".into(), path: path.into(), is: Value::Null };
        assert_eq!(refused(&ask(&router, &get, &[]).await), (404, "not_found".into()), "{path}");
    }
}

#[tokio::test]
async fn the_document_is_served_as_it_is_made() {
    let town = Town::new().await;
    let path = "/v1/openapi.json".to_owned();
    let page =
        ask(&router(&town).await, &Operation { method: "get".into(), path, is: Value::Null }, &[]).await;
    assert_eq!(page.headers["content-type"], "application/json");
    assert_eq!(serde_json::from_str::<Value>(&page.html).unwrap(), document());
}

#[tokio::test]
async fn json_goes_in_and_out_where_messages_are_packed_otherwise() {
    let town = Town::new().await;
    let body = json!({"login": "supervisor", "password": PASSWORD}).to_string();
    let request = Request::post("/v1/sign-in").body(Body::from(body)).unwrap();
    let page = read(router(&town).await.oneshot(request).await.unwrap()).await;
    assert_eq!(
        (page.status.as_u16(), &page.headers["content-type"]),
        (200, &"application/json".parse().unwrap())
    );
    for operation in operations() {
        let is_packed = operation.is["tags"] == json!(["devices"]);
        let request = operation.is.get("requestBody").map(|body| &body["content"]);
        for content in request.into_iter().chain([&operation.is["responses"]["200"]["content"]]) {
            let packed = content.get(gridweave_core::wire::MEDIA_TYPE).is_some();
            assert_eq!(packed, is_packed, "{}", operation.name());
            assert!(!is_packed || content.get("application/json").is_some(), "{}", operation.name());
        }
    }
}

/// Codes of refusals as the document has them, by status.
fn documented_refusals() -> BTreeSet<(u16, String)> {
    let mut refusals = BTreeSet::new();
    for operation in operations() {
        for (status, response) in operation.is["responses"].as_object().unwrap() {
            let codes =
                &response["content"]["application/json"]["schema"]["allOf"][1]["properties"]["code"]["enum"];
            let codes = codes.as_array().into_iter().flatten();
            refusals.extend(codes.map(|code| (status.parse().unwrap(), code.as_str().unwrap().to_owned())));
        }
    }
    refusals
}

#[test]
fn the_refusals_in_the_sources_are_those_in_the_document() {
    let sources = [
        include_str!("enrol.rs"),
        include_str!("error.rs"),
        include_str!("input.rs"),
        include_str!("message.rs"),
        include_str!("people.rs"),
        include_str!("photos.rs"),
        include_str!("readmit.rs"),
        include_str!("sign_in.rs"),
        include_str!("sync.rs"),
        include_str!("../auth/device.rs"),
        include_str!("../auth/person.rs"),
    ];
    let mut said = BTreeSet::new();
    for source in sources {
        for refusal in source.split("ApiError::new(").skip(1) {
            let (status, rest) = refusal.split_once(',').unwrap();
            let (Ok(status), Some(code)) = (status.trim().parse::<u16>(), rest.split('"').nth(1)) else {
                continue;
            };
            said.insert((status, code.to_owned()));
        }
    }
    assert!(said.len() > 20, "{said:?}");
    let documented = documented_refusals();
    let undocumented: Vec<_> = said.difference(&documented).collect();
    assert!(undocumented.is_empty(), "not in the document: {undocumented:?}");

    // Others have their codes in a table of their own, without the status beside it.
    let tables = [
        include_str!("../tus/problem.rs"),
        include_str!("../edge/limits.rs"),
        include_str!("../edge/rate.rs"),
        include_str!("readmit.rs"),
        include_str!("../../../core/src/wire/signature.rs"),
        include_str!("../../../core/src/wire/compress.rs"),
        include_str!("error.rs"),
    ];
    let unsaid: Vec<_> = documented
        .difference(&said)
        .filter(|(_, code)| !tables.iter().any(|table| table.contains(&format!("\"{code}\""))))
        .collect();
    assert!(unsaid.is_empty(), "in no source: {unsaid:?}");
    for line in tables[0].lines().chain(tables[2].lines()).filter(|line| line.contains("=> ")) {
        let Some(code) = line.split('"').nth(1).filter(|code| code.contains('_')) else { continue };
        let is_code = code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        // Every path refuses other methods, no operation does; whose signature is wrong is not told from no device.
        if is_code && !["method_not_allowed", "signature_wrong"].contains(&code) {
            assert!(documented.iter().any(|(_, known)| known == code), "not in the document: {code}");
        }
    }
}

#[test]
fn the_golden_messages_fit_the_schemas_that_the_document_gives_them() {
    let schemas = [
        ("digests", "Digests"),
        ("digests-reply", "DigestsReply"),
        ("enrol", "Enrol"),
        ("enrol-reply-enrolled", "EnrolReply"),
        ("enrol-reply-pending", "EnrolReply"),
        ("pull", "Pull"),
        ("pull-with-facts", "Pull"),
        ("pull-reply-fork", "PullReply"),
        ("pull-reply-page", "PullReply"),
        ("pull-reply-unconfirmed", "PullReply"),
        ("push", "Push"),
        ("push-reply-epoch", "PushReply"),
        ("push-reply-fork", "PushReply"),
        ("push-reply-gap", "PushReply"),
        ("push-reply-received", "PushReply"),
        ("refusal", "Refusal"),
        ("rekey", "Rekey"),
        ("rekey-reply", "RekeyReply"),
        ("upload-grant", "UploadGrant"),
        ("upload-grant-reply-granted", "UploadGrantReply"),
        ("upload-grant-reply-received", "UploadGrantReply"),
    ];
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/wire");
    let at = "http://gridweave.invalid/openapi.json";
    for (file, schema) in schemas {
        let (mut read, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
        compiler.add_resource(at, document()).unwrap();
        let place = format!("{at}#/components/schemas/{schema}");
        let index = compiler.compile(&place, &mut read).unwrap_or_else(|error| panic!("{schema}: {error}"));
        let text = std::fs::read_to_string(folder.join(format!("{file}.json"))).unwrap();
        let message: Value = serde_json::from_str(&text).unwrap();
        read.validate(&message, index).unwrap_or_else(|error| panic!("{file}: {error}"));
        let Value::Object(mut fields) = message else { continue };
        let first = fields.keys().next().unwrap().clone();
        fields.remove(&first);
        assert!(read.validate(&Value::Object(fields), index).is_err(), "{schema} does not need {first}");
    }
}
