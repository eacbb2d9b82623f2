package org.gridweave.app

import android.content.Context
import android.content.res.Configuration
import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.compose.setContent
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import org.gridweave.app.ui.GridweaveTheme
import org.gridweave.platform.Chosen
import org.gridweave.platform.Language
import java.util.Locale

/** The one window. */
class MainActivity : ComponentActivity() {
    private val choices by lazy { choicesOf(this) }
    private var chosen by mutableStateOf(Chosen())

    override fun attachBaseContext(base: Context) {
        val locale = when (choicesOf(base).chosen.language) {
            Language.SYSTEM -> null
            Language.CHINESE -> Locale.SIMPLIFIED_CHINESE
            Language.ENGLISH -> Locale.ENGLISH
        }
        super.attachBaseContext(locale?.let { base.inLocale(it) } ?: base)
    }

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        chosen = choices.chosen
        setContent {
            GridweaveTheme(chosen) { Root(application as GridweaveApp, chosen, ::choose) }
        }
    }

    private fun choose(new: Chosen) {
        val inOtherWords = new.language != chosen.language
        choices.chosen = new
        chosen = new
        if (inOtherWords) recreate()
    }

    private fun Context.inLocale(locale: Locale): Context {
        val configuration = Configuration(resources.configuration)
        configuration.setLocale(locale)
        return createConfigurationContext(configuration)
    }
}
