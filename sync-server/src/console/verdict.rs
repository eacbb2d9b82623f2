//! What a supervisor says of a whole record: reviewed, gone, back again. And how an order of the console is carried out.

use super::again::Again;
use super::fields::Fields;
use super::frame::Frame;
use super::record;
use super::trouble::Trouble;
use super::words::read_dots;
use crate::app::App;
use crate::store::settle::{Order, Refused};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use gridweave_core::form::system;
use gridweave_core::ids::{Dot, FieldKey, FieldNo, RecordId};
use gridweave_core::record::{ChangeKind, Write};
use gridweave_core::value::{Code, Value};
use std::sync::Arc;

/// `POST /console/record/review`.
pub async fn review(State(app): State<Arc<App>>, f: Frame, fields: Fields) -> Result<Response, Trouble> {
    let verdict = code(&app, &fields, "verdict", "review")?;
    own_register(&app, f, &fields, "review", ChangeKind::Review, system::REVIEW, verdict).await
}

/// `POST /console/record/life`: gone, with a reason, or back again.
pub async fn life(State(app): State<Arc<App>>, f: Frame, fields: Fields) -> Result<Response, Trouble> {
    let life = code(&app, &fields, "life", "life")?;
    let kind = if life.code == system::ALIVE { ChangeKind::Restore } else { ChangeKind::Delete };
    own_register(&app, f, &fields, "life", kind, system::LIFE, life).await
}

/// What was chosen of a code list.
fn code(app: &App, fields: &Fields, name: &str, list: &str) -> Result<Code, Trouble> {
    let list = app.store.catalog().code_lists.get(list);
    let known = |text: &str| list.filter(|l| l.entry(text).is_some_and(|e| !e.retired)).map(|l| l.code(text));
    fields.get(name).and_then(known).ok_or(Trouble::BadForm)
}

/// Sets one of the registers that every record has.
async fn own_register(
    app: &App,
    f: Frame,
    fields: &Fields,
    form: &'static str,
    kind: ChangeKind,
    no: FieldNo,
    code: Code,
) -> Result<Response, Trouble> {
    let record: RecordId = fields.read("record")?;
    let replaces = read_dots(fields.all("on_screen")).ok_or(Trouble::BadForm)?;
    let write = Write { field: FieldKey::plain(no), value: Value::Code(code), replaces };
    match carry_out(app, &f, record, kind, write, fields.get("reason").unwrap_or("")).await {
        Ok(_) => Ok(Redirect::to(&format!("/console/record/{record}")).into_response()),
        Err(Trouble::Refused(says)) => {
            let again = Again::new(form, "reason", f.t(says), fields);
            record::draw(app, f, record, None, again).await
        }
        Err(trouble) => Err(trouble),
    }
}

/// Writes what a supervisor wants written; a refusal has a text.
pub async fn carry_out(
    app: &App,
    f: &Frame,
    record: RecordId,
    kind: ChangeKind,
    write: Write,
    reason: &str,
) -> Result<Dot, Trouble> {
    let reason = reason.chars().take(200).collect();
    let order = Order { person: f.person()?, record, kind, writes: vec![write], reason };
    match app.store.settle(order, app.identity_key.clone(), app.now_ms()).await? {
        Ok(dot) => Ok(dot),
        Err(Refused::NoRecord) => Err(Trouble::NotFound),
        Err(Refused::Misfit(_)) => Err(Trouble::Refused("settle.misfit")),
        Err(Refused::UnknownGrid) => Err(Trouble::Refused("settle.unknown_grid")),
        Err(Refused::Unseen) => Err(Trouble::Refused("settle.unseen")),
    }
}
