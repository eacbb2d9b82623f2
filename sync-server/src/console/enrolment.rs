//! Enrolment: a code for one person's device, as a picture to scan and a text to type; then the comparison of six digits
//! on both screens before the device may do anything. And where there is TLS, the notice of the server's keys.

use super::again::Again;
use super::clock;
use super::fields::Fields;
use super::frame::{Frame, page};
use super::records::Choice;
use super::trouble::Trouble;
use super::words::Words;
use crate::app::App;
use crate::auth::policy::Role;
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use gridweave_core::ids::{GridCode, PersonNo};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use std::sync::Arc;

struct Waiting {
    id: u64,
    who: String,
    device: String,
    fingerprint: String,
}

struct Code {
    svg: String,
    text: String,
    who: String,
    until: String,
}

/// The server's TLS keys, for devices that know only older ones.
struct Keys {
    svg: String,
    text: String,
}

#[derive(Template)]
#[template(path = "enrolment.html")]
struct EnrolmentPage {
    f: Frame,
    people: Vec<Choice>,
    grids: Vec<Choice>,
    waiting: Vec<Waiting>,
    code: Option<Code>,
    keys: Option<Keys>,
    again: Again,
}

/// The form that makes a code, and the one that confirms.
const MAKE: &str = "make";
const CONFIRM: &str = "confirm";

/// `GET /console/enrolment`.
pub async fn form(State(app): State<Arc<App>>, f: Frame) -> Result<Response, Trouble> {
    draw(&app, f, None, Again::default()).await
}

/// `POST /console/enrolment`: makes a code and shows it once.
pub async fn make(State(app): State<Arc<App>>, f: Frame, fields: Fields) -> Result<Response, Trouble> {
    if fields.get("person").is_none() {
        let again = Again::new(MAKE, "person", f.t("enrolment.choose_person"), &fields);
        return draw(&app, f, None, again).await;
    }
    let person = PersonNo(fields.read("person")?);
    let people = app.store.people().await?;
    let who = people.iter().find(|p| p.no == person && p.role == Some(Role::Worker) && !p.disabled);
    let who = who.ok_or(Trouble::BadForm)?.name.clone();
    let known = app.store.grids().await?;
    let grids: Vec<GridCode> = fields.all("grid").map(|code| GridCode(code.into())).collect();
    if grids.is_empty() || !grids.iter().all(|code| known.iter().any(|grid| grid.code == code.0)) {
        let again = Again::new(MAKE, "grid", f.t("enrolment.choose_grids"), &fields);
        return draw(&app, f, None, again).await;
    }
    let new = crate::init::enrolment_code(&app, person, grids, false, Some(f.person()?)).await?;
    let (text, until) = (new.to_text(), clock::minute(new.expires_ms));
    let code = Code { svg: picture(&text)?, text, who, until };
    draw(&app, f, Some(code), Again::default()).await
}

/// `POST /console/enrolment/confirm`: the digits were compared and are the same.
pub async fn confirm(State(app): State<Arc<App>>, f: Frame, fields: Fields) -> Result<Response, Trouble> {
    let id: u64 = fields.read("id")?;
    if !app.confirm_enrolment(id, f.person()?).await? {
        let again = Again::new(CONFIRM, "id", f.t("enrolment.nothing_waits"), &fields);
        return draw(&app, f, None, again).await;
    }
    Ok(Redirect::to("/console/enrolment").into_response())
}

async fn draw(app: &App, f: Frame, code: Option<Code>, again: Again) -> Result<Response, Trouble> {
    let people = app.store.people().await?;
    let known = app.store.grids().await?;
    let words = Words::new(f.lang, app.store.catalog(), &known);
    let workers = people.iter().filter(|p| p.role == Some(Role::Worker) && !p.disabled);
    let name = |no: PersonNo| people.iter().find(|p| p.no == no).map(|p| p.name.clone()).unwrap_or_default();
    let waiting = app.store.waiting_enrolments().await?.into_iter().map(|w| Waiting {
        id: w.id,
        who: name(w.person),
        device: w.device,
        fingerprint: w.fingerprint,
    });
    let choice = |name: &str, value: String, label: String| {
        let chosen = again.chose(MAKE, name, &value);
        Choice { value, label, chosen }
    };
    let grids = known.iter().map(|g| choice("grid", g.code.clone(), words.grid(&g.code)));
    let refused = !again.says.is_empty();
    let page = page(&EnrolmentPage {
        people: workers
            .map(|p| choice("person", p.no.to_string(), format!("{} ({})", p.name, p.no)))
            .collect(),
        grids: grids.collect(),
        waiting: waiting.collect(),
        keys: app.pins.as_ref().map(|notice| keys(notice.to_text())).transpose()?,
        code,
        again,
        f: f.at("/console/enrolment".into()),
    });
    Ok(Again::status(refused, page))
}

fn keys(text: String) -> Result<Keys, Trouble> {
    Ok(Keys { svg: picture(&text)?, text })
}

/// The code as a picture, to stand in the page itself.
fn picture(text: &str) -> Result<String, Trouble> {
    // The text is long; the lowest level of correction keeps the squares large enough for a PDA's camera.
    let code = QrCode::with_error_correction_level(text, EcLevel::L).map_err(|_| Trouble::BadForm)?;
    let picture = code.render::<svg::Color<'_>>().min_dimensions(320, 320).build();
    // Without the declaration, which may stand only at the start of a document.
    Ok(picture.find("<svg").map_or_else(String::new, |at| picture[at..].to_owned()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_picture_can_stand_inside_a_page() {
        let svg = super::picture("GRIDWEAVE1:{}").unwrap();
        assert!(svg.starts_with("<svg") && svg.contains("<path") && !svg.contains("style="));
    }
}
