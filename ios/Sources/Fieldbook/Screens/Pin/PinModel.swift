/// What becomes of PINs: `enter` opens or goes on, `set` sets a new one in place of the old, `state` tells the tries.
@MainActor
protocol Pins: AnyObject {
    func enter(_ pin: String) async throws

    func set(old: String?, new: String) async throws

    func state() async throws -> BookState

    var services: Services { get }
}

/// A PIN being typed. The digits are here alone: neither the state nor what outlives the process holds them.
public final class PinModel: Model<PinState, PinEvent> {
    private let pins: any Pins
    private let task: PinTask
    private let digits = Digits()
    private let old = Digits()
    private let new = Digits()
    private var waiting: Task<Void, Never>?
    private var gone = false

    init(_ pins: any Pins, task: PinTask) {
        self.pins = pins
        self.task = task
        super.init(PinState(task: task, step: Self.first(task)))
    }

    override func show(_ trouble: Trouble, in state: inout PinState) {
        state.busy = false
        state.typed = 0
        state.trouble = trouble
    }

    override public func look() {
        if task != .set {
            work { [self] in
                try await tellTries()
                await offerQuick()
            }
        }
    }

    override public func on(_ event: PinEvent) {
        guard !state.busy else { return }
        switch event {
        case .digit(let digit):
            if digits.count < pinLimits.digitsMost { typed { $0.add(digit) } }
        case .erase: typed { $0.erase() }
        case .goOn: if state.mayGoOn { goOn() }
        case .quick: if state.quick != nil, state.waitS == 0 { quick() }
        }
    }

    private func typed(_ how: (Digits) -> Void) {
        how(digits)
        let count = digits.count
        change {
            $0.typed = count
            $0.trouble = nil
            $0.differed = false
        }
    }

    private func goOn() {
        switch state.step {
        case .current where task == .enter:
            let pin = digits.take()
            ask(pin) { try await $0.enter(pin) }
        case .current:
            old.become(digits)
            to(.new)
        case .new:
            new.become(digits)
            to(.again)
        case .again where digits.same(as: new):
            let before = task == .change ? old.take() : nil
            let pin = digits.take()
            new.wipe()
            ask(pin) { try await $0.set(old: before, new: pin) }
        case .again:
            digits.wipe()
            new.wipe()
            to(.new)
            change { $0.differed = true }
        }
    }

    private func to(_ step: PinStep) {
        change {
            $0.step = step
            $0.typed = 0
            $0.trouble = nil
            $0.differed = false
        }
    }

    /// `typed` is the PIN that holds where all goes well, by hand.
    private func ask(_ typed: String, _ question: @escaping @MainActor (any Pins) async throws -> Void) {
        change {
            $0.busy = true
            $0.typed = 0
            $0.trouble = nil
        }
        // What is set is set to its end, and the PIN that a face types with it.
        work(outlives: task != .enter) { [self] in
            do {
                try await question(pins)
                if services.chosen.quickPin { services.quickPin.keep(typed) }
                try checkThere()
                change { $0.done = true }
            } catch let trouble as Trouble {
                try await again(trouble)
            }
        }
    }

    /// From the beginning: what was typed is forgotten.
    private func again(_ trouble: Trouble) async throws {
        try checkThere()
        to(Self.first(task))
        change {
            $0.busy = false
            $0.trouble = trouble
        }
        if task != .set { try await tellTries() }
    }

    /// Enters the PIN that is kept. A wrong one costs one of the ten tries like any other (the PIN was changed and the
    /// new one could not be kept), so it is forgotten at once: none is tried twice.
    private func quick() {
        digits.wipe()
        change {
            $0.busy = true
            $0.typed = 0
            $0.trouble = nil
        }
        work { [self] in
            let pin = await services.quickPin.ask()
            try Task.checkCancellation()
            // It may have been forbidden while the person was asked.
            guard let pin, services.chosen.quickPin else {
                await offerQuick()
                return change { $0.busy = false }
            }
            do {
                try await pins.enter(pin)
                try Task.checkCancellation()
                change { $0.done = true }
            } catch let trouble as Trouble {
                if Self.wrong.contains(trouble.code) {
                    services.quickPin.forget()
                    change { $0.quick = nil }
                }
                try await again(trouble)
            }
        }
    }

    private func offerQuick() async {
        guard task == .enter else { return }
        var kind: QuickKind?
        if services.chosen.quickPin, await services.quickPin.isKept { kind = await services.quickPin.kind }
        if !Task.isCancelled { change { $0.quick = kind } }
    }

    private var services: Services { pins.services }

    private static let wrong: Set<String> = ["wrong_pin", "wrong_pins"]

    private func tellTries() async throws {
        guard case .locked(let waitMs, let triesLeft) = try await pins.state() else { return }
        try Task.checkCancellation()
        change { $0.triesLeft = triesLeft < pinLimits.tries ? triesLeft : nil }
        waiting?.cancel()
        let over = ContinuousClock.now + .milliseconds(waitMs)
        waiting = work { [self] in
            while true {
                try Task.checkCancellation()
                // By the clock that goes on while the phone sleeps.
                let left = max(0, ((over - .now).ms + 999) / 1000)
                change { $0.waitS = left }
                if left == 0 { return }
                try await Task.sleep(until: over - .seconds(left - 1))
            }
        }
    }

    private func checkThere() throws {
        try Task.checkCancellation()
        if gone { throw CancellationError() }
    }

    override func left() {
        super.left()
        gone = true
        digits.wipe()
        old.wipe()
        new.wipe()
    }

    private static func first(_ task: PinTask) -> PinStep { task == .set ? .new : .current }
}

/// Digits that are overwritten when they are done with. They never move: there is room for all of them from the start.
private final class Digits {
    private var bytes: [UInt8] = []
    private static let zero = UInt8(ascii: "0")

    init() { bytes.reserveCapacity(pinLimits.digitsMost) }

    deinit { wipe() }

    var count: Int { bytes.count }

    func add(_ digit: Int) { bytes.append(Self.zero + UInt8(digit)) }

    func erase() {
        guard let last = bytes.indices.last else { return }
        bytes[last] = 0
        bytes.removeLast()
    }

    /// Takes over what the other ones are; those are gone then.
    func become(_ others: Digits) {
        wipe()
        bytes.append(contentsOf: others.bytes)
        others.wipe()
    }

    /// As they are handed on; here they are gone then.
    func take() -> String {
        defer { wipe() }
        return String(decoding: bytes, as: UTF8.self)
    }

    func same(as others: Digits) -> Bool { bytes == others.bytes }

    func wipe() {
        for at in bytes.indices { bytes[at] = 0 }
        bytes.removeAll(keepingCapacity: true)
    }
}
