/// Something of Apple's that is handed from one thread to another and used by one of them at a time. The frameworks say
/// so in their documents and not in their types.
struct Handed<Thing>: @unchecked Sendable {
    let it: Thing

    init(_ it: Thing) { self.it = it }
}
