//! Entities: what two workers recorded of one person, side by side.

use super::city::*;
use crate::auth::policy::Role;
use axum::http::StatusCode;
use chrono::NaiveDate;
use gridweave_core::ids::TypeNo;
use gridweave_core::record::ChangeKind;
use gridweave_core::value::Value;

const ID: &str = "110101190001010081";
const BIRTH_DATE: u16 = 18;
const ORGANISATION: u16 = 3;

async fn resident(town: &Town, pda: &mut Pda, n: u8, name: &str, id: &str, year: i32) {
    let born = NaiveDate::from_ymd_opt(year, (year % 12 + 1) as u32, 2).unwrap();
    let writes = vec![
        in_grid(usize::from(n % 2)),
        text(NAME, name, &[]),
        text(CITIZEN_ID, id, &[]),
        write(BIRTH_DATE, Value::Date(born), &[]),
    ];
    town.push(pda, record(n), ChangeKind::Create, writes).await;
}

#[tokio::test]
async fn two_records_of_one_number_are_one_entity_however_it_was_typed() {
    let town = Town::new().await;
    let (mut lin, mut wu) = (town.pda("林小红").await, town.pda("吴大明").await);
    resident(&town, &mut lin, 1, "王建国", ID, 1900).await;
    resident(&town, &mut wu, 2, "王健国", "１１０１０１１９０００１０１００８１", 1900).await;
    resident(&town, &mut wu, 3, "李秀英", "11010119000101009X", 1900).await;
    let linked = town.app.store.linked_entities(0, 10).await.unwrap();
    assert_eq!((linked.count, linked.page[0].records.len()), (1, 2));
    assert_eq!(town.app.store.stats().await.unwrap().linked, 1);
    let browser = town.sign_in(Role::Operator).await;
    let page = town.get(&browser, "/console/entities").await;
    assert!(page.html.contains("<span class=\"chip\">Name</span>"), "{}", page.html);
    assert!(!page.html.contains("Two people"), "one character is a slip");
    let entity = town.get(&browser, &format!("/console/entity/{}", record(2))).await;
    assert_eq!(entity.status, StatusCode::OK);
    for n in [1, 2] {
        assert!(entity.html.contains(&format!("/console/record/{}\"", record(n))));
    }
    let one = town.get(&browser, &format!("/console/record/{}", record(1))).await;
    assert!(one.html.contains("Other records of the same") && one.html.contains(&record(2).to_string()));
}

#[tokio::test]
async fn one_number_with_another_name_and_birth_date_raises_the_flag_of_two_people() {
    let town = Town::new().await;
    let (mut lin, mut wu) = (town.pda("林小红").await, town.pda("吴大明").await);
    resident(&town, &mut lin, 1, "王建国", ID, 1900).await;
    resident(&town, &mut wu, 2, "李秀英", ID, 1907).await;
    let browser = town.sign_in(Role::Supervisor).await;
    let page = town.get(&browser, "/console/entities").await;
    assert!(page.html.contains("Two people, one code?"));
    let entity = town.get(&browser, &format!("/console/entity/{}", record(1))).await;
    assert!(entity.html.contains("The names are clearly different") && entity.html.contains("birth dates"));
    let first = town.get(&browser, "/console").await;
    assert!(first.html.contains("<b>1</b><span>Two people, one code?</span>"));
}

#[tokio::test]
async fn a_corrected_number_parts_the_entity_again() {
    let town = Town::new().await;
    let mut lin = town.pda("林小红").await;
    resident(&town, &mut lin, 1, "王建国", ID, 1900).await;
    resident(&town, &mut lin, 2, "李秀英", ID, 1907).await;
    let view = town.app.store.record_view(record(2)).await.unwrap().unwrap();
    let dot = view.row.state.register(gridweave_core::ids::FieldNo(CITIZEN_ID)).unwrap().dots()[0];
    let browser = town.sign_in(Role::Supervisor).await;
    let form =
        format!("record={}&field={CITIZEN_ID}&on_screen={dot}&take=new&value=11010119000101009X", record(2));
    assert_eq!(town.post(&browser, "/console/field", &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(town.app.store.linked_entities(0, 10).await.unwrap().count, 0);
}

#[tokio::test]
async fn a_firm_recorded_by_its_credit_code_and_by_the_organisation_code_in_it_is_one_entity() {
    let town = Town::new().await;
    let mut lin = town.pda("林小红").await;
    for (n, field, code) in [(1, 17, "914403001922038216"), (2, 18, "19220382-1"), (3, 18, "73626478-9")] {
        let writes = vec![in_grid(0), text(NAME, "坪山制造", &[]), text(field, code, &[])];
        town.push_type(&mut lin, record(n), TypeNo(ORGANISATION), ChangeKind::Create, writes).await;
    }
    let linked = town.app.store.linked_entities(0, 10).await.unwrap();
    let records: Vec<_> = linked.page.iter().map(|e| e.records.len()).collect();
    assert_eq!((linked.count, records), (1, vec![2]));
}
