//! The fields of a form that was sent. A name may come several times.

use super::trouble::Trouble;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::str::FromStr;

/// What was sent, in order. Read once, by the gate, which looks for the token in it.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a body or a query of the kind `a=1&b=2`.
    pub fn parse(text: &[u8]) -> Fields {
        Fields(form_urlencoded::parse(text).into_owned().collect())
    }

    /// The first value of a name; nothing but spaces counts as nothing.
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim());
        value.filter(|value| !value.is_empty())
    }

    /// The first value of a name, read as something.
    pub fn read<T: FromStr>(&self, name: &str) -> Result<T, Trouble> {
        self.get(name).and_then(|text| text.parse().ok()).ok_or(Trouble::BadForm)
    }

    /// Leaves a name out.
    pub fn drop(&mut self, name: &str) {
        self.0.retain(|(key, _)| key != name);
    }

    /// All values of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The form of a request that the gate let through.
impl<S: Send + Sync> FromRequestParts<S> for Fields {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Fields, Trouble> {
        parts.extensions.get::<Fields>().cloned().ok_or(Trouble::BadForm)
    }
}
