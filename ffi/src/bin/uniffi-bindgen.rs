//! The generator of the bindings: reads the built library, so that it needs no description beside the code.

fn main() {
    uniffi::uniffi_bindgen_main()
}
