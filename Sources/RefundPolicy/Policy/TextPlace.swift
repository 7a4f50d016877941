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

/// Walks through a text and gives each character its place, and what comes after it.
struct PlacedCharacters: Sequence, IteratorProtocol {
    private var place = TextPlace()
    private var previous: Unicode.Scalar?
    private var rest: Substring.UnicodeScalarView

    init(of text: String) {
        rest = text.unicodeScalars[...]
    }

    mutating func next() -> (place: TextPlace, scalar: Unicode.Scalar, rest: Substring.UnicodeScalarView)? {
        guard let scalar = rest.popFirst() else { return nil }
        let found = place
        place.pass(scalar, after: previous)
        previous = scalar
        return (found, scalar, rest)
    }
}
