extension Root {
    /// A place's own model: made anew for each place, kept until the place is left.
    func screen(of place: Place, _ parts: Parts) -> Screen {
        let kept = stack.keeps(place)
        switch place {
        case .today:
            return .today(stack.model(place) { today(parts) })
        case .find:
            return .find(stack.model(place) { FindModel(parts, kept) })
        case .new:
            return .new(stack.model(place) { NewModel(parts) })
        case .sync:
            return .sync(stack.model(place) { SyncModel(parts) })
        case .settings:
            return .settings(stack.model(place) { SettingsModel(parts, app) })
        case .map:
            return .map(stack.model(place) { map(parts, kept) })
        case .pin:
            return .pin(stack.model(place) { changePin() }, forgettable: false)
        case .record(let record):
            return .record(stack.model(place) { self.record(record, parts, kept) })
        case .conflicts(let record):
            return .conflicts(stack.model(place) { ConflictsModel(parts, record, kept) })
        case .form:
            return .form(stack.model(place) { form(place, parts, kept) })
        case .scan(let asker):
            return .scan(stack.model(place) { scan(asker) })
        case .photo(let asker, let taken):
            return .photo(stack.model(place) { photo(place, asker, taken, parts) })
        }
    }

    private func today(_ parts: Parts) -> TodayModel {
        let model = TodayModel(parts)
        model.followed = { [weak self, weak model] state in
            guard let draft = state.takenUp else { return }
            model?.on(.takenUp)
            self?.stack.go(draft.place)
        }
        return model
    }

    private func map(_ parts: Parts, _ kept: Kept) -> MapModel {
        let model = MapModel(parts, kept)
        model.followed = { [weak self, weak model] state in
            guard let place = state.open else { return }
            model?.on(.unpicked)
            self?.stack.go(place)
        }
        return model
    }

    private func record(_ record: String, _ parts: Parts, _ kept: Kept) -> RecordModel {
        let model = RecordModel(parts, record, kept)
        model.followed = { [weak self, weak model] state in
            guard let self, let form = state.open else { return }
            model?.on(.opened)
            // Whoever went on meanwhile is not called back.
            if stack.top == .record(record) { stack.go(form) }
        }
        return model
    }

    private func changePin() -> PinModel {
        let model = PinModel(app, task: .change)
        model.followed = { [weak self] state in
            if state.done { self?.stack.back() }
        }
        return model
    }

    private func form(_ place: Place, _ parts: Parts, _ kept: Kept) -> FormModel {
        let model = FormModel(parts, place, kept)
        model.go = { [weak self] in self?.stack.go($0) }
        model.followed = { [weak self] state in
            guard let saved = state.saved, !state.late else { return }
            // A record that left has no page to go to.
            if state.left { self?.stack.back() } else { self?.stack.replace(.record(saved)) }
        }
        return model
    }

    private func scan(_ asker: String) -> ScanModel {
        let model = ScanModel(app.services)
        model.followed = { [weak self] state in
            if let found = state.found { self?.stack.answer(Answer(kind: .scan, asker: asker, said: found)) }
        }
        return model
    }

    private func photo(_ place: Place, _ asker: String, _ taken: String?, _ parts: Parts) -> PhotoModel {
        let model = PhotoModel(parts, taken: taken)
        model.followed = { [weak self] state in self?.stack.taken(place, state.taken) }
        return model
    }

    /// Goes back with the photo that was taken.
    public func use(_ photo: PhotoModel) {
        guard case .photo(let asker, _) = stack.top, let taken = photo.state.taken else { return }
        stack.answer(Answer(kind: .photo, asker: asker, said: taken))
    }
}

extension Screen {
    /// Reads again what is shown.
    @MainActor
    func look() {
        switch self {
        case .opening, .notNow: break
        case .lost(let model, _): model.look()
        case .enrol(let model): model.look()
        case .pin(let model, _): model.look()
        case .today(let model): model.look()
        case .find(let model): model.look()
        case .new(let model): model.look()
        case .sync(let model): model.look()
        case .settings(let model): model.look()
        case .map(let model): model.look()
        case .record(let model): model.look()
        case .conflicts(let model): model.look()
        case .form(let model): model.look()
        case .scan(let model): model.look()
        case .photo(let model): model.look()
        }
    }
}

extension Draft {
    /// The form that it is taken up in.
    public var place: Place { .form(type: type, record: record, draft: id, nonce: id) }
}

extension MapDraft {
    /// The form that it is taken up in.
    public var place: Place { .form(type: type, record: record, draft: id, nonce: id) }
}
