internal import CRabbitMQ

/// Memory for what the library is to read during one call: text and tables are copied in, pointers are handed out, and
/// all of it is taken back at once. It keeps its pages, so that a publish asks the system for nothing.
final class WireArena {
    private let pool: UnsafeMutablePointer<amqp_pool_t>

    init() {
        pool = .allocate(capacity: 1)
        pool.initialize(to: amqp_pool_t())
        init_amqp_pool(pool, 65_536)
    }

    deinit {
        empty_amqp_pool(pool)
        pool.deallocate()
    }

    /// Takes everything back: no pointer that was handed out may be used any more.
    func recycle() {
        recycle_amqp_pool(pool)
    }

    /// A copy of the text's bytes.
    func bytes(_ text: String) throws(AMQPError) -> amqp_bytes_t {
        var text = text
        let count = text.utf8.count
        guard count > 0 else { return .none }
        let memory = try memory(count)
        text.withUTF8 { UnsafeMutableRawBufferPointer(start: memory, count: count).copyBytes(from: $0) }
        return amqp_bytes_t(len: count, bytes: memory)
    }

    /// A copy of the bytes.
    func bytes(_ array: [UInt8]) throws(AMQPError) -> amqp_bytes_t {
        guard !array.isEmpty else { return .none }
        let memory = try memory(array.count)
        UnsafeMutableRawBufferPointer(start: memory, count: array.count).copyBytes(from: array)
        return amqp_bytes_t(len: array.count, bytes: memory)
    }

    /// Room for `count` elements of a C struct, which need no initialising before they are assigned; `nil` for none.
    func elements<Element>(
        _ count: Int,
        of type: Element.Type
    ) throws(AMQPError) -> UnsafeMutablePointer<Element>? {
        guard count > 0 else { return nil }
        return try memory(count * MemoryLayout<Element>.stride).bindMemory(to: type, capacity: count)
    }

    private func memory(_ count: Int) throws(AMQPError) -> UnsafeMutableRawPointer {
        guard let memory = amqp_pool_alloc(pool, count) else {
            throw AMQPError(.outOfMemory, during: "encode", detail: "\(count) bytes could not be had", scope: .none)
        }
        return memory
    }
}
