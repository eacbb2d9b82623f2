import Testing

@testable import Fieldbook

/// What is typed and slid goes to the core and comes back whole, each kind of question as its own.
@Suite struct TypedTest {
    @Test("what is typed is read as its kind of question")
    func typed() {
        let table: [(asks: Asks, line: String, value: Value)] = [
            (.integer, "12", .whole(12)),
            (.decimal, "12.50", .exact(units: 1250, scale: 2)),
            (.scale, "3.5", .exact(units: 35, scale: 1)),
            (.date, "2026-09-21", .date("2026-09-21")),
            (.time, "08:30", .time("08:30:00")),
            (.dateTime, "1970-01-02 08:00", .moment(86_400_000)),
            (.phone, "0755-1", .text("0755-1")),
        ]
        for (asks, line, value) in table {
            #expect(valueOf(line, asks) == value, "\(asks)")
            #expect(typedOf(value) == line, "\(asks)")
        }
        #expect(valueOf("twelve", .integer) == nil)
        #expect(valueOf(" ", .date) == .nothing)
    }

    @Test("a scale counts its steps")
    func scale() {
        let scale = Scale(start: 0, end: 1, step: 0.25)
        #expect(scale.steps == 4)
        #expect(scale.value(at: 3) == .exact(units: 75, scale: 2))
        #expect(scale.step(of: scale.value(at: 3)) == 3)
        #expect(scale.step(of: .nothing) == nil)
    }
}
