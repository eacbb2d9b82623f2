import UIKit

/// Hands files over to another app of the person's choice.
@MainActor
enum Sharing {
    static func offer(_ files: [URL]) {
        guard !files.isEmpty, let top = topmost() else { return }
        let sheet = UIActivityViewController(activityItems: files, applicationActivities: nil)
        // On an iPad it hangs on something.
        let edge = CGRect(x: top.view.bounds.midX, y: top.view.bounds.maxY, width: 0, height: 0)
        sheet.popoverPresentationController?.sourceView = top.view
        sheet.popoverPresentationController?.sourceRect = edge
        top.present(sheet, animated: true)
    }

    /// What lies on top of the window that the person looks at.
    private static func topmost() -> UIViewController? {
        let windows = UIApplication.shared.connectedScenes.compactMap { $0 as? UIWindowScene }.flatMap(\.windows)
        var top = windows.first(where: \.isKeyWindow)?.rootViewController
        while let over = top?.presentedViewController { top = over }
        return top
    }
}
