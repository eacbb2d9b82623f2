package org.gridweave.app.screens.lost

sealed interface LostEvent {
    /** Opens it again, as the first time. */
    data object Again : LostEvent

    /** Packs the rescue file and offers it to other apps. */
    data object HandOver : LostEvent

    /** Asks first. */
    data object Anew : LostEvent

    data object NotYet : LostEvent

    /** Sets the field book aside; a new one is enrolled. */
    data object AnewReally : LostEvent
}
