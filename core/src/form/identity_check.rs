//! Checking identity codes while they are typed: the form knows the scheme's name, the caller knows the scheme.

use super::label::Label;
use super::problem::Severity;

/// One thing that is wrong, or odd, about an identity code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityFinding {
    /// Whether it may be saved all the same.
    pub severity: Severity,
    /// Short name of the finding, `check_digit` for example.
    pub code: String,
    /// What people read.
    pub message: Label,
}

/// Who knows identity schemes.
pub trait IdentityCheck: Send + Sync {
    /// Everything that is wrong with the text as a code of the scheme; nothing for a scheme that is not known.
    fn check(&self, scheme: &str, text: &str) -> Vec<IdentityFinding>;
}

/// Knows no scheme.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoIdentityCheck;

impl IdentityCheck for NoIdentityCheck {
    fn check(&self, _scheme: &str, _text: &str) -> Vec<IdentityFinding> {
        Vec::new()
    }
}
