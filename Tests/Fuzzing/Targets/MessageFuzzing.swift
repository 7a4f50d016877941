import RefundMessages
import RefundPolicy

extension FuzzTarget {
    /// Messages of all types, as the broker delivers them.
    ///
    /// A byte before the body chooses the type, so that an input is one sequence of bytes.
    static let messages = FuzzTarget(
        name: "messages",
        seeds: InboundType.allCases.enumerated().map { index, type in
            [UInt8(index)] + Array((Samples.messages[type.rawValue] ?? "{}").utf8)
        },
        examine: { bytes, random in
            guard let first = bytes.first else { return nil }
            let type = InboundType.allCases[Int(first) % InboundType.allCases.count]
            let body = Array(bytes.dropFirst())
            let verdict = read(body, as: type)
            switch verdict {
            case .failure(let reason):
                if let fault = fault(of: reason) { return fault }
                if case .notJSON = reason { return nil }
                if case .tooLarge = reason { return nil }
            case .success: break
            }
            guard let respelled = Respelling.of(body, &random), respelled.count < 60_000 else { return nil }
            let again = read(respelled, as: type)
            return isSame(again, verdict)
                ? nil : "another verdict in other words: \(again) for \(String(decoding: respelled, as: UTF8.self))"
        })

    /// Of several names that stand twice, the one that is told of goes by their order, which respelling changes.
    private static func isSame(
        _ left: Result<InboundMessage, DeadLetterReason>, _ right: Result<InboundMessage, DeadLetterReason>
    ) -> Bool {
        if case .failure(.invalidField(_, "stands twice")) = left,
            case .failure(.invalidField(_, "stands twice")) = right
        {
            return true
        }
        return left == right
    }

    private static func read(_ body: [UInt8], as type: InboundType) -> Result<InboundMessage, DeadLetterReason> {
        let now = Instant(microsecondsSinceEpoch: 1_645_531_200_000_000)
        do throws(DeadLetterReason) {
            return .success(try InboundDecoder().decode(body, as: type, at: now))
        } catch {
            return .failure(error)
        }
    }

    /// A reason must say what is wrong, and nothing that is nobody's business.
    static func fault(of reason: DeadLetterReason) -> String? {
        if reason.detail.isEmpty || reason.code.isEmpty { return "no reason is given" }
        if reason.detail.utf8.count > 1_000 { return "a reason of \(reason.detail.utf8.count) bytes" }
        if reason.detail.contains(Samples.secret) { return "the reason tells a secret: \(reason.detail)" }
        switch reason {
        case .invalidField(let path, _), .invalidAmount(let path, _), .unknownCurrency(let path):
            return path.isEmpty ? "\(reason.code) names no path" : nil
        default: return nil
        }
    }
}
