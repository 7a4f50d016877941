internal import Yams

/// A place in a text, counted as YAML counts: both from 1, the column in Unicode scalars.
struct TextPlace: Hashable {
    private(set) var line = 1
    private(set) var column = 1

    /// The start of the text.
    init() {}

    init(_ mark: Mark) {
        line = mark.line
        column = mark.column
    }

    /// Moves past a character; `previous` is the one before it.
    mutating func pass(_ scalar: Unicode.Scalar, after previous: Unicode.Scalar?) {
        switch scalar {
        case "\n" where previous == "\r":
            // The second half of a line's end.
            break
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
            line += 1
            column = 1
        default:
            column += 1
        }
    }
}

/// Walks through a text, one character with its place after the other, until `visit` has found what it looks for.
func firstPlaced<Found>(
    in text: String, where visit: (TextPlace, Unicode.Scalar, Substring.UnicodeScalarView) -> Found?
) -> Found? {
    var place = TextPlace()
    var previous: Unicode.Scalar?
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
        if let found = visit(place, scalar, rest) { return found }
        place.pass(scalar, after: previous)
        previous = scalar
    }
    return nil
}
