import AMQPClient
import Testing

extension LiveBroker {
    @Suite("bodies")
    struct BodyTests {
        private static func bytes(_ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        }

        @Test(
            "a body of any size comes back as it was sent, over one frame or many",
            arguments: [
                0, 1, 4087, 4088, 4089, 2 * 4088, 3 * 4088 + 1, 65_536, 256 * 4088, 1 << 20,
            ]
        )
        func smallFrames(_ count: Int) throws {
            try expectReturn(of: count, frameMax: 4096)
        }

        @Test("a body that fills large frames exactly", arguments: [131_064, 131_065, 2 * 131_064, 8 * 131_064])
        func largeFrames(_ count: Int) throws {
            try expectReturn(of: count, frameMax: 131_072)
        }

        private func expectReturn(of count: Int, frameMax: UInt32) throws {
            let connection = try Broker.connect(ConnectionOptions(frameMax: frameMax, maximumBodySize: 2 << 20))
            #expect(connection.frameMax == frameMax)
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            let body = Self.bytes(count)
            try connection.put([body, [9]], in: queue)
            _ = try connection.consume(queue: queue, prefetch: 10)
            #expect(try connection.nextDelivery().body == .complete(body))
            #expect(try connection.nextDelivery().body == .complete([9]))
            connection.close()
        }

        @Test("a body over the limit is read and dropped, and what follows is whole")
        func tooLarge() throws {
            let connection = try Broker.connect(ConnectionOptions(frameMax: 4096, maximumBodySize: 10_000))
            let queue = try connection.declareQueue("", durable: false, exclusive: true).name
            let sizes = [10_001, 10_000, 1 << 20, 3]
            try connection.put(sizes.map(Self.bytes), in: queue)
            _ = try connection.consume(queue: queue, prefetch: 10)
            let bodies = try (0..<4).map { _ in try connection.nextDelivery().body }
            #expect(
                bodies == [
                    .tooLarge(size: 10_001), .complete(Self.bytes(10_000)), .tooLarge(size: 1 << 20),
                    .complete(Self.bytes(3)),
                ]
            )
            #expect(bodies[0].bytes == nil && bodies[0].size == 10_001 && bodies[3].size == 3)
            connection.close()
        }
    }
}
