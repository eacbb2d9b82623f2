//! How an operation gets into the API: with its policy, and into the document in the same step. There is no other way,
//! so no operation is without either.

use super::error::{Refusals, STORE_REFUSALS};
use super::{input, message};
use crate::app::App;
use crate::auth::policy::Policy;
use crate::auth::{device, limits as rates, person};
use crate::edge::limits;
use axum::{Extension, Router};
use gridweave_core::wire::{MEDIA_TYPE, Refusal};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Response, ResponseBuilder};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt};

/// Operations whose messages are packed unless JSON is asked for bear this tag.
pub const PACKED_TAG: &str = "devices";
/// With this an operation's annotation names the refusals that are its own: `{"404": ["unknown_grid"]}`.
const OWN_REFUSALS: &str = "x-refusals";
const JSON: &str = "application/json";

/// Operations with their policies, and the document that grows with them.
pub struct Routes(OpenApiRouter<Arc<App>>);

impl Routes {
    /// None yet; the document says this of the whole.
    pub fn new(about: OpenApi) -> Routes {
        Routes(OpenApiRouter::with_openapi(about))
    }

    /// Adds an operation (`routes!(handler)`) for those whom the policy lets through.
    pub fn add(self, policy: Policy, (schemas, mut paths, methods): UtoipaMethodRouter<Arc<App>>) -> Routes {
        for (operation, shape) in paths.paths.values_mut().flat_map(operations) {
            complete(operation, policy, &[limits::REFUSALS], shape);
        }
        let methods = (schemas, paths, methods).layer(Extension(policy));
        Routes(self.0.routes(methods))
    }

    /// Documents operations that are routed elsewhere.
    pub fn elsewhere(self, policy: Policy, mut documented: OpenApi) -> Routes {
        for (operation, shape) in documented.paths.paths.values_mut().flat_map(operations) {
            complete(operation, policy, &[], shape);
        }
        Routes(self.0.merge(OpenApiRouter::with_openapi(documented)))
    }

    /// The routes, and the document of them.
    pub fn split(self) -> (Router<Arc<App>>, OpenApi) {
        self.0.split_for_parts()
    }
}

/// What the method says of an operation.
#[derive(Clone, Copy)]
struct Shape {
    changes: bool,
    has_content: bool,
}

/// The operations of one path.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&mut Operation, Shape)> {
    let PathItem { get, put, post, delete, options, head, patch, trace, .. } = item;
    let reads = Shape { changes: false, has_content: true };
    let changes = Shape { changes: true, has_content: true };
    let asks_for_headers = Shape { changes: false, has_content: false };
    let reading = [get, options, trace].map(|operation| (operation, reads));
    let changing = [put, post, delete, patch].map(|operation| (operation, changes));
    let all = reading.into_iter().chain(changing).chain([(head, asks_for_headers)]);
    all.filter_map(|(operation, shape)| Some((operation.as_mut()?, shape)))
}

/// Completes what the annotation beside a handler says by what follows from its policy and its shape.
fn complete(operation: &mut Operation, policy: Policy, common: &[Refusals], shape: Shape) {
    let mut refusals = own_refusals(operation);
    let packed = operation.tags.iter().flatten().any(|tag| tag == PACKED_TAG);
    let names_something = operation.parameters.iter().flatten().any(|parameter| match parameter {
        RefOr::T(parameter) => matches!(parameter.parameter_in, ParameterIn::Path | ParameterIn::Query),
        RefOr::Ref(_) => false,
    });
    let by_shape: [(bool, Refusals); 8] = [
        (policy != Policy::Everyone || operation.request_body.is_some(), rates::REFUSALS),
        (matches!(policy, Policy::Device | Policy::Certified), device::REFUSALS),
        (matches!(policy, Policy::Person(_)), person::REFUSALS),
        (matches!(policy, Policy::Person(_)) && shape.changes, person::CSRF_REFUSALS),
        (matches!(policy, Policy::Device | Policy::Certified | Policy::Person(_)), STORE_REFUSALS),
        (operation.request_body.is_some() && policy != Policy::UploadGrant, message::REFUSALS),
        (packed, message::PACKED_REFUSALS),
        (names_something && matches!(policy, Policy::Person(_)), input::REFUSALS),
    ];
    let by_shape = by_shape.into_iter().filter(|(holds, _)| *holds).map(|(_, refusals)| refusals);
    for (status, codes) in by_shape.chain(common.iter().copied()).flatten() {
        refusals.entry(status.to_string()).or_default().extend(codes.iter().map(|code| (*code).to_owned()));
    }
    if packed {
        add_packed(operation);
    }
    for (status, codes) in refusals {
        operation.responses.responses.insert(status, refusal(codes, shape.has_content).into());
    }
    operation.security = Some(security(policy, shape.changes));
    let extensions = operation.extensions.get_or_insert_default();
    extensions.insert("x-policy".into(), json!(policy.name()));
    if matches!(policy, Policy::Person(_)) {
        extensions.insert("x-roles".into(), json!(policy.roles()));
    }
}

/// Takes the refusals that the annotation names.
fn own_refusals(operation: &mut Operation) -> BTreeMap<String, BTreeSet<String>> {
    let own = operation.extensions.as_mut().and_then(|extensions| extensions.remove(OWN_REFUSALS));
    own.map(|own| serde_json::from_value(own).expect("refusals are codes by status")).unwrap_or_default()
}

/// A refusal with one of these codes.
fn refusal(codes: BTreeSet<String>, has_content: bool) -> Response {
    let told = codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ");
    let response = ResponseBuilder::new().description(told);
    if !has_content {
        return response.build();
    }
    let code = ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).enum_values(Some(codes));
    let narrowed = ObjectBuilder::new().property("code", code);
    let schema = AllOfBuilder::new().item(Ref::from_schema_name(Refusal::name())).item(narrowed);
    response.content(JSON, Content::new(Some(schema))).build()
}

/// The packed form beside the JSON form, in the request and in the answer.
fn add_packed(operation: &mut Operation) {
    let packed = || {
        let bytes = ObjectBuilder::new().schema_type(SchemaType::AnyValue).content_media_type(MEDIA_TYPE);
        Content::new(Some(bytes))
    };
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        body.content.insert(MEDIA_TYPE.into(), packed().into());
    }
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response.content.insert(MEDIA_TYPE.into(), packed().into());
        }
    }
}

fn security(policy: Policy, changes: bool) -> Vec<SecurityRequirement> {
    let none: [&str; 0] = [];
    match policy {
        Policy::Everyone => Vec::new(),
        Policy::Device | Policy::Certified => vec![SecurityRequirement::new("deviceSignature", none)],
        Policy::UploadGrant => vec![SecurityRequirement::new("uploadGrant", none)],
        Policy::Person(_) if changes => vec![SecurityRequirement::new("session", none).add("csrf", none)],
        Policy::Person(_) => vec![SecurityRequirement::new("session", none)],
    }
}
