public import RefundMessages

/// Divides bytes that come piece by piece into messages: JSON lines of any number, or one JSON object or array.
///
/// The first line decides. Where it is a whole object, every line is a message of its own, and no more than one line is
/// held. Where it is the beginning of something longer, the whole text is one JSON value, of at most `documentLimit`.
public struct MessageStream {
    public enum Item: Hashable, Sendable {
        /// A message's bytes, and the line on which it starts, from 1.
        case message([UInt8], line: Int)
        /// What is no message, and where.
        case unreadable(DeadLetterReason, line: Int)
    }

    /// Bytes of a line.
    public static let lineLimit = 1_048_576
    /// Bytes of an object or array that spans lines.
    public static let documentLimit = 67_108_864

    private enum Form {
        case undecided
        case lines
        /// A line over the limit was told; its rest is passed over.
        case longLine
        case document
        case elements([UInt8], [Range<Int>], next: Int)
        case ended
    }

    private var form = Form.undecided
    private var pending = PendingBytes()
    private var isFinished = false
    /// The line on which the next byte stands.
    private var line = 1

    public init() {}

    /// Adds the bytes that follow.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        pending.append(bytes)
    }

    /// Says that nothing follows.
    public mutating func finish() {
        isFinished = true
    }

    /// The next message, or `nil` when more bytes are needed, or after `finish` when there is none.
    public mutating func next() -> Item? {
        while true {
            switch form {
            case .undecided:
                guard decide() else { return nil }
            case .lines:
                guard let item = nextLine() else { return nil }
                if let item = item.value { return item }
            case .longLine:
                guard pending.takeLine() != nil || isFinished else {
                    pending.removeAll()
                    return nil
                }
                line += 1
                form = .lines
            case .document:
                guard let item = nextDocument() else { return nil }
                if let item = item.value { return item }
            case .elements(let text, let ranges, let index):
                return nextElement(of: text, ranges, index)
            case .ended: return nil
            }
        }
    }

    /// Looks at the first line that is not blank.
    ///
    /// - Returns: whether the form is known now.
    private mutating func decide() -> Bool {
        pending.dropByteOrderMark()
        line += pending.dropBlank()
        guard let first = pending.firstLine(orAll: isFinished || pending.count > MessageStream.lineLimit) else {
            if isFinished { form = .ended }
            return isFinished
        }
        form = .lines
        do throws(DeadLetterReason) {
            if case .many = try MessageDivision(first) { form = .document }
        } catch {
            let isUnfinished = if case .notJSON(_, let offset) = error { offset >= first.count } else { false }
            if first.first == UInt8(ascii: "[") || (isUnfinished && first.count <= MessageStream.lineLimit) {
                form = .document
            }
        }
        return true
    }

    /// A line's item, `.some(nil)` for a blank line, `nil` when more is needed.
    private mutating func nextLine() -> Step? {
        guard let text = pending.takeLine() ?? (isFinished ? pending.takeAll()?[...] : nil) else {
            guard pending.count > MessageStream.lineLimit else { return nil }
            form = .longLine
            return Step(value: .unreadable(tooLong(pending.count), line: line))
        }
        defer { line += 1 }
        let message = trimmed(text)
        if message.isEmpty { return Step(value: nil) }
        if message.count > MessageStream.lineLimit {
            return Step(value: .unreadable(tooLong(message.count), line: line))
        }
        return Step(value: .message(message, line: line))
    }

    private func tooLong(_ size: Int) -> DeadLetterReason {
        .tooLarge(size: size, limit: MessageStream.lineLimit)
    }

    private mutating func nextDocument() -> Step? {
        guard pending.count <= MessageStream.documentLimit else {
            form = .ended
            return Step(
                value: .unreadable(
                    .tooLarge(size: pending.count, limit: MessageStream.documentLimit), line: line))
        }
        guard isFinished, let text = pending.takeAll() else { return nil }
        form = .ended
        do throws(DeadLetterReason) {
            switch try MessageDivision(text) {
            case .one: return Step(value: .message(trimmed(text[...]), line: line))
            case .many(let ranges):
                form = .elements(text, ranges, next: 0)
                return Step(value: nil)
            }
        } catch {
            if case .notJSON(_, let offset) = error { line += lineEnds(text[..<min(offset, text.count)]) }
            return Step(value: .unreadable(error, line: line))
        }
    }

    private mutating func nextElement(of text: [UInt8], _ ranges: [Range<Int>], _ index: Int) -> Item? {
        guard index < ranges.count else {
            form = .ended
            return nil
        }
        let previous = index == 0 ? 0 : ranges[index - 1].lowerBound
        line += lineEnds(text[previous..<ranges[index].lowerBound])
        form = .elements(text, ranges, next: index + 1)
        return .message(Array(text[ranges[index]]), line: line)
    }

    /// One step forward, which may have given nothing.
    private struct Step {
        let value: Item?
    }
}

private func lineEnds(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.count { $0 == UInt8(ascii: "\n") }
}

/// The line without white space at its ends.
private func trimmed(_ bytes: some BidirectionalCollection<UInt8>) -> [UInt8] {
    guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
    else { return [] }
    return Array(bytes[first...last])
}

func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (0x09...0x0D).contains(byte)
}
