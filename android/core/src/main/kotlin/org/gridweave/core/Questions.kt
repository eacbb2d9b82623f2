package org.gridweave.core

import java.math.BigDecimal

data class ScreenName(val item: String, val instance: ULong?)

/** A screen of a form with its place among the others. */
data class Look(
    val heading: Words,
    val name: ScreenName,
    val title: Words,
    val number: Int,
    val of: Int,
    val next: ScreenName?,
    val previous: ScreenName?,
    val questions: List<Question>,
    val entries: Entries?,
    /** Everything wrong or odd in the whole form, in its order. */
    val problems: List<Problem>,
)

/** The entries of a repeated group. */
data class Entries(val field: Int, val instances: List<ULong>, val problems: List<Problem>)

data class Question(
    val item: String,
    /** The field to answer; none for headings, notes and what is worked out. */
    val key: FieldKey?,
    val kind: Asks,
    val label: Words,
    val hint: Words?,
    val value: Value,
    /** What may be read of a masked answer that the record brought along; [value] is nothing then. */
    val covered: Words?,
    /** A masked answer that the record brought along is answered anew: it may be left as it was. */
    val anew: Boolean,
    val required: Boolean,
    val readOnly: Boolean,
    val choices: List<Choice>,
    val scale: Scale?,
    /** What there is of a line or an area. */
    val sketch: Sketch?,
    val photos: List<String>,
    val photosWanted: Int,
    val accuracyM: Int?,
    val problems: List<Problem>,
)

/** How a question is drawn. */
enum class Asks {
    HEADING, NOTE, TEXT, PHONE, CODE, INTEGER, DECIMAL, SCALE, YES_NO, ACKNOWLEDGE, ONE, MANY, RANK, DATE, TIME,
    DATE_TIME, POINT, LINE, AREA, IMAGE, SIGNATURE, AUDIO, PHOTOS,

    /** The core works it out or knows it by itself: nothing is drawn. */
    SILENT,
}

/** A line or an area while one walks it: in words, and its points in metres from the first. */
data class Sketch(val words: Words, val points: List<SketchPoint>, val closed: Boolean)

data class SketchPoint(val eastM: Double, val northM: Double)

data class Choice(val code: Code, val label: Words)

data class Code(val list: String, val edition: String, val code: String)

data class Problem(val item: String, val key: FieldKey?, val code: String, val error: Boolean, val message: Words)

/** What a question holds. */
sealed interface Value {
    data object Nothing : Value

    data class Truth(val yes: Boolean) : Value

    data class Whole(val number: Long) : Value

    data class Exact(val number: BigDecimal) : Value

    data class Text(val text: String) : Value

    /** `2026-09-21` */
    data class Date(val day: String) : Value

    /** `08:30:00` */
    data class Time(val time: String) : Value

    /** UTC milliseconds. */
    data class Moment(val ms: Long) : Value

    /** A photo, or a recording, by its hash. */
    data class Photo(val hash: String) : Value

    data class One(val code: Code) : Value

    data class Many(val codes: List<Code>) : Value

    /** Degrees × 10⁷, WGS-84. */
    data class Point(val latE7: Int, val lonE7: Int) : Value

    /** What this version cannot change: the core keeps it. */
    data object Other : Value
}
