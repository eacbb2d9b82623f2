// swift-tools-version: 6.0
import Foundation
import PackageDescription

// The Rust core. On Linux, for the tests: the shared library in GRIDWEAVE_LIBRARY. Elsewhere: what
// build-xcframework.sh made.
#if os(Linux)
    let library = ProcessInfo.processInfo.environment["GRIDWEAVE_LIBRARY"] ?? "\(Context.packageDirectory)/library"
    let core: Target = .systemLibrary(name: "gridweave_ffi", path: "Sources/gridweave_ffi")
    let linked: [LinkerSetting] = [
        .unsafeFlags(["-L\(library)", "-Xlinker", "-rpath", "-Xlinker", library]),
        .linkedLibrary("gridweave_ffi"),
    ]
#else
    let core: Target = .binaryTarget(name: "gridweave_ffi", path: "Gridweave.xcframework")
    let linked: [LinkerSetting] = [.linkedFramework("Security")]
#endif

let package = Package(
    name: "Fieldbook",
    defaultLocalization: "zh-Hans",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [.library(name: "Fieldbook", targets: ["Fieldbook"])],
    targets: [
        core,
        // Generated and never committed; its own language mode, as generated code keeps to no other.
        .target(
            name: "GridweaveFFI",
            dependencies: ["gridweave_ffi"],
            swiftSettings: [.swiftLanguageMode(.v5)],
            linkerSettings: linked
        ),
        .target(name: "Fieldbook", dependencies: ["GridweaveFFI"]),
        .testTarget(name: "FieldbookTests", dependencies: ["Fieldbook"]),
    ],
    swiftLanguageModes: [.v6]
)
