package org.gridweave.app

import android.content.Context
import android.os.Bundle
import android.view.KeyEvent
import android.view.WindowManager.LayoutParams
import androidx.activity.ComponentActivity
import androidx.activity.compose.setContent
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.lifecycleScope
import androidx.lifecycle.repeatOnLifecycle
import kotlinx.coroutines.launch
import org.gridweave.app.ui.GridweaveTheme
import org.gridweave.app.ui.Unlearned
import org.gridweave.platform.Chosen
import org.gridweave.platform.DeviceManaged

/** The one window. */
class MainActivity : ComponentActivity() {
    private val services get() = (application as GridweaveApp).services
    private var chosen by mutableStateOf(Chosen())

    override fun attachBaseContext(base: Context) {
        val chosen = choicesOf(base).chosen.under(DeviceManaged(base.applicationContext ?: base).now)
        super.attachBaseContext(base.speaking(chosen.language))
    }

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        // No picture of what is on the screens: not in the list of apps, not by another app, not by the keys.
        window.setFlags(LayoutParams.FLAG_SECURE, LayoutParams.FLAG_SECURE)
        chosen = services.chosen
        lifecycleScope.launch {
            repeatOnLifecycle(Lifecycle.State.STARTED) { services.managed.settings().collect { hold() } }
        }
        setContent {
            GridweaveTheme(chosen) {
                Unlearned { Root(application as GridweaveApp, chosen, ::choose) }
            }
        }
    }

    override fun onStart() {
        super.onStart()
        (application as GridweaveApp).lock.cameBack()
    }

    override fun onStop() {
        super.onStop()
        (application as GridweaveApp).lock.left()
    }

    private fun choose(new: Chosen) {
        services.choose(new)
        hold()
    }

    /** Draws with what holds now. */
    private fun hold() {
        val now = services.chosen
        if (now == chosen) return
        val inOtherWords = now.language != chosen.language
        chosen = now
        services.jobs.arm(now)
        if (inOtherWords) recreate()
    }

    /** A scanner that types does so wherever no field has the keys. */
    override fun dispatchKeyEvent(event: KeyEvent): Boolean {
        val typing = currentFocus?.onCheckIsTextEditor() == true
        return (!typing && services.codesWanted && services.wedge.takes(event)) || super.dispatchKeyEvent(event)
    }
}
