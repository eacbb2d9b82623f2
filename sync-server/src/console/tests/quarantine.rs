//! Quarantine: nothing is dropped, what is released says who really wrote it.

use super::city::*;
use crate::auth::policy::Role;
use crate::store::photos::{GrantOutcome, Granter};
use crate::tus::GrantCheck;
use axum::http::StatusCode;
use gridweave_core::ids::{Dot, FieldNo, PhotoHash};
use gridweave_core::record::{ChangeKind, SetItem};

async fn release(town: &Town, browser: &Browser, dot: Dot) -> Page {
    town.post(browser, "/console/quarantine/release", &format!("dot={dot}&reason=checked+by+phone")).await
}

async fn names(town: &Town) -> Vec<String> {
    let view = town.app.store.record_view(record(1)).await.unwrap().unwrap();
    let siblings = view.row.state.register(FieldNo(NAME)).unwrap().siblings();
    siblings.iter().map(|s| s.value.as_text().unwrap().to_owned()).collect()
}

/// Lin's resident, and a correction from a device of Wu that was revoked.
async fn revoked_correction(town: &Town) -> (Pda, Pda, Dot, Dot) {
    let (mut lin, mut wu) = (town.pda("林小红").await, town.pda("吴大明").await);
    let made =
        town.push(&mut lin, record(1), ChangeKind::Create, vec![in_grid(0), text(NAME, "王建国", &[])]).await;
    town.app.store.revoke_replica(wu.rid, wu.person, "lost".into(), MORNING_MS).await.unwrap();
    let late = town.push(&mut wu, record(1), ChangeKind::Edit, vec![text(NAME, "汪建国", &[made])]).await;
    (lin, wu, made, late)
}

#[tokio::test]
async fn the_list_gives_each_reason_as_a_sentence_and_what_the_change_says_masked() {
    let town = Town::new().await;
    revoked_correction(&town).await;
    let browser = town.sign_in(Role::Operator).await;
    let page = town.get(&browser, "/console/quarantine").await;
    assert!(page.html.contains("From a revoked device") && page.html.contains("汪**"), "{}", page.html);
    assert!(!page.html.contains("汪建国") && !page.html.contains("/console/quarantine/release"));
}

#[tokio::test]
async fn a_released_change_keeps_its_author_times_and_place_and_names_the_original() {
    let town = Town::new().await;
    let (_, wu, made, late) = revoked_correction(&town).await;
    let browser = town.sign_in(Role::Supervisor).await;
    assert_eq!(names(&town).await, ["王建国"]);
    assert_eq!(release(&town, &browser, late).await.status, StatusCode::SEE_OTHER);
    assert_eq!(names(&town).await, ["汪建国"], "it replaces what its author saw");
    let view = town.app.store.record_view(record(1)).await.unwrap().unwrap();
    let change = &view.changes.iter().find(|c| c.change.was == Some(late)).unwrap().change;
    assert_eq!((change.author, change.kind), (wu.person, ChangeKind::Edit));
    assert_eq!(change.wall_ms, MORNING_MS + 60_000);
    assert!(change.fix.is_some() && change.writes[0].replaces == [made]);
    let again = release(&town, &browser, late).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "released once");
    assert!(again.html.contains("Nothing waits in quarantine under this name"), "{}", again.html);
    let unsaid = town.post(&browser, "/console/quarantine/dismiss", &format!("dot={late}")).await;
    assert!(unsaid.html.contains("Give a reason"), "{}", unsaid.html);
    let settled = town.get(&browser, "/console/quarantine?settled=1").await;
    assert!(settled.html.contains("Released") && settled.html.contains("supervisor甲"));
}

#[tokio::test]
async fn a_revoked_device_hands_in_the_photos_of_what_is_released_and_they_stand_in_its_record() {
    let town = Town::new().await;
    let mut wu = town.pda("吴大明").await;
    let (store, photo) = (&town.app.store, PhotoHash([7; 32]));
    store.revoke_replica(wu.rid, wu.person, "lost".into(), MORNING_MS).await.unwrap();
    let dot = town.push_photos(&mut wu, record(1), vec![SetItem::Photo(photo)]).await;
    let grant = async || store.grant_upload(wu.rid, photo, 9, town.app.now_ms()).await.unwrap();
    assert_eq!(grant().await, GrantOutcome::Revoked, "nobody has answered for it yet");
    let browser = town.sign_in(Role::Supervisor).await;
    assert_eq!(release(&town, &browser, dot).await.status, StatusCode::SEE_OTHER);
    let GrantOutcome::Granted(token) = grant().await else { panic!("the device that took it hands it in") };
    let granter = Granter { store: store.clone(), receipt: town.app.keys.receipt() };
    let grant = granter.check(&token).await.unwrap();
    granter.completed(&grant, "".as_ref()).await.unwrap();
    assert!(store.record_view(record(1)).await.unwrap().unwrap().has_photo(photo));
}

#[tokio::test]
async fn a_revoked_device_is_told_that_a_photo_of_what_was_dismissed_is_not_wanted() {
    let town = Town::new().await;
    let mut wu = town.pda("吴大明").await;
    let (store, photo) = (&town.app.store, PhotoHash([7; 32]));
    store.revoke_replica(wu.rid, wu.person, "lost".into(), MORNING_MS).await.unwrap();
    let mut dots = Vec::new();
    for n in [1, 2] {
        dots.push(town.push_photos(&mut wu, record(n), vec![SetItem::Photo(photo)]).await);
    }
    let browser = town.sign_in(Role::Supervisor).await;
    for (dot, told) in dots.into_iter().zip([GrantOutcome::Revoked, GrantOutcome::Dismissed]) {
        let body = format!("dot={dot}&reason=unknown");
        assert_eq!(
            town.post(&browser, "/console/quarantine/dismiss", &body).await.status,
            StatusCode::SEE_OTHER
        );
        let asked = |hash| store.grant_upload(wu.rid, hash, 9, town.app.now_ms());
        assert_eq!(asked(photo).await.unwrap(), told, "as long as another that names it may be released");
        assert_eq!(asked(PhotoHash([8; 32])).await.unwrap(), GrantOutcome::Revoked, "nothing names it");
    }
}

#[tokio::test]
async fn a_released_value_does_not_stand_up_against_its_own_successor() {
    let town = Town::new().await;
    let (_, mut wu, _, late) = revoked_correction(&town).await;
    // Admitted again, Wu corrects the correction; the device knows of its own earlier one.
    town.app.store.admit_replica(wu.rid, wu.person, "found".into(), MORNING_MS).await.unwrap();
    town.push(&mut wu, record(1), ChangeKind::Edit, vec![text(NAME, "汪国建", &[late])]).await;
    let browser = town.sign_in(Role::Supervisor).await;
    let before = names(&town).await;
    assert_eq!(release(&town, &browser, late).await.status, StatusCode::SEE_OTHER);
    assert_eq!(names(&town).await, before);
}

#[tokio::test]
async fn a_new_record_outside_the_devices_grids_comes_in_when_a_supervisor_answers_for_it() {
    let town = Town::new().await;
    let mut lin = town.pda("林小红").await;
    // Told its new grids before it works on: what it saves in the old ones is out of scope from then on.
    town.app
        .store
        .set_replica_grids(lin.rid, vec![gridweave_core::ids::GridCode(GRIDS[1].into())])
        .await
        .unwrap();
    town.app
        .store
        .write(|conn| {
            conn.execute("UPDATE replica SET scope_told = scope_version", []).unwrap();
            Ok(())
        })
        .await
        .unwrap();
    let dot =
        town.push(&mut lin, record(1), ChangeKind::Create, vec![in_grid(0), text(NAME, "王建国", &[])]).await;
    assert!(town.app.store.record_view(record(1)).await.unwrap().is_none());
    let browser = town.sign_in(Role::Supervisor).await;
    assert_eq!(release(&town, &browser, dot).await.status, StatusCode::SEE_OTHER);
    assert_eq!(names(&town).await, ["王建国"]);
}

#[tokio::test]
async fn what_still_does_not_fit_is_refused_and_stays() {
    let town = Town::new().await;
    let mut lin = town.pda("林小红").await;
    let garbage = town.push_bytes(&mut lin, DAMAGED.to_vec()).await;
    let orphan = town.push(&mut lin, record(7), ChangeKind::Edit, vec![text(NAME, "x", &[])]).await;
    let browser = town.sign_in(Role::Supervisor).await;
    for (dot, why) in
        [(garbage, "not a change that can be read"), (orphan, "record that the server does not")]
    {
        let page = release(&town, &browser, dot).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        // On the list, with the reason at this change and what was typed.
        let (_, after) = page.html.split_once("role=\"alert\"").unwrap();
        assert!(after.split_once("</p>").unwrap().0.contains(why), "{}", page.html);
        assert!(after.contains(&format!("value=\"{dot}\"")), "{}", page.html);
        assert!(page.html.contains("value=\"checked by phone\"") && page.html.contains("Damaged"));
        assert!(page.html.contains("href=\"/console/quarantine?lang=zh-CN\""), "{}", page.html);
    }
    let page = town.get(&browser, "/console/quarantine").await;
    assert!(page.html.contains("Damaged") && page.html.contains("does not have"));
    let form = format!("dot={garbage}&reason=nothing+in+it");
    assert_eq!(town.post(&browser, "/console/quarantine/dismiss", &form).await.status, StatusCode::SEE_OTHER);
    let page = town.get(&browser, "/console/quarantine").await;
    assert!(!page.html.contains("Damaged") && page.html.contains("does not have"));
    let kept = town.app.store.log(lin.rid, 0, 10).await.unwrap();
    assert_eq!(kept[0].bytes, DAMAGED, "dismissed, not dropped");
}
