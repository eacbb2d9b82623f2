/// Nothing is done here but going on to the form.
public final class NewModel: Model<NewState, Never> {
    private let parts: Parts

    init(_ parts: Parts) {
        self.parts = parts
        super.init(NewState())
    }

    override func show(_ trouble: Trouble, in state: inout NewState) { state.trouble = trouble }

    override public func look() {
        work { [self] in
            let types = try await parts.book.types().values.sorted { $0.no < $1.no }
            change { $0.types = types }
        }
    }
}
