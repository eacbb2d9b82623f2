//! Records and conflicts as a supervisor sees and settles them.

use super::city::*;
use crate::auth::policy::Role;
use crate::store::Named;
use axum::http::{StatusCode, header};
use gridweave_core::ids::{Dot, FieldKey, FieldNo};
use gridweave_core::record::ChangeKind;

const ID: &str = "110101190001010081";
const BORN: u16 = 18;

/// Lin creates a resident, Wu corrects the name while Lin does too: one conflict.
async fn disagreement(town: &Town) -> (Pda, Pda, [Dot; 3]) {
    let (mut lin, mut wu) = (town.pda("林小红").await, town.pda("吴大明").await);
    let writes = vec![
        in_grid(0),
        text(NAME, "王建国", &[]),
        text(CITIZEN_ID, ID, &[]),
        text(PHONE, "13800001234", &[]),
    ];
    let made = town.push(&mut lin, record(1), ChangeKind::Create, writes).await;
    let a = town.push(&mut lin, record(1), ChangeKind::Edit, vec![text(NAME, "李建国", &[made])]).await;
    let b = town.push(&mut wu, record(1), ChangeKind::Visit, vec![text(NAME, "赵建国", &[made])]).await;
    (lin, wu, [made, a, b])
}

async fn names(town: &Town) -> Vec<String> {
    let view = town.app.store.record_view(record(1)).await.unwrap().unwrap();
    let register = view.row.state.register(FieldNo(NAME)).unwrap();
    register.siblings().iter().map(|s| s.value.as_text().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn the_list_masks_names_and_finds_by_a_part_of_the_title_without_putting_it_into_an_address() {
    let town = Town::new().await;
    disagreement(&town).await;
    let browser = town.sign_in(Role::Supervisor).await;
    let page = town.get(&browser, "/console/records").await;
    assert!(page.html.contains("1 in conflict") && page.html.contains("Person"), "{}", page.html);
    assert!(!page.html.contains("建国"), "names are masked");
    let found = town.post(&browser, "/console/records", "text=%E5%BB%BA%E5%9B%BD").await;
    assert!(found.html.contains(&record(1).to_string()));
    let none = town.post(&browser, "/console/records", "text=%25").await;
    assert!(none.html.contains("No records fit"), "a percent sign is a percent sign");
    let ignored = town.get(&browser, "/console/records?text=nobody").await;
    assert!(ignored.html.contains(&record(1).to_string()), "a search never stands in an address");
}

#[tokio::test]
async fn filters_narrow_the_list() {
    let town = Town::new().await;
    disagreement(&town).await;
    let browser = town.sign_in(Role::Operator).await;
    let id = record(1).to_string();
    for (query, there) in [
        ("type=1", true),
        ("type=8", false),
        (&format!("grid={}", GRIDS[0]), true),
        (&format!("grid={}", GRIDS[1]), false),
        ("conflicts=1", true),
        ("life=dead", false),
        ("before=1", false),
    ] {
        let page = town.get(&browser, &format!("/console/records?{query}")).await;
        assert_eq!(page.html.contains(&id), there, "{query}");
    }
}

#[tokio::test]
async fn a_record_tells_who_wrote_what_when_and_where_and_masks_what_need_not_be_seen() {
    let town = Town::new().await;
    disagreement(&town).await;
    let browser = town.sign_in(Role::Operator).await;
    let page = town.get(&browser, &format!("/console/record/{}", record(1))).await;
    for part in [
        "林小红",
        "吴大明",
        "PDA of",
        "110101********0081",
        "138****1234",
        "0 m from the record",
        "Visited",
        "六联社区",
    ] {
        assert!(page.html.contains(part), "{part}");
    }
    assert!(!page.html.contains(ID) && !page.html.contains("13800001234") && !page.html.contains("王建国"));
    assert!(!page.html.contains("/console/unmask"), "an operator sees no way to unmask");
}

#[tokio::test]
async fn the_list_of_conflicts_puts_times_right_as_the_record_does() {
    let town = Town::new().await;
    let (_, wu, _) = disagreement(&town).await;
    let off = "UPDATE replica SET clock_offset_ms = 7200000 WHERE rid = ?1";
    let rid = wu.rid.0;
    town.app.store.write(move |conn| conn.execute(off, [rid]).named("set a clock")).await.unwrap();
    let browser = town.sign_in(Role::Supervisor).await;
    // Wu's PDA said 10:01; its clock was two hours behind.
    for path in ["/console/conflicts", &format!("/console/record/{}", record(1))] {
        let page = town.get(&browser, path).await;
        assert!(page.html.contains("2026-09-04 12:01"), "{path}: {}", page.html);
    }
}

#[tokio::test]
async fn unmasking_wants_a_reason_is_written_down_first_and_shows_one_field() {
    let town = Town::new().await;
    disagreement(&town).await;
    let browser = town.sign_in(Role::Supervisor).await;
    let form = format!("record={}&field={CITIZEN_ID}", record(1));
    let refused = town.post(&browser, "/console/unmask", &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = town.post(&browser, "/console/unmask", &format!("{form}&reason=caller+asked")).await;
    assert!(page.html.contains(ID) && !page.html.contains("13800001234"));
    let rows = town
        .app
        .store
        .audit_rows(crate::store::audit::AuditFilter { limit: 9, ..Default::default() })
        .await
        .unwrap();
    assert_eq!((rows[0].action.as_str(), rows[0].reason.as_str()), ("unmask", "caller asked"));
    assert!(rows[0].object.starts_with(&record(1).to_string()) && !rows[0].object.contains(ID));
    let again = town.get(&browser, &format!("/console/record/{}", record(1))).await;
    assert!(!again.html.contains(ID), "shown once");
}

#[tokio::test]
async fn settling_replaces_exactly_what_was_on_the_screen() {
    let town = Town::new().await;
    let (mut lin, _, [_, a, b]) = disagreement(&town).await;
    let browser = town.sign_in(Role::Supervisor).await;
    let screen = town.get(&browser, &format!("/console/record/{}/field/{NAME}", record(1))).await;
    for dot in [a, b] {
        assert!(screen.html.contains(&format!("name=\"on_screen\" value=\"{dot}\"")), "{}", screen.html);
    }
    // Meanwhile Lin's PDA, still offline when the page was drawn, hands in another name.
    town.push(&mut lin, record(1), ChangeKind::Edit, vec![text(NAME, "孙建国", &[])]).await;
    let form = format!("record={}&field={NAME}&on_screen={a}&on_screen={b}&take={b}", record(1));
    let page = town.post(&browser, "/console/field", &form).await;
    assert_eq!(page.headers[header::LOCATION], format!("/console/record/{}/field/{NAME}?again=1", record(1)));
    assert_eq!(
        names(&town).await,
        ["孙建国", "赵建国"],
        "the late one is a new conflict, nothing was dropped"
    );
}

#[tokio::test]
async fn a_settled_conflict_is_gone_from_the_list_and_in_the_history() {
    let town = Town::new().await;
    let (_, _, [_, a, b]) = disagreement(&town).await;
    let browser = town.sign_in(Role::Supervisor).await;
    let list = town.get(&browser, "/console/conflicts").await;
    assert!(list.html.contains(&format!("/console/record/{}/field/{NAME}", record(1))));
    let form = format!(
        "record={}&field={NAME}&on_screen={a}&on_screen={b}&take=new&value=%E5%91%A8%E5%BB%BA%E5%9B%BD",
        record(1)
    );
    let page = town.post(&browser, "/console/field", &form).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
    assert_eq!(names(&town).await, ["周建国"]);
    let list = town.get(&browser, "/console/conflicts").await;
    assert!(list.html.contains("No open conflicts"));
    let page = town.get(&browser, &format!("/console/record/{}", record(1))).await;
    assert!(page.html.contains("Conflict settled") && page.html.contains("supervisor甲"));
}

#[tokio::test]
async fn only_a_value_of_the_screen_can_be_taken_from_it() {
    let town = Town::new().await;
    let (_, _, [made, a, b]) = disagreement(&town).await;
    let browser = town.sign_in(Role::Supervisor).await;
    for take in [&format!("&take={made}"), "&take=77.1", "&take=x"] {
        let form = format!("record={}&field={NAME}&on_screen={a}&on_screen={b}{take}", record(1));
        let page = town.post(&browser, "/console/field", &form).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{take}");
    }
    let form = format!("record={}&field={NAME}&on_screen={a}&on_screen={b}", record(1));
    for take in ["", "&take=new", "&take=new&value="] {
        let page = town.post(&browser, "/console/field", &format!("{form}{take}")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{take}");
    }
    assert_eq!(names(&town).await.len(), 2, "nothing typed clears nothing");
    town.post(&browser, "/console/field", &format!("{form}&take=clear")).await;
    assert_eq!(names(&town).await, [""], "cleared as asked");
}

#[tokio::test]
async fn two_pages_of_one_supervisor_never_drop_a_value_unseen() {
    let town = Town::new().await;
    let (_, _, [_, a, b]) = disagreement(&town).await;
    let browser = town.sign_in(Role::Supervisor).await;
    let screen = format!("record={}&field={NAME}&on_screen={a}&on_screen={b}", record(1));
    // Both pages were drawn before either was sent: neither saw the other's answer.
    town.post(&browser, "/console/field", &format!("{screen}&take={a}")).await;
    town.post(&browser, "/console/field", &format!("{screen}&take={b}")).await;
    assert_eq!(names(&town).await, ["李建国", "赵建国"]);
    let view = town.app.store.record_view(record(1)).await.unwrap().unwrap();
    let rids: Vec<_> = view.row.state.register(FieldNo(NAME)).unwrap().dots().iter().map(|d| d.rid).collect();
    assert_ne!(rids[0], rids[1], "the second was written by a replica of its own");
    let key = FieldKey::plain(FieldNo(NAME));
    assert!(view.row.state.conflicts().contains(&key));
}

#[tokio::test]
async fn a_record_is_declared_gone_and_taken_back_and_reviewed() {
    let town = Town::new().await;
    disagreement(&town).await;
    let browser = town.sign_in(Role::Supervisor).await;
    let id = record(1);
    town.post(&browser, "/console/record/life", &format!("record={id}&life=gone&reason=demolished")).await;
    let view = town.app.store.record_view(id).await.unwrap().unwrap();
    assert!(view.row.dead);
    let dot = view.row.state.register(FieldNo(1)).unwrap().dots()[0];
    town.post(&browser, "/console/record/life", &format!("record={id}&life=alive&on_screen={dot}")).await;
    assert!(!town.app.store.record_view(id).await.unwrap().unwrap().row.dead);
    town.post(&browser, "/console/record/review", &format!("record={id}&verdict=approved")).await;
    let page = town.get(&browser, &format!("/console/record/{id}")).await;
    assert!(
        page.html.contains("Approved")
            && page.html.contains("Declared gone")
            && page.html.contains("Restored")
    );
    assert_eq!(town.app.store.check_audit().await.unwrap(), crate::store::audit::Chain::Whole(6));
}

#[tokio::test]
async fn a_refused_form_comes_back_with_what_was_typed_and_what_is_wrong() {
    let town = Town::new().await;
    let (_, _, [made, a, b]) = disagreement(&town).await;
    let browser = town.sign_in(Role::Supervisor).await;
    let id = record(1);
    let form = format!("record={id}&field={NAME}&on_screen={a}&on_screen={b}&reason=by+phone");
    let unchosen = town.post(&browser, "/console/field", &form).await;
    for part in ["Choose one of the values first", "value=\"by phone\"", "name=\"take\""] {
        assert!(unchosen.html.contains(part), "{part}: {}", unchosen.html);
    }
    let typed = format!("record={id}&field={BORN}&take=new&value=1901-02-30&reason=by+phone");
    let misfit = town.post(&browser, "/console/field", &typed).await;
    assert_eq!(misfit.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["This value does not fit", "value=\"1901-02-30\"", "value=\"by phone\"", "aria-invalid"] {
        assert!(misfit.html.contains(part), "{part}: {}", misfit.html);
    }
    assert!(misfit.html.contains(&format!("/console/record/{id}/field/{BORN}?lang=zh-CN")));
    // Seen on an older page than the one that comes back.
    let old = format!("record={id}&field={NAME}&on_screen={made}&take=new&value=");
    let old = town.post(&browser, "/console/field", &old).await;
    assert!(old.html.contains("Another value arrived meanwhile"), "{}", old.html);
    let unmask = format!("record={id}&field={CITIZEN_ID}");
    for path in ["/console/unmask", "/console/field/unmask"] {
        let page = town.post(&browser, path, &unmask).await;
        assert!(page.html.contains("Give a reason for seeing it") && page.html.contains("110101*"), "{path}");
        assert!(!page.html.contains(ID), "{path}");
    }
    let unseen = format!("record={id}&verdict=approved&reason=on+the+spot&on_screen={made}");
    let unseen = town.post(&browser, "/console/record/review", &unseen).await;
    assert_eq!(unseen.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["was never in this field", "value=\"on the spot\"", "value=\"approved\" selected"] {
        assert!(unseen.html.contains(part), "{part}: {}", unseen.html);
    }
}

#[tokio::test]
async fn a_code_that_the_check_doubts_is_saved_only_when_it_is_said_to_stand_so() {
    let town = Town::new().await;
    let (_, _, [made, ..]) = disagreement(&town).await;
    let browser = town.sign_in(Role::Supervisor).await;
    let wrong = "110101190001010082";
    let form = format!("record={}&field={CITIZEN_ID}&on_screen={made}&take=new&value={wrong}", record(1));
    let code = async || {
        let view = town.app.store.record_view(record(1)).await.unwrap().unwrap();
        let siblings = view.row.state.register(FieldNo(CITIZEN_ID)).unwrap().siblings();
        siblings[0].value.as_text().unwrap().to_owned()
    };
    let doubted = town.post(&browser, "/console/field", &form).await;
    assert_eq!(doubted.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["the last character does not fit", &format!("name=\"confirmed\" value=\"{wrong}\"")] {
        assert!(doubted.html.contains(part), "{part}: {}", doubted.html);
    }
    let chinese = town.post(&browser, "/console/field?lang=zh-CN", &form).await;
    assert!(chinese.html.contains("校验码不符"), "{}", chinese.html);
    // What was said of another code is not said of this one.
    town.post(&browser, "/console/field", &format!("{form}&confirmed=110101190001010083")).await;
    assert_eq!(code().await, ID);
    let saved = town.post(&browser, "/console/field", &format!("{form}&confirmed={wrong}")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    assert_eq!(code().await, wrong);
}
