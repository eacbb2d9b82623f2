//! What went wrong, by what the app can do next. The only place where the core's errors are translated.
//!
//! `code` is stable and chooses the app's own words; `reason` is for logs, in English. Neither holds anything personal.

use gridweave_core::fieldbook::{Error, Refused};
use gridweave_core::form::{AnswerError, DraftError};
use gridweave_core::keys::{DeviceKeyError, KeyError};
use gridweave_core::record::CodecError;
use gridweave_core::wire::pins::NoticeProblem;
use gridweave_core::wire::{ExchangeError, Refusal};

/// What the app can do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum FieldbookError {
    /// Nothing is wrong with the request: do the same again later, when the network or the system allows it.
    #[error("try again: {reason}")]
    Retry {
        /// Stable code.
        code: String,
        /// For logs.
        reason: String,
    },
    /// The device is not enrolled, or not any more: scan an enrolment code. What was saved stays.
    #[error("enrol: {reason}")]
    Enrol {
        /// Stable code.
        code: String,
        /// For logs.
        reason: String,
    },
    /// The key does not open the field book: ask the person to unlock it again. Nothing was changed.
    #[error("unlock: {reason}")]
    Unlock {
        /// Stable code.
        code: String,
        /// For logs.
        reason: String,
    },
    /// This phone cannot open the field book any more, with no PIN: hand it over to the organisation, which can, and set it
    /// aside. Nothing was changed.
    #[error("lost: {reason}")]
    Lost {
        /// Stable code.
        code: String,
        /// For logs.
        reason: String,
    },
    /// A later version of the app is needed.
    #[error("update: {reason}")]
    Update {
        /// Stable code.
        code: String,
        /// For logs.
        reason: String,
    },
    /// The person can mend it: tell them what `code` says.
    #[error("refused: {reason}")]
    Refused {
        /// Stable code.
        code: String,
        /// For logs.
        reason: String,
    },
    /// The store on this device is damaged or cannot be reached: tell support. Nothing is deleted.
    #[error("broken: {reason}")]
    Broken {
        /// Stable code.
        code: String,
        /// For logs.
        reason: String,
    },
}

impl FieldbookError {
    /// A refusal that arises in the translation itself.
    pub(crate) fn refused(code: &str, reason: &str) -> FieldbookError {
        FieldbookError::Refused { code: code.into(), reason: reason.into() }
    }
}

impl From<Error> for FieldbookError {
    fn from(error: Error) -> FieldbookError {
        use FieldbookError as Ffi;
        let reason = error.to_string();
        let broken = |code: &str, reason| Ffi::Broken { code: code.into(), reason };
        match error {
            Error::Full { .. } => Ffi::Refused { code: "storage_full".into(), reason },
            Error::Key => Ffi::Unlock { code: "wrong_key".into(), reason },
            Error::NoCipher => Ffi::Unlock { code: "no_cipher".into(), reason },
            Error::Newer { .. } | Error::Codec(CodecError::Version(_)) => {
                Ffi::Update { code: "newer_data".into(), reason }
            }
            Error::InUse => Ffi::Retry { code: "in_use".into(), reason },
            Error::Random => Ffi::Retry { code: "random".into(), reason },
            Error::NotEnrolled => Ffi::Enrol { code: "not_enrolled".into(), reason },
            Error::Enrolled => Ffi::Refused { code: "enrolled".into(), reason },
            Error::Code(_) => Ffi::Enrol { code: "not_a_code".into(), reason },
            Error::Certificate(_) | Error::Seal(_) => Ffi::Enrol { code: "certificate".into(), reason },
            Error::Notice(problem) => {
                let code = match problem {
                    NoticeProblem::NotANotice => "not_a_notice",
                    NoticeProblem::NotSigned => "notice_not_signed",
                    NoticeProblem::Older => "notice_older",
                };
                Ffi::Refused { code: code.into(), reason }
            }
            Error::Refused(refused) => refused.into(),
            Error::Exchange(error) => error.into(),
            Error::Keys(error) => error.into(),
            Error::Damaged(_) => broken("damaged", reason),
            // The field book itself is sound: the file beside it is to be put right.
            Error::OwnType(_) => Ffi::Refused { code: "own_type".into(), reason },
            // The database's and the system's own words may quote what was being written: only their class is kept.
            Error::Sql { what, source } => {
                broken("database", format!("{what}: {:?}", source.sqlite_error_code()))
            }
            Error::Io { what, source } => broken("storage", format!("{what}: {}", source.kind())),
            Error::Codec(_) | Error::Merge(_) => broken("damaged", reason),
        }
    }
}

impl From<KeyError> for FieldbookError {
    fn from(error: KeyError) -> FieldbookError {
        let reason = error.to_string();
        let unlock = |code: &str, reason| FieldbookError::Unlock { code: code.into(), reason };
        let lost = |code: &str, reason| FieldbookError::Lost { code: code.into(), reason };
        match error {
            KeyError::Device(DeviceKeyError::Lost) => lost("device_key_lost", reason),
            KeyError::Device(DeviceKeyError::Unavailable) => {
                FieldbookError::Retry { code: "device_key_unavailable".into(), reason }
            }
            KeyError::PinWanted => unlock("pin_wanted", reason),
            KeyError::WrongPin { .. } => unlock("wrong_pin", reason),
            KeyError::PinWait { .. } => unlock("pin_wait", reason),
            KeyError::WrongPins => lost("wrong_pins", reason),
            KeyError::PinUnfit => FieldbookError::Refused { code: "pin_unfit".into(), reason },
            KeyError::Damaged => lost("keys_damaged", reason),
            KeyError::Newer => FieldbookError::Update { code: "newer_data".into(), reason },
            KeyError::NoRecovery | KeyError::OtherRecovery => unlock("other_recovery", reason),
            // Not the keys' own: told as it is for all else.
            error @ (KeyError::Seal(_) | KeyError::Io { .. } | KeyError::Random) => Error::from(error).into(),
        }
    }
}

impl From<Refused> for FieldbookError {
    fn from(refused: Refused) -> FieldbookError {
        let reason = refused.to_string();
        let code = match &refused {
            Refused::UnknownType(_) => return FieldbookError::Update { code: "unknown_type".into(), reason },
            Refused::Draft(DraftError::Newer(_)) => {
                return FieldbookError::Update { code: "newer_data".into(), reason };
            }
            Refused::UnknownRecord(_) => "unknown_record",
            Refused::TakenUp(_) => "taken_up",
            Refused::OtherType(_) => "other_type",
            Refused::UnknownField(_) => "unknown_field",
            Refused::Twice(_) => "twice",
            Refused::WrongKind(_) => "wrong_kind",
            Refused::TooLong(_) => "too_long",
            Refused::OffEarth(_) => "off_earth",
            Refused::Nothing => "nothing_changed",
            Refused::Deleted(_) => "deleted",
            Refused::NotDeleted(_) => "not_deleted",
            Refused::NoGrid => "no_grid",
            Refused::ForeignGrid => "foreign_grid",
            Refused::NoPhoto(_) => "no_photo",
            Refused::NoPicture => "no_picture",
            Refused::TooLarge => "too_large",
            Refused::Outdated => "outdated",
            Refused::Misfit(_) => "misfit",
            Refused::NoDraft => "no_draft",
            Refused::UnknownScheme(_) => "unknown_scheme",
            Refused::Problems(_) => "problems",
            Refused::Draft(_) => "damaged_draft",
        };
        FieldbookError::Refused { code: code.into(), reason }
    }
}

impl From<ExchangeError> for FieldbookError {
    fn from(error: ExchangeError) -> FieldbookError {
        let reason = error.to_string();
        match error {
            ExchangeError::Unreachable(_) => FieldbookError::Retry { code: "unreachable".into(), reason },
            ExchangeError::Busy(_) => FieldbookError::Retry { code: "busy".into(), reason },
            ExchangeError::Untrusted => FieldbookError::Retry { code: "server_key_unknown".into(), reason },
            ExchangeError::Refused(refusal) => refusal.into(),
            ExchangeError::Garbled(_) => FieldbookError::Refused { code: "garbled".into(), reason },
            ExchangeError::Local(error) => match error.downcast::<Error>() {
                Ok(error) => (*error).into(),
                Err(_) => FieldbookError::Refused { code: "garbled".into(), reason },
            },
        }
    }
}

impl From<Refusal> for FieldbookError {
    fn from(Refusal { status, code, message: reason, .. }: Refusal) -> FieldbookError {
        match code.as_str() {
            "unknown_device" | "revoked" | "retired" | "enrolment_refused" => {
                FieldbookError::Enrol { code, reason }
            }
            // The server is overloaded or being mended.
            _ if status == 429 || status >= 500 => FieldbookError::Retry { code, reason },
            _ => FieldbookError::Refused { code, reason },
        }
    }
}

impl From<AnswerError> for FieldbookError {
    fn from(error: AnswerError) -> FieldbookError {
        let code = match error {
            AnswerError::NotAsked { .. } => "not_asked",
            AnswerError::WrongKind(_) => "wrong_kind",
            AnswerError::ReadOnly(_) => "read_only",
            AnswerError::Full(_) => "line_full",
            AnswerError::Twice(_) => "twice",
        };
        FieldbookError::refused(code, &error.to_string())
    }
}

/// A listener that threw.
impl From<uniffi::UnexpectedUniFFICallbackError> for FieldbookError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> FieldbookError {
        FieldbookError::refused("listener", "the app's listener failed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, code: &str) -> FieldbookError {
        Refusal { status, code: code.into(), message: "why".into(), counter: None }.into()
    }

    #[test]
    fn each_cause_leads_to_the_step_that_helps() {
        assert!(matches!(Error::Key.into(), FieldbookError::Unlock { .. }));
        assert!(matches!(Error::Newer { found: 9, known: 1 }.into(), FieldbookError::Update { .. }));
        assert!(matches!(KeyError::Newer.into(), FieldbookError::Update { .. }));
        assert!(matches!(KeyError::PinWanted.into(), FieldbookError::Unlock { .. }));
        assert!(matches!(KeyError::WrongPins.into(), FieldbookError::Lost { .. }));
        assert!(matches!(KeyError::Device(DeviceKeyError::Unavailable).into(), FieldbookError::Retry { .. }));
        assert!(matches!(Error::NotEnrolled.into(), FieldbookError::Enrol { .. }));
        assert!(matches!(Error::Damaged("rows").into(), FieldbookError::Broken { .. }));
        assert!(matches!(Error::Full { what: "a save" }.into(), FieldbookError::Refused { .. }));
        let full = KeyError::Io { what: "write the keys", source: std::io::ErrorKind::StorageFull.into() };
        assert!(
            matches!(full.into(), FieldbookError::Refused { code, .. } if code == "storage_full"),
            "the keys' files are files like all others"
        );
        let full = ExchangeError::Local(Box::new(Error::Full { what: "reserve counters" }));
        assert!(
            matches!(full.into(), FieldbookError::Refused { code, .. } if code == "storage_full"),
            "told in sync as it is in saving"
        );
        assert!(matches!(ExchangeError::Unreachable("".into()).into(), FieldbookError::Retry { .. }));
        assert!(matches!(refusal(403, "revoked"), FieldbookError::Enrol { code, .. } if code == "revoked"));
        assert!(matches!(refusal(503, "busy"), FieldbookError::Retry { .. }));
        assert!(matches!(refusal(413, "photo_size"), FieldbookError::Refused { .. }));
    }

    #[test]
    fn the_systems_own_words_do_not_leave_the_core() {
        let source = std::io::Error::other("/sdcard/王小明");
        let FieldbookError::Broken { reason, .. } = Error::Io { what: "read a photo", source }.into() else {
            panic!("a storage that fails is broken");
        };
        assert!(!reason.contains("王小明"), "{reason}");
    }
}
