//! A form that was refused: its page is drawn again with what was typed, and with what is wrong beside the field.

use super::fields::Fields;
use axum::http::StatusCode;
use axum::response::Response;

/// What was sent and why it was refused; the default: nothing was.
#[derive(Debug, Default)]
pub struct Again {
    form: &'static str,
    field: &'static str,
    /// What is wrong, in the reader's language.
    pub says: String,
    sent: Fields,
}

impl Again {
    /// A form of the page that was refused for one of its fields.
    pub fn new(form: &'static str, field: &'static str, says: impl Into<String>, sent: &Fields) -> Again {
        Again { form, field, says: says.into(), sent: sent.clone() }
    }

    /// Whether this form was refused.
    pub fn is_of(&self, form: &str) -> bool {
        self.form == form && !form.is_empty()
    }

    /// Whether this form was refused for this field.
    pub fn is_at(&self, form: &str, field: &str) -> bool {
        self.is_of(form) && self.field == field
    }

    /// What was typed into a field of this form; nothing if it was not this one.
    pub fn typed<'a>(&'a self, form: &str, name: &'a str) -> &'a str {
        if self.is_of(form) { self.sent.all(name).next().unwrap_or("") } else { "" }
    }

    /// Whether this was chosen in a field of this form.
    pub fn chose(&self, form: &str, name: &str, value: &str) -> bool {
        self.is_of(form) && self.sent.all(name).any(|sent| sent == value)
    }

    /// The page with the status that fits: that of a refusal, if there was one.
    pub fn status(refused: bool, mut page: Response) -> Response {
        if refused && page.status() == StatusCode::OK {
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_form_that_was_sent_is_filled_again() {
        let again = Again::new("unmask", "reason", "Why?", &Fields::parse(b"reason=+a&grid=1&grid=2"));
        assert_eq!([again.typed("unmask", "reason"), again.typed("settle", "reason")], [" a", ""]);
        assert!(again.chose("unmask", "grid", "2") && !again.chose("unmask", "grid", "3"));
        assert!(again.is_at("unmask", "reason") && !again.is_at("settle", "reason"));
        assert!(!Again::default().is_of(""), "nothing was sent");
    }
}
