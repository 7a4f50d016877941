internal import RefundMessages

/// A message's body cut into pieces for showing: what is anyone's, what is masked, and what is marked.
struct ShownBody: Hashable, Sendable {
    struct Piece: Hashable, Sendable {
        var text: String
        var isMasked = false
        var isMarked = false
    }

    private(set) var pieces: [Piece] = []
    /// Bytes behind the last piece that are not shown.
    private(set) var omitted = 0

    /// More than a message of the contract may have.
    private static let limit = 65_536

    /// - Parameters:
    ///   - isRevealed: whether somebody asked for contacts and tokens.
    ///   - marked: the place of what is wrong.
    init(_ body: [UInt8], isRevealed: Bool, marked: Range<Int>? = nil) {
        let shown = Array(body.prefix(ShownBody.limit))
        omitted = body.count - shown.count
        let masked = isRevealed ? [] : MessagePlaces(of: body).confidential
        var edges: Set<Int> = [0, shown.count]
        for range in masked + [marked].compactMap(\.self) {
            edges.insert(min(range.lowerBound, shown.count))
            edges.insert(min(range.upperBound, shown.count))
        }
        let sorted = edges.sorted()
        for (start, end) in zip(sorted, sorted.dropFirst()) {
            let isMasked = masked.contains { $0.lowerBound <= start && end <= $0.upperBound }
            let isMarked = marked.map { $0.lowerBound <= start && end <= $0.upperBound } ?? false
            let text = isMasked ? "(masked)" : String(decoding: shown[start..<end], as: UTF8.self)
            pieces.append(Piece(text: text, isMasked: isMasked, isMarked: isMarked))
        }
    }
}
