internal import CRabbitMQ

extension amqp_bytes_t {
    /// No bytes.
    static var none: amqp_bytes_t { amqp_bytes_t(len: 0, bytes: nil) }

    /// The bytes, valid until the library's buffers are released.
    var buffer: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: bytes.map { UnsafeRawPointer($0) }, count: bytes == nil ? 0 : len)
    }

    /// The bytes as text, and whether they were UTF-8; if not, the invalid parts are replaced.
    var text: (string: String, isValid: Bool) {
        if let string = String(validating: buffer, as: UTF8.self) { return (string, true) }
        return (String(decoding: buffer, as: UTF8.self), false)
    }
}

/// A text that is usually the same as last time, such as an exchange's name: it is made anew only when it changes.
struct RepeatedText {
    private var last = ""

    mutating func text(_ bytes: amqp_bytes_t) -> String {
        let buffer = bytes.buffer
        let isSame = last.withUTF8 { $0.count == buffer.count && UnsafeRawBufferPointer($0).elementsEqual(buffer) }
        if !isSame { last = bytes.text.string }
        return last
    }
}
