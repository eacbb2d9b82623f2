package org.gridweave.app

import kotlinx.coroutines.flow.MutableStateFlow
import org.gridweave.platform.DeviceState
import org.gridweave.platform.Location
import org.gridweave.platform.Reading
import org.gridweave.platform.Standing

/** A receiver that says what the story says. */
class FakeLocation : Location {
    val now = MutableStateFlow<Standing>(Standing.Searching)

    override fun standing() = now

    /** Found, in the middle of the city's grid. */
    fun found(latitude: Double = 22.691, longitude: Double = 114.347) {
        now.value = Standing.Here(Reading(latitude, longitude, 4.5f, true, false, System.currentTimeMillis()))
    }
}

class FakeState : DeviceState {
    override fun network() = "wifi"

    override fun battery() = 71

    override fun storageFreeMib() = 2048

    override fun name() = "a PDA of the tests"
}

/** The real app, but for the receiver and the battery. */
class TestApp : GridweaveApp() {
    val fakeLocation = FakeLocation()

    override fun location(): Location = fakeLocation

    override fun state(): DeviceState = FakeState()
}
