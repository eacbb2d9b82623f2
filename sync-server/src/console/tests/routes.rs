//! The table of routes: every one asks for something, and every role gets exactly what the policy says.

use super::city::*;
use crate::auth::policy::{Role, can};
use crate::console::table;
use axum::http::{Method, StatusCode, header};

/// What anyone on the network may reach: the sign-in and the files it needs.
const OPEN: [&str; 3] = ["/console/sign-in", "/console/assets/{file}", "/favicon.ico"];

#[test]
fn every_route_of_the_console_names_what_one_must_be_allowed_to_do() {
    for entry in table().table {
        assert_eq!(entry.action.is_none(), OPEN.contains(&entry.path), "{} {}", entry.method, entry.path);
    }
    // No route goes around the table: the only other leads to the console.
    let source = include_str!("../mod.rs");
    assert_eq!(source.matches(".route(").count(), 1, "add routes to the table, not to the router");
}

#[tokio::test]
async fn every_role_reaches_exactly_the_routes_that_the_policy_gives_it() {
    let town = Town::new().await;
    for role in Role::ALL.into_iter().filter(|role| role.signs_in()) {
        let browser = town.sign_in(role).await;
        for entry in table().table {
            let Some(action) = entry.action else { continue };
            if entry.path == "/console/sign-out" {
                continue; // It would end the session that the others are asked in.
            }
            let path = entry.path.replace("{id}", &record(1).to_string()).replace("{key}", "16");
            let path = path.replace("{hash}", &"0".repeat(64));
            let page = match entry.method {
                Method::POST => town.post(&browser, &path, "").await,
                _ => town.get(&browser, &path).await,
            };
            let refused = page.status == StatusCode::FORBIDDEN;
            assert_eq!(refused, !can(role, action), "{role:?} {} {path}: {}", entry.method, page.status);
            assert!(
                page.status != StatusCode::INTERNAL_SERVER_ERROR
                    && page.status != StatusCode::METHOD_NOT_ALLOWED
            );
        }
    }
}

#[tokio::test]
async fn nobody_signed_in_is_sent_to_sign_in_and_changes_nothing() {
    let town = Town::new().await;
    for entry in table().table.into_iter().filter(|entry| entry.action.is_some()) {
        let path = entry.path.replace("{id}", &record(1).to_string()).replace("{key}", "16");
        let page =
            town.send(None, entry.method.as_str(), &path, (entry.method == Method::POST).then_some("")).await;
        let expected =
            if entry.method == Method::POST { StatusCode::FORBIDDEN } else { StatusCode::SEE_OTHER };
        assert_eq!(page.status, expected, "{} {path}", entry.method);
    }
}

#[tokio::test]
async fn a_form_without_the_sessions_token_or_from_another_site_changes_nothing() {
    let town = Town::new().await;
    let browser = town.sign_in(Role::Supervisor).await;
    let other = town.sign_in(Role::Supervisor).await;
    for form in ["", "csrf=", &format!("csrf={}", other.csrf)] {
        let page = town.send(Some(&browser), "POST", "/console/sign-out", Some(form)).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{form}");
    }
    assert_eq!(town.get(&browser, "/console/records").await.status, StatusCode::OK);
}

#[tokio::test]
async fn pages_run_no_foreign_script_and_leave_no_copies() {
    let town = Town::new().await;
    let browser = town.sign_in(Role::Supervisor).await;
    let page = town.get(&browser, "/console/records").await;
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"));
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    assert!(
        !page.html.contains(" style=") && !page.html.contains("<script>") && !page.html.contains(" onclick=")
    );
}

#[tokio::test]
async fn the_language_is_the_readers_choice_and_is_kept() {
    let town = Town::new().await;
    let page = town.send(None, "GET", "/console/sign-in?lang=zh-CN", None).await;
    assert!(page.html.contains("用户名") && page.html.contains("lang=\"zh-CN\""));
    assert!(page.headers[header::SET_COOKIE].to_str().unwrap().starts_with("lang=zh-CN"));
}

#[tokio::test]
async fn what_is_not_there_is_answered_by_a_page_in_the_readers_language_with_a_way_back() {
    let town = Town::new().await;
    let browser = town.sign_in(Role::Supervisor).await;
    let elsewhere = ["/console/nothing", "/console/recordsx", "/console/record/", "/console/a/b/c"];
    // What only a form is sent to, opened as a page; and a page, sent a form.
    for path in
        elsewhere.into_iter().chain(["/console/unmask", "/console/record/x/photo/y/z", "/console/record/%FF"])
    {
        for (lang, says) in [("en", "There is nothing here"), ("zh-CN", "没有找到")] {
            let page = town.get(&browser, &format!("{path}?lang={lang}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
            assert!(page.html.contains(says) && page.html.contains("href=\"/console\""), "{}", page.html);
            assert!(page.headers.contains_key(header::CONTENT_SECURITY_POLICY));
        }
    }
    assert_eq!(town.post(&browser, "/console/audit", "").await.status, StatusCode::NOT_FOUND);
    let stranger = town.send(None, "GET", "/console/nothing", None).await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
    assert!(!stranger.html.contains("<nav"), "a stranger sees no pages");
    assert_eq!(town.get(&browser, "/console/").await.headers[header::LOCATION], "/console");
}

#[tokio::test]
async fn the_icon_is_where_pages_name_it_and_where_browsers_look_unasked() {
    let town = Town::new().await;
    let page = town.send(None, "GET", "/console/sign-in", None).await;
    assert!(page.html.contains("<link rel=\"icon\" href=\"/console/assets/icon.svg\""));
    for path in ["/console/assets/icon.svg", "/favicon.ico"] {
        let icon = town.send(None, "GET", path, None).await;
        assert_eq!(icon.status, StatusCode::OK, "{path}");
        assert_eq!(icon.headers[header::CONTENT_TYPE], "image/svg+xml", "{path}");
        assert!(icon.html.starts_with("<svg "), "{path}");
    }
}
