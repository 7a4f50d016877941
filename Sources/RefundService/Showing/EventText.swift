internal import RefundCase
public import RefundMessages
internal import RefundPolicy

/// What a stored event says, in one line and free of contacts and tokens.
public struct EventText {
    private let event: StoredEvent

    public init(_ event: StoredEvent) {
        self.event = event
    }

    public var detail: String {
        guard let type, event.kind != .requested else { return "–" }
        // Whatever the clock said then, the event was accepted.
        let decoder = InboundDecoder(limits: InboundLimits(bodySize: .max, clockSkew: .seconds(1 << 40)))
        guard case .event(let read, _) = try? decoder.decode(event.body, as: type, at: event.at) else {
            return "(can't be read)"
        }
        switch read {
        case .succeeded(let reply):
            return "\(reply.kind.rawValue)#\(reply.key)" + (reply.report.reference.map { ", reference \($0)" } ?? "")
        case .failed(let reply):
            return "\(reply.kind.rawValue)#\(reply.key): \(reply.report.code)"
                + (reply.report.isRetryable ? " (may be tried again)" : "")
        case .withdrawn(let withdrawal): return withdrawal.reason ?? "–"
        case .reviewed(let review):
            let amount = review.amount.map { " \($0)" } ?? ""
            let reference = review.reference.map { ", reference \($0)" } ?? ""
            return "\(review.verdict.rawValue)\(amount) by \(review.by): \(review.note)\(reference)"
        case .retried(let retry): return "by \(retry.by)" + (retry.note.map { ": \($0)" } ?? "")
        case .fellDue: return "–"
        }
    }

    private var type: InboundType? {
        switch event.kind {
        case .requested: .requested
        case .succeeded: .succeeded
        case .failed: .failed
        case .withdrawn: .withdrawn
        case .reviewed: .reviewed
        case .retried: .retried
        case .fellDue: nil
        }
    }
}
