public import RefundCase
public import RefundMessages
internal import RefundPolicy

/// What a stored event says, in one line and free of contacts and tokens.
public struct EventText {
    private let kind: StoredEvent.Kind
    private let read: CaseEvent?

    public init(_ event: StoredEvent) {
        kind = event.kind
        // Whatever the clock said then, the event was accepted.
        let decoder = InboundDecoder(limits: InboundLimits(bodySize: .max, clockSkew: .seconds(1 << 40)))
        guard let type = EventText.type(of: event.kind), type != .requested,
            case .event(let read, _) = try? decoder.decode(event.body, as: type, sentBy: event.user, at: event.at)
        else {
            self.read = nil
            return
        }
        self.read = read
    }

    /// Who signed it, where a person acts.
    public var signature: Signature? { read?.signature }

    public var detail: String {
        guard kind != .requested, kind != .fellDue else { return "–" }
        guard let read else { return "(can't be read)" }
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

    private static func type(of kind: StoredEvent.Kind) -> InboundType? {
        switch kind {
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
