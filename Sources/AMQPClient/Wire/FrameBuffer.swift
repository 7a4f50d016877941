internal import CRabbitMQ

/// Whole frames one after the other (AMQP 0-9-1, section 2.3.5), to be sent in one write. The library's own publish makes
/// three writes of each message.
final class FrameBuffer {
    /// Frames collect up to about this size; one message's header frames always fit besides.
    static let size = 256 << 10

    private let memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    /// - Parameter frameMax: the largest frame, in bytes.
    init(frameMax: Int) {
        memory = .allocate(byteCount: FrameBuffer.size + 4 * frameMax, alignment: 16)
    }

    deinit {
        memory.deallocate()
    }

    var isFull: Bool { count >= FrameBuffer.size }

    /// What was appended, for a write.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    func removeAll() {
        count = 0
    }

    /// Forgets what was appended after the buffer had that many bytes.
    func truncate(to count: Int) {
        self.count = count
    }

    /// A method frame.
    ///
    /// - Returns: `false` when the library can't encode the method.
    func append<Method: BitwiseCopyable>(
        _ id: amqp_method_number_t, _ method: Method, channel: amqp_channel_t
    ) -> Bool {
        var method = method
        return appendFrame(UInt8(AMQP_FRAME_METHOD), channel: channel) { rest in
            rest.storeBytes(of: id.bigEndian, as: UInt32.self)
            return encoded(after: 4, in: rest) { amqp_encode_method(id, &method, $0) }
        }
    }

    /// A header frame of the class `basic`.
    func append(_ properties: inout amqp_basic_properties_t, bodySize: Int, channel: amqp_channel_t) -> Bool {
        appendFrame(UInt8(AMQP_FRAME_HEADER), channel: channel) { rest in
            rest.storeBytes(of: UInt16(AMQP_BASIC_CLASS).bigEndian, as: UInt16.self)
            rest.storeBytes(of: 0, toByteOffset: 2, as: UInt16.self)
            rest.storeBytes(of: UInt64(bodySize).bigEndian, toByteOffset: 4, as: UInt64.self)
            return encoded(after: 12, in: rest) { amqp_encode_properties(UInt16(AMQP_BASIC_CLASS), &properties, $0) }
        }
    }

    /// A body frame.
    func append(body: UnsafeRawBufferPointer, channel: amqp_channel_t) {
        _ = appendFrame(UInt8(AMQP_FRAME_BODY), channel: channel) { rest in
            rest.copyMemory(from: body)
            return body.count
        }
    }

    /// Puts a frame's start and end around what `payload` writes; it gives the size, or `nil` for no frame.
    private func appendFrame(
        _ type: UInt8, channel: amqp_channel_t, payload: (UnsafeMutableRawBufferPointer) -> Int?
    ) -> Bool {
        let frame = UnsafeMutableRawBufferPointer(rebasing: memory[count...])
        // The last byte is kept for the end mark.
        let room = UnsafeMutableRawBufferPointer(rebasing: frame[7..<(frame.count - 1)])
        guard let size = payload(room) else { return false }
        frame[0] = type
        frame.storeBytes(of: channel.bigEndian, toByteOffset: 1, as: UInt16.self)
        frame.storeBytes(of: UInt32(size).bigEndian, toByteOffset: 3, as: UInt32.self)
        frame[7 + size] = UInt8(AMQP_FRAME_END)
        count += 8 + size
        return true
    }

    private func encoded(
        after start: Int, in rest: UnsafeMutableRawBufferPointer, _ encode: (amqp_bytes_t) -> Int32
    ) -> Int? {
        let place = amqp_bytes_t(len: rest.count - start, bytes: rest.baseAddress.map { $0 + start })
        let size = encode(place)
        return size < 0 ? nil : start + Int(size)
    }
}
