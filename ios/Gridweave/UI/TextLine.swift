import SwiftUI

/// A field to type in, under its name. What is typed is told at once; the field shows `text` again where the model makes
/// something else of it. Names and codes are typed here, so nothing is corrected.
struct TextLine: View {
    private let label: String
    private let shown: Bool
    private let given: String
    private let lines: ClosedRange<Int>
    private let keyboard: UIKeyboardType
    private let bad: Bool
    private let typed: (String) -> Void
    @State private var text: String
    @State private var me = UUID()
    @FocusState private var focused: Bool
    @Environment(Typing.self) private var typing: Typing?
    @Environment(\.isEnabled) private var enabled
    @Environment(\.colors) private var colors
    @Environment(\.say) private var say

    /// `shown`: the name stands over the field, and is not only read aloud.
    init(
        _ label: String,
        text: String,
        shown: Bool = true,
        lines: ClosedRange<Int> = 1...1,
        keyboard: UIKeyboardType = .default,
        bad: Bool = false,
        typed: @escaping (String) -> Void
    ) {
        self.label = label
        self.shown = shown
        given = text
        self.lines = lines
        self.keyboard = keyboard
        self.bad = bad
        self.typed = typed
        _text = State(initialValue: text)
    }

    var body: some View {
        VStack(alignment: .leading, spacing: 4) {
            if shown { Small(label).accessibilityHidden(true) }
            TextField("", text: $text, axis: lines.upperBound > 1 ? .vertical : .horizontal)
                .lineLimit(lines)
                .keyboardType(keyboard)
                .textInputAutocapitalization(.never)
                .autocorrectionDisabled()
                .submitLabel(.done)
                .focused($focused)
                .toolbar { ToolbarItemGroup(placement: .keyboard) { done } }
                .accessibilityLabel(label)
                .padding(12)
                .frame(maxWidth: .infinity, minHeight: touch)
                .background(colors.surface, in: RoundedRectangle(cornerRadius: edge))
                .overlay {
                    RoundedRectangle(cornerRadius: edge)
                        .strokeBorder(bad ? colors.error : colors.outline, lineWidth: focused || bad ? 2 : 1)
                }
                .contentShape(Rectangle())
                .onTapGesture { focused = true }
        }
        .onChange(of: text) { if text != given { typed(text) } }
        .onChange(of: given) { if text != given { text = given } }
        // What came at the last moment was not taken.
        .onChange(of: enabled) { if text != given { text = given } }
        .onChange(of: focused) { typing?.set(me, focused) }
        .onDisappear { typing?.set(me, false) }
    }

    /// The keys of numbers have none to end with.
    @ViewBuilder
    private var done: some View {
        if focused, keyboard == .numberPad || keyboard == .decimalPad || keyboard == .phonePad {
            Spacer()
            Button(say("form_done")) { focused = false }
        }
    }
}

/// Whether a field has the keys: a scanner that types is heard elsewhere only while none has.
@MainActor @Observable
final class Typing {
    private var fields: Set<UUID> = []

    var now: Bool { !fields.isEmpty }

    func set(_ field: UUID, _ has: Bool) {
        if has { fields.insert(field) } else { fields.remove(field) }
    }
}
