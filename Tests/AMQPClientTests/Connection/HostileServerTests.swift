import AMQPClient
import Foundation
import Testing

@Suite("a broker that breaks the rules", .timeLimit(.minutes(20)))
struct HostileServerTests {
    struct Script: CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
    }

    @Test(
        "ends the connection with a protocol violation, and never the process",
        arguments: [
            Script(testDescription: "a body without a header", bytes: WireBytes.body([1])),
            Script(testDescription: "a header without a method", bytes: WireBytes.header(bodySize: 0)),
            Script(
                testDescription: "a delivery within a delivery",
                bytes: WireBytes.deliver(tag: 1) + WireBytes.deliver(tag: 2)
            ),
            Script(
                testDescription: "a method between header and body",
                bytes: WireBytes.deliver(tag: 1) + WireBytes.header(bodySize: 5) + WireBytes.deliver(tag: 2)
            ),
            Script(
                testDescription: "a second header",
                bytes: WireBytes.deliver(tag: 1) + WireBytes.header(bodySize: 5) + WireBytes.header(bodySize: 5)
            ),
            Script(
                testDescription: "a body longer than announced",
                bytes: WireBytes.deliver(tag: 1) + WireBytes.header(bodySize: 2) + WireBytes.body([1, 2, 3])
            ),
            Script(testDescription: "a frame of another channel", bytes: WireBytes.method(7, 20, 11, [0, 0, 0, 0])),
            Script(testDescription: "a body on channel 0", bytes: WireBytes.frame(3, channel: 0, [1])),
            Script(testDescription: "an answer that nobody asked for", bytes: WireBytes.channelOpenOK),
            Script(testDescription: "a method that does not exist", bytes: WireBytes.method(1, 60, 999)),
            Script(testDescription: "a class that does not exist", bytes: WireBytes.method(1, 999, 1)),
            Script(testDescription: "a method that ends too early", bytes: WireBytes.method(1, 60, 60, [200, 1])),
            Script(testDescription: "a client's method", bytes: WireBytes.method(1, 60, 40, [0, 0, 0, 0, 0])),
            Script(testDescription: "a login's step", bytes: WireBytes.start),
            Script(
                testDescription: "a frame without its end mark",
                bytes: WireBytes.heartbeat.dropLast() + [0]
            ),
            Script(
                testDescription: "a frame larger than agreed",
                bytes: [3, 0, 1] + WireBytes.number(131_065 as UInt32)
            ),
            Script(
                testDescription: "properties that end too early",
                bytes: WireBytes.deliver(tag: 1) + WireBytes.header(bodySize: 0, flags: 0x8000, properties: [9, 1])
            ),
        ]
    )
    func violation(_ script: Script) throws {
        try withServer {
            try $0.logIn()
            try $0.write(script.bytes)
            try $0.readToEnd()
        } _: { server in
            let connection = try Connection.open(server.endpoint, epoch: Epoch(1))
            let error = try failure { _ = try connection.next() }
            #expect(error.code == .protocolViolation)
            #expect(error.scope == .connection)
            #expect(!connection.isUsable)
        }
    }

    @Test("a body said to be endless takes no memory, and its pieces none either")
    func endlessBody() throws {
        try withServer {
            try $0.logIn()
            try $0.write(WireBytes.deliver(tag: 1) + WireBytes.header(bodySize: .max))
            for _ in 0..<100 { try $0.write(WireBytes.body(Array(repeating: 0, count: 1000))) }
        } _: { server in
            let connection = try Connection.open(server.endpoint, epoch: Epoch(1))
            let error = try failure { _ = try connection.next() }
            #expect(error.code == .connectionLost)
        }
    }

    @Test("a message in pieces is put together over several calls")
    func pieces() throws {
        let goOn = DispatchSemaphore(value: 0)
        try withServer {
            try $0.logIn()
            let bytes = WireBytes.deliver(tag: 3) + WireBytes.header(bodySize: 3) + WireBytes.body([1, 2])
            for byte in bytes { try $0.write([byte]) }
            goOn.wait()
            try $0.write(WireBytes.body([]) + WireBytes.body([3]))
            try $0.readToEnd()
        } _: { server in
            let connection = try Connection.open(server.endpoint, epoch: Epoch(5))
            #expect(try connection.receive(waitingAtMost: .milliseconds(50)) == nil)
            #expect(try connection.receive(waitingAtMost: .zero) == nil)
            goOn.signal()
            let delivery = try connection.nextDelivery()
            #expect(delivery.body == .complete([1, 2, 3]))
            #expect(delivery.tag == DeliveryTag(epoch: Epoch(5), number: 3))
        }
    }

    @Test("hanging up in the middle of a message loses the connection, not the process", arguments: [1, 7, 20, 40, 55])
    func cut(_ count: Int) throws {
        try withServer {
            try $0.logIn()
            let bytes = WireBytes.deliver(tag: 1) + WireBytes.header(bodySize: 9) + WireBytes.body([1, 2])
            try $0.write(Array(bytes.prefix(count)))
        } _: { server in
            let connection = try Connection.open(server.endpoint, epoch: Epoch(1))
            let error = try failure { _ = try connection.next() }
            #expect(error.code == .connectionLost)
        }
    }

    @Test("headers nested deeper than 32 are dropped and reported; the message is delivered", arguments: [32, 33, 200])
    func nesting(_ depth: Int) throws {
        try withServer {
            try $0.logIn()
            let table = WireBytes.nestedTable(depth: depth)
            try $0.write(WireBytes.deliver(tag: 1) + WireBytes.header(bodySize: 0, flags: 0x2000, properties: table))
            try $0.readToEnd()
        } _: { server in
            let connection = try Connection.open(server.endpoint, epoch: Epoch(1))
            let delivery = try connection.nextDelivery()
            #expect((delivery.properties.headers == nil) == (depth > 32))
            #expect(delivery.properties.damage == (depth > 32 ? .headersTooDeep : nil))
        }
    }

    @Test("a frame full of nested tables is survived on a thread with 16 MiB of stack")
    func deepestNesting() throws {
        try withServer {
            try $0.logIn()
            // 6 bytes a level fill the frame.
            let table = WireBytes.nestedTable(depth: 131_000 / 6)
            try $0.write(WireBytes.deliver(tag: 1) + WireBytes.header(bodySize: 0, flags: 0x2000, properties: table))
            try $0.readToEnd()
        } _: { server in
            let endpoint = try server.endpoint
            let outcome = Outcome<Properties.Damage?>()
            let thread = Thread {
                outcome.set(
                    Result {
                        let options = ConnectionOptions(maximumHeaderSize: 1 << 20)
                        return try Connection.open(endpoint, options: options, epoch: Epoch(1)).nextDelivery()
                            .properties.damage
                    }
                )
            }
            thread.stackSize = 16 << 20
            thread.start()
            #expect(try outcome.wait() == .headersTooDeep)
        }
    }

    @Test("text that is not UTF-8 is repaired and reported", arguments: [0x0080, 0x2000] as [UInt16])
    func invalidText(_ flags: UInt16) throws {
        try withServer {
            try $0.logIn()
            let properties: [UInt8] = flags == 0x0080 ? [1, 0xFF] : WireBytes.table([1, 0xFF, UInt8(ascii: "V")])
            try $0.write(
                WireBytes.deliver(tag: 1) + WireBytes.header(bodySize: 0, flags: flags, properties: properties))
            try $0.readToEnd()
        } _: { server in
            let connection = try Connection.open(server.endpoint, epoch: Epoch(1))
            let properties = try connection.nextDelivery().properties
            #expect(properties.damage == .textIsNotUTF8)
            #expect((properties.messageID ?? properties.headers?.entries.first?.name) == "\u{FFFD}")
        }
    }

    @Test("an unsigned 64-bit header, which other brokers may send, is read")
    func unsigned() throws {
        try withServer {
            try $0.logIn()
            let entry = WireBytes.shortString("n") + [UInt8(ascii: "L")] + WireBytes.number(UInt64.max)
            let table = WireBytes.table(entry)
            try $0.write(WireBytes.deliver(tag: 1) + WireBytes.header(bodySize: 0, flags: 0x2000, properties: table))
            try $0.readToEnd()
        } _: { server in
            let connection = try Connection.open(server.endpoint, epoch: Epoch(1))
            #expect(try connection.nextDelivery().properties.headers == ["n": .uint64(.max)])
        }
    }
}
