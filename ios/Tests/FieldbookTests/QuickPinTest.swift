import Testing

@testable import Fieldbook

extension Stories {
    /// A face that types the PIN, where the person has chosen that. Of iOS alone.
    @Suite(.serialized)
    @MainActor
    struct QuickPinTest {
        private static let other = "314159"

        @Test func aPinIsKeptOnlyWhereThatIsChosenAndGoesWithTheChoice() async throws {
            try await quickStory { hands in
                #expect(hands.quickPin.kept == nil, "the PIN was set")
                try await hands.die()
                _ = try await hands.settings
                #expect(hands.quickPin.kept == nil, "the PIN was right")

                let settings = try await shownSettings(hands)
                try await hands.sees("it is offered") { settings.state.quick == .face }
                #expect(!settings.state.chosen.quickPin)
                choose(true, settings)
                #expect(hands.quickPin.kept == nil, "nobody knows the PIN now")
                try await hands.die()
                _ = try await hands.settings
                #expect(hands.quickPin.kept == Hands.pin)

                choose(false, try await shownSettings(hands))
                #expect(hands.quickPin.kept == nil)
                try await hands.die(unlock: false)
                let model = try await hands.asksPin
                model.on(.quick)
                try await hands.settle()
                #expect(model.state.quick == nil && hands.quickPin.asked == 0)
            }
        }

        @Test func aFaceTypesThePinAndWhoWouldNotTypesIt() async throws {
            try await quickStory(chosen: true) { hands in
                try await hands.die(unlock: false)
                var model = try await hands.asksPin
                try await hands.sees("it is offered") { model.state.quick == .face }
                model.on(.quick)
                _ = try await hands.settings

                hands.leave(for: .seconds(6 * 60))
                model = try await hands.asksPin
                try await hands.sees("it is offered") { model.state.quick == .face }
                hands.quickPin.looks = false
                model.on(.quick)
                try await hands.sees("nothing came of it") { hands.quickPin.asked == 2 && !model.state.busy }
                #expect(model.state.trouble == nil && model.state.triesLeft == nil)
                #expect(hands.quickPin.kept == Hands.pin && model.state.quick == .face)
                try await hands.typePin()
                _ = try await hands.settings

                // Another face was added.
                hands.quickPin.kept = nil
                try await hands.die(unlock: false)
                model = try await hands.asksPin
                try await hands.settle()
                #expect(model.state.quick == nil)
                try await hands.typePin()
                _ = try await hands.settings
                #expect(hands.quickPin.kept == Hands.pin)
            }
        }

        @Test func aWrongPinIsTriedOnceAndForgotten() async throws {
            try await quickStory(chosen: true) { hands in
                hands.quickPin.kept = Self.other
                try await hands.die(unlock: false)
                let model = try await hands.asksPin
                try await hands.sees("it is offered") { model.state.quick == .face }
                model.on(.quick)
                try await hands.sees("it was wrong") { model.state.trouble?.code == "wrong_pin" }
                try await hands.sees("nine are left") { model.state.triesLeft == 9 }
                #expect(hands.quickPin.kept == nil && model.state.quick == nil)
                model.on(.quick)
                try await hands.settle()
                #expect(hands.quickPin.asked == 1 && model.state.triesLeft == 9)

                // One that was typed wrong is not kept.
                try await hands.typePin(Self.other)
                try await hands.sees("eight are left") { model.state.triesLeft == 8 }
                #expect(hands.quickPin.kept == nil)
                try await hands.typePin()
                _ = try await hands.settings
                #expect(hands.quickPin.kept == Hands.pin)
            }
        }

        @Test func aChangedPinTakesThePlaceOfTheOneBefore() async throws {
            try await quickStory(chosen: true) { hands in
                hands.go(.pin)
                for pin in [Hands.pin, Self.other, Self.other] { try await hands.typePin(pin) }
                _ = try await hands.settings
                #expect(hands.quickPin.kept == Self.other)
                try await hands.die(unlock: false)
                let model = try await hands.asksPin
                try await hands.sees("it is offered") { model.state.quick == .face }
                model.on(.quick)
                _ = try await hands.settings
            }
        }

        @Test func theOrganisationForbidsIt() async throws {
            try await quickStory(chosen: true) { hands in
                hands.managed.told.value.quickPin = true
                try await hands.settle()
                #expect(hands.quickPin.kept == Hands.pin)
                hands.managed.told.value.quickPin = false
                try await hands.sees("it is forgotten") { hands.quickPin.kept == nil }
                let settings = try await shownSettings(hands)
                choose(true, settings)
                #expect(!settings.state.chosen.quickPin && settings.state.managed.quickPin == false)
                try await hands.die()
                _ = try await hands.settings
                #expect(hands.quickPin.kept == nil)
            }
        }

        @Test func aFieldBookThatDoesNotOpenKeepsNone() async throws {
            try await quickStory(chosen: true) { hands in
                try await hands.die(unlock: false)
                hands.root.forgot(true)
                _ = try await hands.lost
                #expect(hands.quickPin.kept == Hands.pin, "it may come back")
                hands.key.lost = true
                try await hands.die(unlock: false)
                _ = try await hands.lost
                #expect(hands.quickPin.kept == nil)
            }
        }

        /// An enrolled phone that shows its settings; where it is `chosen`, the PIN is kept.
        private func quickStory(chosen: Bool = false, _ tell: (Hands) async throws -> Void) async throws {
            try await story { hands in
                try await hands.enrol("安")
                let settings = try await shownSettings(hands)
                if chosen {
                    choose(true, settings)
                    try await hands.die()
                    _ = try await hands.settings
                    #expect(hands.quickPin.kept == Hands.pin)
                }
                try await tell(hands)
            }
        }

        private func shownSettings(_ hands: Hands) async throws -> SettingsModel {
            hands.go(.settings)
            return try await hands.settings
        }

        private func choose(_ on: Bool, _ settings: SettingsModel) {
            var chosen = settings.state.chosen
            chosen.quickPin = on
            settings.on(.choose(chosen))
        }
    }
}
