public enum FormEvent: Sendable {
    case typed(Question, String)
    case answered(FieldKey, Value)

    /// Moves a date by so many days.
    case dayMoved(FieldKey, days: Int)

    /// Touches one of several choices.
    case toggled(FieldKey, Code)

    /// Moves a number on its scale by so many steps.
    case slid(FieldKey, by: Int)

    /// Moves a choice of a rank by so many places.
    case ranked(FieldKey, Code, by: Int)

    /// Opens a question on a page of its own, or closes it.
    case ownPage(FieldKey?)

    /// A finger signed: strokes of x and y in turns, as parts of the paper's size.
    case signed(FieldKey, strokes: [[Float]])

    /// Adds the place here to a line or an area.
    case pointAdded(FieldKey)

    /// Begins a recording.
    case record(FieldKey)
    case recordingEnded

    /// Plays a question's recording, or none.
    case play(FieldKey?)
    case pointRemoved(FieldKey)

    /// The code stands so on the original.
    case confirmed(FieldKey)

    /// Shows a masked answer that the record brought along.
    case reveal(FieldKey, RevealReason)

    /// Answers anew what is masked, without seeing it.
    case anew(FieldKey)

    /// Leaves what is masked as it was.
    case asItWas(FieldKey)

    /// A picture of another app, on its way here; none where it cannot be read.
    case photoAdded(FieldKey, Task<[UInt8]?, Never>)

    /// Opens the camera to read a code.
    case scan(FieldKey)

    /// Opens the camera to take a photo.
    case photograph(FieldKey)

    /// A screen above came back with something.
    case brought(Answer)

    /// A scanner that types read a code.
    case heard(String)
    case photoRemoved(FieldKey, String)
    case entryAdded(Int)
    case entryRemoved(Int, UInt64)
    case takePlace(FieldKey)

    /// Location was allowed or refused just now.
    case locationAsked
    case turn(ScreenName)

    /// Goes on to its record, which may be restored there; to the list, where none is known.
    case leave
    case save(grid: String?)
}
