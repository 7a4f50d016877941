/// Bytes that have come and wait to be divided; looks at each byte once for the end of its line.
struct PendingBytes {
    private var bytes: [UInt8] = []
    private var start = 0
    /// Up to here no line ends.
    private var searched = 0

    var count: Int { bytes.count - start }

    mutating func append(_ more: some Collection<UInt8>) {
        if start > 0, start >= bytes.count / 2 {
            bytes.removeFirst(start)
            searched -= start
            start = 0
        }
        bytes.append(contentsOf: more)
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        start = 0
        searched = 0
    }

    /// The first line without its end, if the end has come.
    mutating func takeLine() -> ArraySlice<UInt8>? {
        guard let end = lineEnd() else { return nil }
        let line = bytes[start..<end]
        start = end + 1
        searched = start
        return line
    }

    /// Everything, if there is anything.
    mutating func takeAll() -> [UInt8]? {
        guard count > 0 else { return nil }
        let all = Array(bytes[start...])
        removeAll()
        return all
    }

    /// A copy of the first line, or, where `orAll` says so and it has no end, of everything; `nil` without either.
    mutating func firstLine(orAll: Bool) -> [UInt8]? {
        if let end = lineEnd() { return Array(bytes[start..<end]) }
        return orAll && count > 0 ? Array(bytes[start...]) : nil
    }

    /// Drops white space at the start.
    ///
    /// - Returns: how many lines ended there.
    mutating func dropBlank() -> Int {
        var lines = 0
        while start < bytes.count, isBlank(bytes[start]) {
            if bytes[start] == UInt8(ascii: "\n") { lines += 1 }
            start += 1
        }
        searched = max(searched, start)
        return lines
    }

    /// Some editors begin UTF-8 files with U+FEFF.
    mutating func dropByteOrderMark() {
        if bytes[start...].starts(with: [0xEF, 0xBB, 0xBF]) { start += 3 }
        searched = max(searched, start)
    }

    private mutating func lineEnd() -> Int? {
        let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n"))
        searched = end ?? bytes.count
        return end
    }
}
