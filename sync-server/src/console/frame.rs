//! What is around every page: language, who is signed in, the ways to other pages.

use super::lang::Lang;
use super::trouble::Trouble;
use crate::app::App;
use crate::auth::person::Signed;
use crate::auth::policy::Action;
use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use gridweave_core::ids::PersonNo;
use std::sync::Arc;

/// The frame of one page. Templates call it `f`.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Language of the page.
    pub lang: Lang,
    /// Who reads it; nobody only on the page to sign in.
    pub who: Option<Signed>,
    /// Name of the organisation.
    pub organisation: String,
    /// A demo city; the page says so.
    pub invented: bool,
    /// Path of the page.
    pub path: String,
    /// Query of the page, without the language.
    pub query: String,
}

/// A way to another page.
pub struct Way {
    /// Where it leads.
    pub href: &'static str,
    /// Its text.
    pub text: &'static str,
    /// It leads to where one is.
    pub here: bool,
}

impl Frame {
    /// The frame of a request, as the gate found it.
    pub fn new(app: &App, lang: Lang, who: Option<Signed>, path: &str, query: Option<&str>) -> Frame {
        let kept =
            query.unwrap_or("").split('&').filter(|part| !part.is_empty() && !part.starts_with("lang="));
        Frame {
            lang,
            who,
            organisation: app.city.organisation.clone(),
            invented: app.city.invented,
            path: path.to_owned(),
            query: kept.collect::<Vec<_>>().join("&"),
        }
    }

    /// The text of a key.
    pub fn t(&self, key: &'static str) -> &'static str {
        self.lang.t(key)
    }

    /// The text of a key with one place.
    pub fn fill1(&self, key: &'static str, value: impl ToString) -> String {
        self.lang.fill(key, &[&value.to_string()])
    }

    /// The text of a key with two places.
    pub fn fill2(&self, key: &'static str, a: impl ToString, b: impl ToString) -> String {
        self.lang.fill(key, &[&a.to_string(), &b.to_string()])
    }

    /// The frame of the page at `path`, where a form was sent somewhere else: the way to the other language leads there.
    pub fn at(mut self, path: String) -> Frame {
        if self.path != path {
            (self.path, self.query) = (path, String::new());
        }
        self
    }

    /// The text of a name from the data.
    pub fn name(&self, family: &str, name: &str) -> String {
        self.lang.of_family(family, name)
    }

    /// Whether the reader may do this.
    pub fn may(&self, action: Action) -> bool {
        self.who.as_ref().is_some_and(|who| who.may(action))
    }

    /// Number of the reader.
    pub fn person(&self) -> Result<PersonNo, Trouble> {
        self.who.as_ref().map(|who| who.person).ok_or(Trouble::Forbidden)
    }

    /// The token of this session, for the forms of the page.
    pub fn csrf(&self) -> &str {
        self.who.as_ref().map_or("", |who| &who.csrf)
    }

    /// The same page in the other language.
    pub fn other_language(&self) -> String {
        let tag = match self.lang {
            Lang::ZhCn => "en",
            Lang::En => "zh-CN",
        };
        let and = if self.query.is_empty() { "" } else { "&" };
        format!("{}?{}{and}lang={tag}", self.path, self.query)
    }

    /// Ways to the pages that the reader may see.
    pub fn ways(&self) -> Vec<Way> {
        let mut ways = Vec::new();
        let mut way = |action, href: &'static str, text| {
            if self.may(action) {
                let here = self.path == href || self.path.starts_with(&format!("{href}/"));
                ways.push(Way { href, text, here: here && (href != "/console" || self.path == href) });
            }
        };
        way(Action::Enter, "/console", self.t("nav.overview"));
        way(Action::ReadRecords, "/console/records", self.t("nav.records"));
        way(Action::ReadRecords, "/console/map", self.t("nav.map"));
        way(Action::ReadRecords, "/console/conflicts", self.t("nav.conflicts"));
        way(Action::ReadRecords, "/console/entities", self.t("nav.entities"));
        way(Action::ReadSessions, "/console/sessions", self.t("nav.sessions"));
        way(Action::ReadDevices, "/console/devices", self.t("nav.devices"));
        way(Action::ManageDevices, "/console/enrolment", self.t("nav.enrolment"));
        way(Action::ReadQuarantine, "/console/quarantine", self.t("nav.quarantine"));
        way(Action::ReadAudit, "/console/audit", self.t("nav.audit"));
        ways
    }
}

impl FromRequestParts<Arc<App>> for Frame {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Frame, Trouble> {
        // Put there by the gate, which every route of the console stands behind.
        parts.extensions.get::<Frame>().cloned().ok_or(Trouble::Forbidden)
    }
}

/// A template as an answer.
pub fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be drawn");
            Trouble::Store.into_response()
        }
    }
}
