package org.gridweave.app.ui

import androidx.annotation.StringRes
import androidx.compose.runtime.Composable
import androidx.compose.ui.res.stringResource
import org.gridweave.app.R
import org.gridweave.core.ChangeKind
import org.gridweave.core.Custody
import org.gridweave.core.Next
import org.gridweave.core.PagePhoto
import org.gridweave.core.PhotoTrouble
import org.gridweave.core.Stands
import org.gridweave.core.Trouble
import org.gridweave.core.Words
import java.time.Instant
import java.time.ZoneId
import java.time.format.DateTimeFormatter

/** In the language of the screens. */
@Composable
fun Words.here() = if (stringResource(R.string.lang) == "en") en.ifEmpty { zh } else zh.ifEmpty { en }

private val minute = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm")

/** The zone of the cities; never the phone's. */
val CITY_ZONE: ZoneId = ZoneId.of("Asia/Shanghai")

/** An instant as the city's clock shows it. */
fun cityTime(ms: Long): String = minute.format(Instant.ofEpochMilli(ms).atZone(CITY_ZONE))

/** Decimetres as metres. */
fun metres(decimetres: Int): String = if (decimetres % 10 == 0) "${decimetres / 10}" else "${decimetres / 10.0}"

/** What went wrong, and what helps. */
@Composable
fun Trouble.words(): String {
    val known = TROUBLES[code]
    if (known != null) return stringResource(known)
    return when (next) {
        Next.RETRY -> stringResource(R.string.trouble_retry)
        Next.ENROL -> stringResource(R.string.trouble_enrol)
        Next.UNLOCK, Next.LOST -> stringResource(R.string.trouble_unlock)
        Next.UPDATE -> stringResource(R.string.trouble_update)
        Next.REFUSED -> stringResource(R.string.trouble_refused, code)
        Next.BROKEN -> stringResource(R.string.trouble_broken)
    }
}

private val TROUBLES: Map<String, Int> = mapOf(
    "unreachable" to R.string.trouble_unreachable,
    "server_key_unknown" to R.string.trouble_server_key_unknown,
    "not_enrolled" to R.string.trouble_not_enrolled,
    "not_a_code" to R.string.trouble_not_a_code,
    "enrolment_refused" to R.string.trouble_enrolment_refused,
    "revoked" to R.string.trouble_revoked,
    "wrong_pin" to R.string.trouble_wrong_pin,
    "pin_wait" to R.string.trouble_pin_wait,
    "pin_unfit" to R.string.trouble_pin_unfit,
    "device_key_unavailable" to R.string.trouble_device_key_unavailable,
    "enrolled" to R.string.trouble_enrolled,
    "storage_full" to R.string.trouble_storage_full,
    "newer_data" to R.string.trouble_newer_data,
    "sync_running" to R.string.trouble_sync_running,
    "problems" to R.string.trouble_problems,
    "no_grid" to R.string.trouble_no_grid,
    "foreign_grid" to R.string.trouble_foreign_grid,
    "too_large" to R.string.trouble_too_large,
    "no_photo" to R.string.trouble_no_photo,
    "deleted" to R.string.trouble_deleted,
    "no_draft" to R.string.trouble_no_draft,
    "too_late" to R.string.trouble_too_late,
    "damaged_draft" to R.string.trouble_damaged_draft,
    "outdated" to R.string.trouble_outdated,
    "nothing_changed" to R.string.trouble_nothing_changed,
    "unknown_record" to R.string.trouble_unknown_record,
    "wrong_kind" to R.string.trouble_wrong_kind,
    "too_long" to R.string.trouble_too_long,
    "in_use" to R.string.trouble_in_use,
    "no_room_for_photos" to R.string.photo_no_room,
    "taken_up" to R.string.trouble_taken_up,
    "unreadable" to R.string.trouble_unreadable,
    "line_full" to R.string.trouble_line_full,
    "own_type" to R.string.trouble_own_type,
    "no_picture" to R.string.photo_no_picture,
)

@get:StringRes
val ChangeKind.words: Int
    get() = when (this) {
        ChangeKind.CREATE -> R.string.kind_create
        ChangeKind.EDIT -> R.string.kind_edit
        ChangeKind.VISIT -> R.string.kind_visit
        ChangeKind.DELETE -> R.string.kind_delete
        ChangeKind.RESTORE -> R.string.kind_restore
        ChangeKind.REVIEW -> R.string.kind_review
        ChangeKind.RESOLVE -> R.string.kind_resolve
        ChangeKind.MOVE -> R.string.kind_move
        ChangeKind.OTHER -> R.string.kind_other
    }

@get:StringRes
val Custody.words: Int
    get() = when (this) {
        Custody.RECEIVED -> R.string.custody_received
        Custody.REFUSED -> R.string.custody_refused
        Custody.HERE -> R.string.custody_here
    }

@get:StringRes
val PhotoTrouble.words: Int
    get() = when (this) {
        PhotoTrouble.DAMAGED -> R.string.record_photo_damaged
        PhotoTrouble.UNRELEASED -> R.string.record_photo_unreleased
        PhotoTrouble.OVER_QUOTA -> R.string.record_photo_over_quota
    }

/** Why a photo cannot be shown, where it cannot. */
@get:StringRes
val PagePhoto?.absent: Int
    get() = this?.trouble?.takeIf { it == PhotoTrouble.DAMAGED }?.words ?: R.string.trouble_no_photo

/** Where a change stands. */
@Composable
fun Stands.words(): String = when (this) {
    Stands.Here -> stringResource(R.string.custody_here)
    Stands.Received -> stringResource(R.string.custody_received)
    is Stands.Refused -> refusedWords(code)
}

/** Why the server did not accept a change. */
@Composable
fun refusedWords(code: String): String = when (code) {
    "revoked" -> stringResource(R.string.refused_revoked)
    "out_of_scope" -> stringResource(R.string.refused_out_of_scope)
    else -> stringResource(R.string.refused_other, code)
}
