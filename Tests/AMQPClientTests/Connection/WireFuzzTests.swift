import AMQPClient
import Foundation
import Testing

/// A broker's frames with mistakes in them: the client reads them, or ends the connection with an error.
@Suite("frames with mistakes", .timeLimit(.minutes(20)))
struct WireFuzzTests {
    @Test("whatever a broker sends, the client ends in an error or goes on", arguments: 1...40 as ClosedRange<UInt64>)
    func mutated(_ seed: UInt64) throws {
        var generator = Generator(state: seed)
        let bytes = WireFuzzTests.conversation(&generator)
        try withServer {
            try $0.logIn()
            try $0.write(bytes)
        } _: { server in
            let connection = try Connection.open(server.endpoint, epoch: Epoch(1))
            // The server hangs up behind its bytes, so that this ends; each event takes some of them.
            var events = 0
            let error = try failure {
                while events <= bytes.count {
                    _ = try connection.next()
                    events += 1
                }
            }
            #expect(!connection.isUsable, "seed \(seed): \(error)")
            #expect(events <= bytes.count, "seed \(seed)")
        }
    }

    /// Some deliveries, returns and confirms, with a few bytes changed.
    private static func conversation(_ generator: inout Generator) -> [UInt8] {
        var bytes: [UInt8] = []
        for tag in 1...4 as ClosedRange<UInt64> {
            let headers = WireBytes.table(
                WireBytes.shortString("count") + [UInt8(ascii: "l")] + WireBytes.number(tag)
                    + WireBytes.shortString("list") + [UInt8(ascii: "A")] + WireBytes.table([UInt8(ascii: "t"), 1])
                    + WireBytes.shortString("deep") + [UInt8(ascii: "F")] + WireBytes.nestedTable(depth: 3)
                    + WireBytes.shortString("name") + [UInt8(ascii: "S")] + WireBytes.longString("text"))
            bytes += WireBytes.deliver(tag: tag)
            bytes += WireBytes.header(bodySize: 4, flags: 0x2000, properties: headers) + WireBytes.body([1, 2, 3, 4])
            bytes += WireBytes.heartbeat + WireBytes.blocked("memory")
        }
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
            default: bytes.remove(at: place)
            }
        }
        return bytes
    }

    /// SplitMix64.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return mixed ^ (mixed >> 31)
        }
    }
}
