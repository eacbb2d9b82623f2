import Testing

@testable import Fieldbook

extension Stories {
    /// The real app over networks as they are in the street, and with people at the centre.
    @Suite(.serialized)
    @MainActor
    struct NetworkStoriesTest {
        private func overBadNetwork(_ tell: (Hands, BadNetwork) async throws -> Void) async throws {
            try await story { hands in
                let network = try await BadNetwork()
                do {
                    try await tell(hands, network)
                } catch {
                    try? await network.close()
                    throw error
                }
                try await network.close()
            }
        }

        @Test("over a network that cuts and loses answers everything arrives once")
        func once() async throws {
            try await overBadNetwork { hands, network in
                try await hands.enrol(url: network.url)
                hands.location.found()
                var records: [String] = []
                for at in 1...3 {
                    records.append(try await hands.hazard("泥石巷\(at)", photo: Jpeg.picture(UInt8(at))))
                    hands.back()
                }
                try await network.rate(0.5)
                try await hands.syncUntilSealed()
                #expect(try await network.faults() > 0, "the network was bad")
                try await network.rate(0)
                let bai = try await Colleague("白")
                for (at, record) in records.enumerated() {
                    let page = try await hands.book.page(record)
                    #expect(page.custody == .received)
                    #expect(page.photos.map(\.received) == [true])
                    #expect(try await bai.book.find("泥石巷\(at + 1)").rows.map(\.record) == [record], "once")
                }
                try bai.close()
            }
        }

        @Test("a network lost in the middle of the photos says so and the next run goes on")
        func lost() async throws {
            try await overBadNetwork { hands, network in
                try await hands.enrol(url: network.url)
                hands.location.found()
                let record = try await hands.hazard("望牛岗路", photo: Jpeg.heavy(0))
                let form = try await hands.book.startForm(type: Types.hazard, record: record)
                let asked = try await form.field("photos")
                for seed in 1...9 {
                    try await form.addPhoto(asked, hands.book.addPhoto(Jpeg.heavy(UInt8(seed))))
                }
                _ = try await form.save(fix: nil, grid: nil)
                let parts = try await hands.app.parts()
                hands.back()
                hands.go(.sync)
                let model = try await hands.syncing
                model.on(.start)
                try await hands.during("photos are sent") {
                    let progress = parts.sync.now.value.progress
                    return progress?.stage == .photos && (progress?.done ?? 0) > 0
                }
                try await network.offline()
                try await hands.sees("the end of sync") { !model.state.now.running }
                let sent = try await hands.book.page(record).photos.count { $0.received == true }
                #expect((1...9).contains(sent), "cut in the middle: \(sent) of 10")
                hands.go(.today)
                let today = try await hands.today
                try await hands.sees("the rest") { today.state.safe?.photosPending == Int64(10 - sent) }
                #expect(today.state.safe?.pending == 0 && today.state.safe?.isSealed == false)
                try await network.online()
                try await hands.syncUntilSealed()
                #expect(try await hands.book.page(record).photos.allSatisfy { $0.received == true })
            }
        }

        @Test("a conflict that a second device made is settled by a supervisor and both follow")
        func settled() async throws {
            try await story { hands in
                try await hands.enrol()
                hands.location.found()
                let record = try await hands.hazard("兰竹路", photo: Jpeg.picture())
                hands.back()
                try await hands.sync()
                let bai = try await Colleague("白")
                try await hands.dispute(record, bai)
                hands.go(.today)
                let today = try await hands.today
                try await hands.sees("the conflict") { today.state.conflicts.count == 1 }
                let fields = try await hands.book.page(record).fields.filter(\.inConflict)
                #expect(fields.count == 1)
                try await City.settle(record, field: try #require(fields.first).key.no, shown: "井盖缺失")

                try await hands.sync()
                hands.go(.today)
                try await hands.seesAllClear()
                try await bai.sync()
                #expect(try await bai.texts(record, "description") == ["井盖缺失"])
                #expect(try await bai.book.conflicts().isEmpty)
                try bai.close()
            }
        }
    }
}
