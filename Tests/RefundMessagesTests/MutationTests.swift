import RefundCase
import RefundMessages
import RefundPolicy
import TestSupport
import Testing

/// Broken messages: whatever the bytes, the decoder reads them or gives a reason.
struct MutationTests {
    private static let seeds: [(InboundType, [UInt8])] = InboundType.allCases.flatMap { type in
        [
            (type, DeadLetterTests.body(type).bytes),
            (type, Array(DeadLetterTests.body(type).reversed().utf8)),
            (type, DeadLetterTests.body(type).setting("unknown", #"[1e400,-0.5,"\uD834\uDD1E",null,{"a":{}}]"#).bytes),
        ]
    }

    @Test("bytes flipped, inserted, deleted, cut off and doubled never trap", arguments: [1, 2, 3, 4, 5] as [UInt64])
    func neverTraps(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let decoder = InboundDecoder()
        var (read, refused) = (0, 0)
        for round in 0..<10_000 {
            let (type, original) = random.pick(MutationTests.seeds)
            var body = original
            for _ in 0..<Int.random(in: 1...4, using: &random) { MutationTests.mutate(&body, &random) }
            switch Result(catching: { () throws(DeadLetterReason) in
                try decoder.decode(body, as: type, at: DeadLetterTests.now)
            }) {
            case .success(let message):
                read += 1
                let id = message.requestID?.text ?? message.actionID?.text
                try #require(id.flatMap { RequestID($0) } != nil, "seed \(seed), round \(round)")
            case .failure(let reason):
                refused += 1
                try #require(!reason.detail.isEmpty, "seed \(seed), round \(round)")
            }
        }
        #expect(read > 500 && refused > 2_000, "seed \(seed): \(read) read, \(refused) refused")
    }

    private static let telling = Array("\"\\{}[]:,.-+eE0919tfnu \n\u{0}\u{7F}é/#".utf8)

    private static func mutate(_ body: inout [UInt8], _ random: inout SplitMix64) {
        guard !body.isEmpty else { return body.append(UInt8.random(in: 0...255, using: &random)) }
        let place = Int.random(in: 0..<body.count, using: &random)
        let end = min(body.count, place + Int.random(in: 1...12, using: &random))
        switch Int.random(in: 0..<7, using: &random) {
        case 0: body[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: body[place] = random.pick(telling)
        case 2: body.insert(random.pick(telling), at: place)
        case 3: body.remove(at: place)
        case 4: body.removeSubrange(place..<end)
        case 5: body.insert(contentsOf: body[place..<end], at: place)
        default: if random.chance(0.2) { body.removeSubrange(place...) }
        }
    }
}
