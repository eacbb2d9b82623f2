//! Devices: enrolling, revoking, admitting.

use super::city::*;
use crate::auth::policy::Role;
use crate::store::audit::AuditFilter;
use crate::store::photos::{GrantOutcome, Granter};
use crate::store::replica::ReplicaState;
use crate::tus::{GrantCheck, PHOTO_LEN_MAX};
use axum::http::StatusCode;
use gridweave_core::ids::{PhotoHash, ReplicaId};
use gridweave_core::record::{ChangeKind, SetItem};
use gridweave_core::wire::Bytes;
use gridweave_core::wire::enrol::{Enrol, EnrolmentCode, fingerprint};

/// What the audit log has, latest first.
async fn acts(town: &Town) -> Vec<String> {
    let rows = town.app.store.audit_rows(AuditFilter { limit: 99, ..Default::default() }).await.unwrap();
    rows.into_iter().map(|row| row.action).collect()
}

#[tokio::test]
async fn a_device_is_revoked_with_a_reason_and_admitted_again() {
    let town = Town::new().await;
    let lin = town.pda("林小红").await;
    let browser = town.sign_in(Role::Admin).await;
    let path = format!("/console/device/{}/state", lin.rid);
    let state = async || town.app.store.replica(lin.rid).await.unwrap().unwrap().state;
    assert_eq!(town.post(&browser, &path, "state=revoked").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(state().await, ReplicaState::Active, "not without a reason");
    let unsaid = town.post(&browser, &path, "state=revoked").await;
    for part in ["Give a reason", "PDA of", "<details open>"] {
        assert!(unsaid.html.contains(part), "{part}: {}", unsaid.html);
    }
    town.post(&browser, &path, "state=revoked&reason=lost+in+the+field").await;
    assert_eq!(state().await, ReplicaState::Revoked);
    let page = town.get(&browser, "/console/devices").await;
    assert!(page.html.contains("Revoked") && page.html.contains("Admit again"), "{}", page.html);
    town.post(&browser, &path, "state=active&reason=found").await;
    assert_eq!(state().await, ReplicaState::Active);
    let refused = town.post(&browser, &path, "state=active&reason=typed+with+care").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.html.contains("not in a state for this"), "{}", refused.html);
    for part in ["typed with care", "<details open>"] {
        assert!(!refused.html.contains(part), "what is offered now is the opposite: {}", refused.html);
    }
    assert_eq!(town.post(&browser, &path, "state=server&reason=x").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        acts(&town).await,
        ["admit_device", "revoke_device", "sign_in", "make_enrolment"],
        "refusals never"
    );
}

#[tokio::test]
async fn only_an_unconfirmed_replica_can_be_confirmed() {
    let town = Town::new().await;
    let lin = town.pda("林小红").await;
    let browser = town.sign_in(Role::Supervisor).await;
    let path = format!("/console/device/{}/confirm", lin.rid);
    assert_eq!(town.post(&browser, &path, "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    town.unconfirm(&lin).await;
    assert_eq!(town.post(&browser, &path, "").await.status, StatusCode::SEE_OTHER);
    assert_eq!(town.app.store.replica(lin.rid).await.unwrap().unwrap().state, ReplicaState::Active);
    assert_eq!(town.post(&browser, &path, "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(acts(&town).await, ["confirm_replica", "sign_in", "make_enrolment"], "once, refusals never");
}

#[tokio::test]
async fn revoking_and_admitting_is_no_way_round_the_confirmation() {
    let town = Town::new().await;
    let mut lin = town.pda("林小红").await;
    town.unconfirm(&lin).await;
    town.push(&mut lin, record(1), ChangeKind::Create, vec![in_grid(0), text(NAME, "王建国", &[])]).await;
    let browser = town.sign_in(Role::Admin).await;
    let path = format!("/console/device/{}", lin.rid);
    let state = async || town.app.store.replica(lin.rid).await.unwrap().unwrap().state;
    town.post(&browser, &format!("{path}/state"), "state=revoked&reason=lost").await;
    assert_eq!(state().await, ReplicaState::Revoked);
    town.post(&browser, &format!("{path}/state"), "state=active&reason=found").await;
    assert_eq!(state().await, ReplicaState::Unconfirmed);
    let merged = async || town.app.store.record_view(record(1)).await.unwrap().is_some();
    assert!(!merged().await);
    let supervisor = town.sign_in(Role::Supervisor).await;
    town.post(&supervisor, &format!("{path}/confirm"), "").await;
    assert_eq!(state().await, ReplicaState::Active);
    assert!(merged().await, "what was held is not stranded");
}

#[tokio::test]
async fn a_revoked_device_uploads_photos_of_what_was_merged_before_and_only_so_many() {
    let town = Town::new().await;
    let mut lin = town.pda("林小红").await;
    let (store, hash) = (&town.app.store, |n: u8| PhotoHash([n; 32]));
    let adds: Vec<_> = (1..=5).map(|n| SetItem::Photo(hash(n))).collect();
    town.push_photos(&mut lin, record(1), adds).await;
    let len = PHOTO_LEN_MAX;
    let grant = async |n| store.grant_upload(lin.rid, hash(n), len, town.app.now_ms()).await.unwrap();
    let check = async |token: &str| {
        let receipt = town.app.keys.receipt();
        Granter { store: store.clone(), receipt }.check(token).await.is_some()
    };
    let GrantOutcome::Granted(before) = grant(1).await else { panic!("an active device is granted all") };
    assert!(matches!(grant(9).await, GrantOutcome::Granted(_)) && check(&before).await);

    assert!(store.revoke_replica(lin.rid, lin.person, "lost".into(), town.app.now_ms()).await.unwrap());
    assert!(!check(&before).await, "a grant ends with the revocation");
    assert_eq!(grant(9).await, GrantOutcome::Revoked, "no record that was merged names it");
    for n in 1..=4 {
        let GrantOutcome::Granted(token) = grant(n).await else { panic!("photo {n} is granted") };
        assert!(check(&token).await);
    }
    assert_eq!(grant(5).await, GrantOutcome::QuotaUsed);
    assert!(matches!(grant(4).await, GrantOutcome::Granted(_)), "asked again, it counts once");
    assert!(store.admit_replica(lin.rid, lin.person, "found".into(), town.app.now_ms()).await.unwrap());
    assert!(matches!(grant(5).await, GrantOutcome::Granted(_)));
}

#[tokio::test]
async fn an_enrolment_code_is_shown_once_and_its_device_waits_for_the_comparison() {
    let town = Town::new().await;
    let worker =
        town.app.store.people().await.unwrap().into_iter().find(|p| p.role == Some(Role::Worker)).unwrap();
    let browser = town.sign_in(Role::Admin).await;
    let none = town.post(&browser, "/console/enrolment", &format!("person={}", worker.no)).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY, "a device without grids is of no use");
    assert!(none.html.contains(&format!("value=\"{}\" selected", worker.no)), "{}", none.html);
    assert!(none.html.contains("Choose at least one grid"));
    let nobody = town.post(&browser, "/console/enrolment", &format!("person=&grid={}", GRIDS[1])).await;
    assert!(
        nobody.html.contains("Choose for whom")
            && nobody.html.contains(&format!("value=\"{}\" selected", GRIDS[1]))
    );
    let form = format!("person={}&grid={}&grid={}", worker.no, GRIDS[0], GRIDS[1]);
    let page = town.post(&browser, "/console/enrolment", &form).await;
    assert!(page.html.contains("<svg xmlns") && !page.html.contains("<?xml"));
    let shown = page.html.split("<p class=\"mono code\">").nth(1).unwrap().split("</p>").next().unwrap();
    let code = EnrolmentCode::parse(&shown.replace("&#34;", "\"").replace("&quot;", "\"")).unwrap();
    let mut request = Enrol {
        enrolment: code.enrolment,
        replica: ReplicaId([5; 16]),
        device_key: Bytes(vec![6; 32]),
        sealing_key: Bytes(vec![7; 32]),
        chain_key: Bytes(vec![8; 32]),
        device: "PDA <b>7</b>".into(),
        proof: Bytes::default(),
    };
    request.proof = Bytes(request.proof(&code.secret.0));
    town.app.store.enrol(request, town.app.now_ms()).await.unwrap();
    let page = town.get(&browser, "/console/enrolment").await;
    assert!(page.html.contains(&fingerprint(&[6; 32])), "{}", page.html);
    assert!(!page.html.contains("<b>7</b>") && !page.html.contains("<svg xmlns"), "escaped, and shown once");
    let confirmed =
        town.post(&browser, "/console/enrolment/confirm", &format!("id={}", code.enrolment)).await;
    assert_eq!(confirmed.status, StatusCode::SEE_OTHER);
    let again = town.post(&browser, "/console/enrolment/confirm", &format!("id={}", code.enrolment)).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(acts(&town).await, ["confirm_enrolment", "make_enrolment", "sign_in"]);
    let devices = town.app.store.devices().await.unwrap();
    assert_eq!((devices[0].name.as_str(), devices[0].grids.len()), ("worker甲", 2));
}

#[tokio::test]
async fn codes_are_for_workers_alone() {
    let town = Town::new().await;
    let boss =
        town.app.store.people().await.unwrap().into_iter().find(|p| p.role == Some(Role::Admin)).unwrap();
    let browser = town.sign_in(Role::Admin).await;
    let form = format!("person={}&grid={}", boss.no, GRIDS[0]);
    assert_eq!(town.post(&browser, "/console/enrolment", &form).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_servers_keys_are_shown_where_there_is_tls() {
    let mut town = Town::new().await;
    let browser = town.sign_in(Role::Admin).await;
    assert!(!town.get(&browser, "/console/enrolment").await.html.contains("GRIDWEAVE-KEYS1"));
    let app = crate::app::App::open(town.app.store.dir(), vec!["https://city.example".into()]).await.unwrap();
    town.router = crate::console::routes().with_state(app.clone());
    let page = town.get(&browser, "/console/enrolment").await;
    let (_, text) = page.html.split_once("GRIDWEAVE-KEYS1").unwrap();
    let text = format!("GRIDWEAVE-KEYS1{}", text.split('<').next().unwrap()).replace("&#34;", "\"");
    let notice = gridweave_core::wire::pins::PinsNotice::parse(&text).unwrap();
    assert!(notice.is_signed(&app.keys.receipt().verifying_key()));
}
