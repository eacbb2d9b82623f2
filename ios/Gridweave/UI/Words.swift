import Fieldbook
import Foundation

/// The words of the app in one language, by their names in the string catalogue: `say("safe_open", 1, 2)`. Numbers are given
/// as `Int`, texts as `String`.
struct Say {
    private let bundle: Bundle
    /// The words are English; Chinese else.
    let english: Bool

    init(_ language: Language, of main: Bundle = .main) {
        let folder: String? =
            switch language {
            case .system: nil
            case .chinese: "zh-Hans"
            case .english: "en"
            }
        let path = folder.flatMap { main.path(forResource: $0, ofType: "lproj") }
        bundle = path.flatMap(Bundle.init(path:)) ?? main
        english = bundle.localizedString(forKey: "lang", value: nil, table: nil) == "en"
    }

    func callAsFunction(_ key: String, _ parts: any CVarArg...) -> String {
        let words = bundle.localizedString(forKey: key, value: nil, table: nil)
        return parts.isEmpty ? words : String(format: words, arguments: parts)
    }
}

extension Words {
    /// In the language of the screens.
    func here(_ say: Say) -> String {
        if say.english { en.isEmpty ? zh : en } else { zh.isEmpty ? en : zh }
    }
}

extension RecordType? {
    /// What the type is called; nothing where it is not known.
    func label(_ say: Say) -> String { self?.label.here(say) ?? "" }

    /// What a field is called; its number where the type is not known.
    func fieldName(_ key: FieldKey, _ say: Say) -> String { self?.fields[key.no]?.label.here(say) ?? "\(key.no)" }
}

extension Trouble {
    /// What went wrong, and what helps.
    func words(_ say: Say) -> String {
        if let known = troubles[code] { return say(known) }
        return switch next {
        case .retry: say("trouble_retry")
        case .enrol: say("trouble_enrol")
        case .unlock, .lost: say("trouble_unlock")
        case .update: say("trouble_update")
        case .refused: say("trouble_refused", code)
        case .broken: say("trouble_broken")
        }
    }
}

private let troubles = [
    "unreachable": "trouble_unreachable",
    "server_key_unknown": "trouble_server_key_unknown",
    "not_enrolled": "trouble_not_enrolled",
    "not_a_code": "trouble_not_a_code",
    "enrolment_refused": "trouble_enrolment_refused",
    "revoked": "trouble_revoked",
    "wrong_pin": "trouble_wrong_pin",
    "pin_wait": "trouble_pin_wait",
    "pin_unfit": "trouble_pin_unfit",
    "device_key_unavailable": "trouble_device_key_unavailable",
    "enrolled": "trouble_enrolled",
    "storage_full": "trouble_storage_full",
    "newer_data": "trouble_newer_data",
    "sync_running": "trouble_sync_running",
    "problems": "trouble_problems",
    "no_grid": "trouble_no_grid",
    "foreign_grid": "trouble_foreign_grid",
    "too_large": "trouble_too_large",
    "no_photo": "trouble_no_photo",
    "deleted": "trouble_deleted",
    "no_draft": "trouble_no_draft",
    "too_late": "trouble_too_late",
    "damaged_draft": "trouble_damaged_draft",
    "outdated": "trouble_outdated",
    "nothing_changed": "trouble_nothing_changed",
    "unknown_record": "trouble_unknown_record",
    "wrong_kind": "trouble_wrong_kind",
    "too_long": "trouble_too_long",
    "in_use": "trouble_in_use",
    "no_room_for_photos": "photo_no_room",
    "taken_up": "trouble_taken_up",
    "unreadable": "trouble_unreadable",
    "line_full": "trouble_line_full",
    "own_type": "trouble_own_type",
    "no_picture": "photo_no_picture",
]

extension ChangeKind {
    /// The name of its words.
    var words: String {
        switch self {
        case .create: "kind_create"
        case .edit: "kind_edit"
        case .visit: "kind_visit"
        case .delete: "kind_delete"
        case .restore: "kind_restore"
        case .review: "kind_review"
        case .resolve: "kind_resolve"
        case .move: "kind_move"
        case .other: "kind_other"
        }
    }
}

extension Custody {
    /// The name of its words.
    var words: String {
        switch self {
        case .received: "custody_received"
        case .refused: "custody_refused"
        case .here: "custody_here"
        }
    }
}

extension PhotoTrouble {
    /// The name of its words.
    var words: String {
        switch self {
        case .damaged: "record_photo_damaged"
        case .unreleased: "record_photo_unreleased"
        case .overQuota: "record_photo_over_quota"
        }
    }
}

extension PagePhoto {
    /// Why it cannot be shown, where it cannot.
    var absent: String { trouble == .damaged ? PhotoTrouble.damaged.words : "trouble_no_photo" }
}

extension Stands {
    /// Where a change stands.
    func words(_ say: Say) -> String {
        switch self {
        case .here: say("custody_here")
        case .received: say("custody_received")
        case .refused(let code): refusedWords(code, say)
        }
    }

    /// Why the server did not accept it; nothing where it did.
    var refusal: String {
        if case .refused(let code) = self { code } else { "" }
    }
}

/// Why the server did not accept a change.
func refusedWords(_ code: String, _ say: Say) -> String {
    switch code {
    case "revoked": say("refused_revoked")
    case "out_of_scope": say("refused_out_of_scope")
    default: say("refused_other", code)
    }
}
