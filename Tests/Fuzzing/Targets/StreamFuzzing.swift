import RefundMessages
import RefundPolicy
import RefundService

extension FuzzTarget {
    /// What `submit` and `evaluate` read: one object, an array or lines, in whatever pieces it comes; and each message of
    /// it evaluated.
    static let streams = FuzzTarget(
        name: "streams", seeds: streamSeeds,
        examine: { bytes, random in
            let whole = items(bytes, pieces: [bytes.count])
            var pieces: [Int] = []
            while pieces.reduce(0, +) < bytes.count { pieces.append(Int.random(in: 1...64, using: &random)) }
            guard items(bytes, pieces: pieces) == whole else { return "other items when it comes in pieces" }
            let evaluation = Evaluation(
                policy: Policy(only: .standard), now: Instant(microsecondsSinceEpoch: 1_645_531_200_000_000))
            for item in whole {
                switch item {
                case .message(let body, let line):
                    if line < 1 { return "a message on line \(line)" }
                    do throws(DeadLetterReason) {
                        _ = try evaluation.decide(body)
                    } catch {
                        if let fault = fault(of: error) { return fault }
                    }
                case .unreadable(let reason, let line):
                    if line < 1 { return "an error on line \(line)" }
                    if let fault = fault(of: reason) { return fault }
                }
            }
            return nil
        })

    private static var streamSeeds: [[UInt8]] {
        let request = Samples.messages["refund.requested"] ?? "{}"
        let line = request.replacing("\n", with: "")
        return [request, line, "\(line)\n\(line)\n", "[\(request),\n\(line)]", "\u{FEFF}\n\n\(line)\r\n{\n", "[]", ""]
            .map { Array($0.utf8) }.filter { !$0.isEmpty }
    }

    private static func items(_ bytes: [UInt8], pieces: [Int]) -> [MessageStream.Item] {
        var stream = MessageStream()
        var items: [MessageStream.Item] = []
        var start = 0
        for piece in pieces {
            stream.append(bytes[start..<min(bytes.count, start + piece)])
            start = min(bytes.count, start + piece)
            while let item = stream.next() { items.append(item) }
        }
        stream.finish()
        while let item = stream.next() { items.append(item) }
        return items
    }
}
