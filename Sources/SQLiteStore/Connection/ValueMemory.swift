/// Where the values of one run of a statement are kept until the next one. SQLite would otherwise ask for memory for each.
///
/// Belongs to one statement. What was handed out stays where it is until `removeAll`.
final class ValueMemory {
    private var blocks: [UnsafeMutableRawBufferPointer] = []
    /// How much of the last block is used.
    private var used = 0

    private static let firstBlock = 1_024
    /// A block is kept for the next run unless it is larger; most values are a few kilobytes.
    private static let largestKept = 64 << 10

    deinit {
        for block in blocks { block.deallocate() }
    }

    /// Forgets all values, and keeps the newest block, which is the largest.
    func removeAll() {
        used = 0
        guard blocks.count > 1 || (blocks.last?.count ?? 0) > ValueMemory.largestKept else { return }
        let kept = blocks.last.flatMap { $0.count <= ValueMemory.largestKept ? $0 : nil }
        for block in blocks where block.baseAddress != kept?.baseAddress { block.deallocate() }
        blocks = kept.map { [$0] } ?? []
    }

    /// Where a copy of the bytes is; there is one unless there are none.
    func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutableRawPointer? {
        let place = room(for: bytes.count)
        place.copyMemory(from: bytes)
        return place.baseAddress
    }

    private func room(for count: Int) -> UnsafeMutableRawBufferPointer {
        if let block = blocks.last, block.count - used >= count {
            defer { used += count }
            return UnsafeMutableRawBufferPointer(rebasing: block[used..<used + count])
        }
        let size = max(ValueMemory.firstBlock, 2 * (blocks.last?.count ?? 0), count)
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
        blocks.append(block)
        used = count
        return UnsafeMutableRawBufferPointer(rebasing: block[..<count])
    }
}
