//! Who gets in, and for how long.

use super::city::*;
use crate::auth::person::Signed;
use crate::auth::policy::Role;
use axum::http::{StatusCode, header};

#[tokio::test]
async fn the_session_cookie_cannot_be_read_by_scripts_nor_sent_from_other_sites() {
    let town = Town::new().await;
    let form = format!("login=supervisor&password={}", PASSWORD.replace(' ', "+"));
    let page = town.send(None, "POST", "/console/sign-in", Some(&form)).await;
    let cookie = page.headers[header::SET_COOKIE].to_str().unwrap();
    for part in ["gridweave=", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.contains("Secure"), "this server is on a loopback address without TLS");
}

#[tokio::test]
async fn a_wrong_password_an_unknown_name_and_a_worker_get_the_same_answer() {
    let town = Town::new().await;
    let mut answers = Vec::new();
    for form in
        ["login=supervisor&password=no", "login=nobody&password=no", "login=worker&password=open+sesame"]
    {
        let page = town.send(None, "POST", "/console/sign-in", Some(form)).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert!(page.headers.get(header::SET_COOKIE).is_none());
        answers.push(page.html.split_once("name=\"login\"").unwrap().0.to_owned());
    }
    assert!(answers[0].contains("The name or the password is wrong"));
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn after_some_failures_even_the_right_password_has_to_wait() {
    let town = Town::new().await;
    for _ in 0..4 {
        town.send(None, "POST", "/console/sign-in", Some("login=supervisor&password=no")).await;
    }
    let form = format!("login=Supervisor&password={}", PASSWORD.replace(' ', "+"));
    let page = town.send(None, "POST", "/console/sign-in", Some(&form)).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn signing_in_again_ends_the_old_session_and_signing_out_the_new_one() {
    let town = Town::new().await;
    let old = town.sign_in(Role::Supervisor).await;
    let form = format!("login=supervisor&password={}", PASSWORD.replace(' ', "+"));
    town.send(Some(&old), "POST", "/console/sign-in", Some(&form)).await;
    assert_eq!(town.get(&old, "/console/records").await.status, StatusCode::SEE_OTHER);
    let new = town.sign_in(Role::Supervisor).await;
    assert_eq!(town.get(&new, "/console/records").await.status, StatusCode::OK);
    let out = town.post(&new, "/console/sign-out", "").await;
    assert!(out.headers.contains_key("clear-site-data"));
    assert_eq!(town.get(&new, "/console/records").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_session_ends_after_half_an_hour_of_silence_and_after_eight_hours_in_any_case() {
    let town = Town::new().await;
    let browser = town.sign_in(Role::Auditor).await;
    let headers = [(header::COOKIE, browser.cookie.parse().unwrap())].into_iter().collect();
    let signed = Signed::read(&town.app, &headers).await.unwrap().unwrap();
    let (now, minute) = (town.app.now_ms(), 60_000);
    let at = async |ms| town.app.store.web_session(signed.token_hash, ms).await.unwrap().is_some();
    assert!(!at(now + 31 * minute).await);
    let mut ms = now;
    while ms < now + 8 * 60 * minute - minute {
        assert!(at(ms).await, "used every 20 minutes it goes on");
        ms += 20 * minute;
    }
    assert!(!at(now + 8 * 60 * minute + 1).await);
}

#[tokio::test]
async fn programs_sign_in_with_json_and_get_the_token_for_what_they_change() {
    let town = Town::new().await;
    let body = format!("{{\"login\":\"supervisor\",\"password\":\"{PASSWORD}\"}}");
    let page = town.send(None, "POST", "/v1/sign-in", Some(&body)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    assert!(page.html.contains("\"csrf\":\"") && page.headers.contains_key(header::SET_COOKIE));
    let wrong =
        town.send(None, "POST", "/v1/sign-in", Some("{\"login\":\"supervisor\",\"password\":\"x\"}")).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
}
