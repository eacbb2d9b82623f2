//! The overview, the log of sync, the map and the audit log.

use super::city::*;
use crate::auth::policy::Role;
use axum::http::StatusCode;
use gridweave_core::form::system;
use gridweave_core::record::ChangeKind;
use gridweave_core::value::Value;

async fn town_with_a_session() -> Town {
    let town = Town::new().await;
    let mut lin = town.pda("林小红").await;
    let location = write(system::LOCATION.0, Value::Geo(place()), &[]);
    let writes = vec![in_grid(0), text(NAME, "王建国", &[]), location];
    town.push(&mut lin, record(1), ChangeKind::Create, writes).await;
    town.push_bytes(&mut lin, DAMAGED.to_vec()).await;
    town
}

#[tokio::test]
async fn sessions_tell_what_came_and_lead_to_its_records() {
    let town = town_with_a_session().await;
    let browser = town.sign_in(Role::Supervisor).await;
    let list = town.get(&browser, "/console/sessions?refusals=1").await;
    assert!(list.html.contains("林小红") && list.html.contains("1 refused"), "{}", list.html);
    let quiet = town.get(&browser, "/console/sessions?conflicts=1").await;
    assert!(quiet.html.contains("No sessions fit"));
    let one = town.get(&browser, "/console/session/1").await;
    assert!(one.html.contains(&record(1).to_string()) && one.html.contains("Damaged: it cannot be read"));
    assert!(!one.html.contains("王建国"), "names are masked here, too");
}

#[tokio::test]
async fn the_days_of_the_filter_are_the_citys() {
    let town = town_with_a_session().await;
    let browser = town.sign_in(Role::Supervisor).await;
    for (day, there) in [("2026-09-04", true), ("2026-09-03", false)] {
        let list = town.get(&browser, &format!("/console/sessions?day={day}")).await;
        assert_eq!(list.html.contains("/console/session/1\""), there, "{day}");
    }
}

#[tokio::test]
async fn an_auditor_reads_sessions_without_a_way_to_any_record() {
    let town = town_with_a_session().await;
    let browser = town.sign_in(Role::Auditor).await;
    let one = town.get(&browser, "/console/session/1").await;
    assert_eq!(one.status, StatusCode::OK);
    assert!(!one.html.contains("/console/record/") && !one.html.contains("王"));
    let first = town.get(&browser, "/console").await;
    assert!(!first.html.contains("/console/record"), "{}", first.html);
}

#[tokio::test]
async fn the_overview_counts_what_is_there_and_draws_every_grid() {
    let town = town_with_a_session().await;
    let browser = town.sign_in(Role::Supervisor).await;
    let page = town.get(&browser, "/console").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("<b>1</b><span>In quarantine</span>"), "{}", page.html);
    assert!(page.html.contains("<b>1</b><span>Records</span>"));
    assert!(page.html.contains("Demo city") && page.html.contains("OpenStreetMap contributors"));
    assert_eq!(page.html.matches("class=\"heat-").count(), GRIDS.len() + 5, "the grids and the legend");
}

#[tokio::test]
async fn the_map_is_drawn_without_script_and_says_the_same_in_json() {
    let town = town_with_a_session().await;
    let browser = town.sign_in(Role::Operator).await;
    let page = town.get(&browser, "/console/map").await;
    assert!(
        page.html.contains(&format!("<a href=\"/console/record/{}\"><circle", record(1))),
        "{}",
        page.html
    );
    let data = town.get(&browser, "/console/map.json").await;
    let json: serde_json::Value = serde_json::from_str(&data.html).unwrap();
    assert_eq!(json["grids"]["features"].as_array().unwrap().len(), GRIDS.len());
    assert_eq!(json["records"]["features"][0]["geometry"]["coordinates"][1], 22.69);
    assert!(!data.html.contains("王建国"), "titles are masked");
}

#[tokio::test]
async fn the_audit_log_says_who_did_what_and_notices_a_changed_row() {
    let town = town_with_a_session().await;
    let browser = town.sign_in(Role::Auditor).await;
    let page = town.get(&browser, "/console/audit").await;
    assert!(page.html.contains("Signed in") && page.html.contains("chain whole"), "{}", page.html);
    town.app
        .store
        .write(|conn| {
            conn.execute("UPDATE audit SET object = 'somebody else' WHERE id = 1", []).unwrap();
            Ok(())
        })
        .await
        .unwrap();
    let page = town.get(&browser, "/console/audit").await;
    assert!(page.html.contains("Row 1 does not fit"));
}

#[tokio::test]
async fn the_audit_log_is_filtered_by_person_act_and_day_and_its_addresses_name_nobody() {
    let town = Town::new().await;
    let supervisor = town.sign_in(Role::Supervisor).await;
    let auditor = town.sign_in(Role::Auditor).await;
    let people = town.app.store.people().await.unwrap();
    let no = |role| people.iter().find(|p| p.role == Some(role)).unwrap().no;
    let (who, day_ms) = (no(Role::Supervisor), MORNING_MS);
    for n in 0..101 {
        let reason = format!("look {n}");
        town.app.store.note_audit(day_ms, Some(who), "unmask", record(1).to_string(), reason).await.unwrap();
    }
    town.app.store.note_audit(day_ms, None, "rotate_tls", String::new(), "by command".into()).await.unwrap();
    let ask = async |query: &str| town.get(&auditor, &format!("/console/audit?{query}")).await.html;
    let signed_in = "<td>Signed in</td>";
    for (query, looks, tls, signs) in [
        (format!("person={who}"), true, false, false),
        (format!("person={}", no(Role::Auditor)), false, false, true),
        ("person=0".into(), false, true, false),
        ("act=sign_in".into(), false, false, true),
        ("act=unmask&day=2026-09-04".into(), true, false, false),
        ("day=2026-09-03".into(), false, false, false),
        ("act=no_such_act&person=nobody&day=someday".into(), true, true, false),
    ] {
        let html = ask(&query).await;
        let found = (html.contains("look 100"), html.contains("by command"), html.contains(signed_in));
        assert_eq!(found, (looks, tls, signs), "{query}");
        assert_eq!(html.contains("No entries fit"), !(looks || tls || signs), "{query}");
    }
    let html = ask(&format!("person={who}&act=unmask&day=2026-09-04")).await;
    assert!(
        html.contains(&format!("value=\"{who}\" selected")) && html.contains("value=\"unmask\" selected")
    );
    let (_, next) = html.split_once("class=\"button quiet\" href=\"").unwrap();
    let next = next.split_once('"').unwrap().0.replace("&#38;", "&").replace("&amp;", "&");
    assert!(
        next.starts_with(&format!("/console/audit?person={who}&act=unmask&day=2026-09-04&before=")),
        "{next}"
    );
    let last = town.get(&auditor, &next).await.html;
    assert!(last.contains("look 0") && !last.contains("look 100") && !last.contains("by command"), "{last}");
    assert_eq!(town.get(&supervisor, "/console/audit").await.status, StatusCode::OK);
}
