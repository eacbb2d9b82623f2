package org.gridweave.platform

/** Longest recording, seconds: what is said at a door, not a hearing. */
const val RECORDING_LONGEST_S = 5 * 60

/** Why nothing is recorded. Each wants something else of the person. */
enum class RecorderTrouble {
    /** The person has not allowed it. */
    NOT_ALLOWED,

    /** It does not work, or another app has the microphone. */
    BROKEN,
}

/** Hears what becomes of a recording: one of the two, once, on any thread. */
interface RecorderHeard {
    /** The whole of it. */
    fun recorded(sound: ByteArray)

    fun failed(trouble: RecorderTrouble)
}

/** A recording that runs. */
fun interface Recording {
    /** Ends it; what was recorded comes to [RecorderHeard.recorded]. */
    fun finish()
}

/** The microphone and the loudspeaker. */
interface Recorder {
    /** Records until it is finished, at most [RECORDING_LONGEST_S]. */
    fun record(heard: RecorderHeard): Recording

    /** Plays a recording until its end, which [ended] hears, or until it is closed. */
    fun play(sound: ByteArray, ended: () -> Unit): AutoCloseable
}
