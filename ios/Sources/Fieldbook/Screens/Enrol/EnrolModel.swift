public final class EnrolModel: Model<EnrolState, EnrolEvent> {
    private let parts: Parts

    init(_ parts: Parts) {
        self.parts = parts
        super.init(EnrolState(code: parts.services.managed.now.enrolmentCode ?? ""))
    }

    override func show(_ trouble: Trouble, in state: inout EnrolState) {
        state.busy = false
        state.trouble = trouble
    }

    override public func on(_ event: EnrolEvent) {
        switch event {
        case .typed(let code):
            change {
                $0.code = code
                $0.trouble = nil
            }
        case .send:
            let (code, device) = (state.code, parts.device.name)
            ask { try await $0.enrol(code: code, device: device) }
        case .ask: ask { try await $0.pollEnrolment() }
        }
    }

    /// An enrolment that was begun before the app ended goes on; that there is none is no news.
    override public func look() {
        work { [self] in
            guard let answer = try? await parts.book.pollEnrolment() else { return }
            try Task.checkCancellation()
            // What was asked meanwhile has an answer of its own.
            if !state.busy { took(answer) }
        }
    }

    private func ask(_ question: @escaping @MainActor (any Fieldbook) async throws -> Enrolment) {
        guard !state.busy else { return }
        change {
            $0.busy = true
            $0.trouble = nil
        }
        work { [self] in
            let answer = try await question(parts.book)
            try Task.checkCancellation()
            took(answer)
        }
    }

    private func took(_ answer: Enrolment) {
        change {
            $0.busy = false
            switch answer {
            case .pending(let organisation, let fingerprint):
                $0.pending = EnrolState.Pending(organisation: organisation, fingerprint: fingerprint)
            case .enrolled: $0.enrolled = true
            }
        }
    }
}
