package org.gridweave.app

import androidx.compose.ui.test.hasText
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertFalse
import org.junit.Test
import java.io.File
import java.security.MessageDigest

/** An older app was put over what a newer one wrote. */
class LaterVersionStoriesTest : Story() {
    @Test
    fun `keys of a newer app are left alone, and the person is told to install it`() {
        hands.enrol("王小明")
        hands.app.fakeLocation.found()
        hands.hazard("深汕路一号", Hands.jpeg())
        val copy = File(hands.app.filesDir, "fieldbook/fieldbook.keys")
        val whole = copy.readBytes()
        val body = "gridweave keys 2\u0000and what else a newer app keeps there".toByteArray()
        val newer = body + MessageDigest.getInstance("SHA-256").digest(body)
        copy.writeBytes(newer)
        hands.die(unlock = false)
        hands.sees(hands.words(R.string.trouble_newer_data))
        assertFalse("nothing to set it aside", hands.shown().contains(hands.words(R.string.lost_anew)))
        assertArrayEquals(newer, copy.readBytes())

        // The newer app is there.
        copy.writeBytes(whole)
        hands.press(hands.words(R.string.again))
        hands.typePin()
        hands.scrollTo(hasText("深汕路一号"))
    }
}
