import Fieldbook
import Foundation
import UserNotifications

/// Notifications of the system. They say numbers only, in the language of the screens; the screens ask whether they
/// may.
@MainActor
final class SystemNotices: Notices {
    private let chosen: () -> Chosen

    private nonisolated static let waiting = "waits"
    private nonisolated static let needs = "needs"

    init(chosen: @escaping () -> Chosen) { self.chosen = chosen }

    var allowed: Bool {
        get async {
            await withCheckedContinuation { (answer: CheckedContinuation<Bool, Never>) in
                UNUserNotificationCenter.current().getNotificationSettings { @Sendable settings in
                    answer.resume(returning: settings.authorizationStatus == .authorized)
                }
            }
        }
    }

    func waits() { Self.tell(Self.waiting, say("notice_waits"), "") }

    func waitsNoMore() { Self.forget(Self.waiting) }

    func needed(_ lines: [NoticeLine]) {
        guard let first = lines.first else { return Self.forget(Self.needs) }
        let more = lines.dropFirst().map(words).joined(separator: " · ")
        Self.tell(Self.needs, words(first), more.isEmpty ? say("notice_open") : more)
    }

    private var say: Say { Say(chosen().language) }

    private func words(_ line: NoticeLine) -> String {
        switch line {
        case .refused(let count): say("notice_refused", count)
        case .conflicts(let count): say("notice_conflicts", count)
        case .held: say("notice_held")
        case .update: say("notice_update")
        case .enrol: say("notice_enrol")
        }
    }

    /// Tells it in the place of what was told before, and once only: a run now and then says the same.
    private nonisolated static func tell(_ name: String, _ title: String, _ body: String) {
        UNUserNotificationCenter.current().getDeliveredNotifications { @Sendable delivered in
            let stands = delivered.contains { notice in
                let content = notice.request.content
                return notice.request.identifier == name && content.title == title && content.body == body
            }
            if stands { return }
            let content = UNMutableNotificationContent()
            content.title = title
            content.body = body
            content.sound = .default
            let request = UNNotificationRequest(identifier: name, content: content, trigger: nil)
            UNUserNotificationCenter.current().add(request)
        }
    }

    private nonisolated static func forget(_ name: String) {
        let center = UNUserNotificationCenter.current()
        center.removePendingNotificationRequests(withIdentifiers: [name])
        center.removeDeliveredNotifications(withIdentifiers: [name])
    }
}
