/// Writes AMQP frames byte by byte, for servers that the tests play themselves.
enum WireBytes {
    static func frame(_ type: UInt8, channel: UInt16, _ payload: [UInt8]) -> [UInt8] {
        [type] + number(channel) + number(UInt32(payload.count)) + payload + [0xCE]
    }

    static func method(_ channel: UInt16, _ classID: UInt16, _ methodID: UInt16, _ arguments: [UInt8] = []) -> [UInt8] {
        frame(1, channel: channel, number(classID) + number(methodID) + arguments)
    }

    static func header(bodySize: UInt64, flags: UInt16 = 0, properties: [UInt8] = []) -> [UInt8] {
        frame(2, channel: 1, number(60 as UInt16) + number(0 as UInt16) + number(bodySize) + number(flags) + properties)
    }

    static func body(_ bytes: [UInt8]) -> [UInt8] { frame(3, channel: 1, bytes) }

    static let heartbeat = frame(8, channel: 0, [])

    static func number<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    static func shortString(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

    static func longString(_ text: String) -> [UInt8] { number(UInt32(text.utf8.count)) + Array(text.utf8) }

    static func table(_ entries: [UInt8] = []) -> [UInt8] { number(UInt32(entries.count)) + entries }

    /// Tables within tables; the outermost counts as 1.
    static func nestedTable(depth: Int) -> [UInt8] {
        // Built backwards, since every level's length covers all levels below it.
        var reversed: [UInt8] = []
        for level in 0..<depth {
            if level > 0 { reversed += [UInt8(ascii: "F"), 0] }
            reversed += number(UInt32(reversed.count)).reversed()
        }
        return reversed.reversed()
    }

    static let start = method(0, 10, 10, [0, 9] + table() + longString("PLAIN AMQPLAIN") + longString("en_US"))
    static func tune(frameMax: UInt32 = 131_072, heartbeat: UInt16 = 60) -> [UInt8] {
        method(0, 10, 30, number(2047 as UInt16) + number(frameMax) + number(heartbeat))
    }
    static let openOK = method(0, 10, 41, shortString(""))
    static let channelOpenOK = method(1, 20, 11, longString(""))
    static func deliver(tag: UInt64) -> [UInt8] {
        method(1, 60, 60, shortString("consumer") + number(tag) + [0] + shortString("") + shortString("queue"))
    }
    static func blocked(_ reason: String) -> [UInt8] { method(0, 10, 60, shortString(reason)) }
}
