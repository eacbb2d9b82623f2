plugins {
    alias(libs.plugins.android.library)
}

android {
    namespace = "org.gridweave.core"
    compileSdk = 36
    defaultConfig {
        minSdk = 26
        consumerProguardFiles("keep.pro")
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
}

// The Rust core: its library for each ABI, and the Kotlin bindings read off one of them. Both are made by the build.
val repository = rootDir.parentFile
val libraries = layout.buildDirectory.dir("rust/jniLibs")
val bindings = layout.buildDirectory.dir("rust/kotlin")

val rustLibraries by tasks.registering(Exec::class) {
    workingDir = repository
    commandLine(
        "cargo", "ndk", "--platform", "26", "-t", "arm64-v8a", "-t", "armeabi-v7a", "-t", "x86_64",
        "-o", libraries.get().asFile.path,
        "build", "--release", "-p", "gridweave-ffi", "--features", "sqlcipher",
    )
}

val rustBindings by tasks.registering(Exec::class) {
    dependsOn(rustLibraries)
    workingDir = repository
    commandLine(
        "cargo", "run", "-q", "-p", "gridweave-ffi", "--features", "cli", "--bin", "uniffi-bindgen", "--",
        "generate", "--library", libraries.get().file("arm64-v8a/libgridweave_ffi.so").asFile.path,
        "--language", "kotlin", "--no-format", "--out-dir", bindings.get().asFile.path,
    )
}

android.sourceSets["main"].jniLibs.directories.add(libraries.get().asFile.path)
android.sourceSets["main"].kotlin.directories.add(bindings.get().asFile.path)
tasks.named("preBuild") { dependsOn(rustBindings) }

dependencies {
    implementation(libs.coroutines.core)
    implementation(libs.jna) { artifact { type = "aar" } } // the .aar carries JNA's own library for each ABI
}
