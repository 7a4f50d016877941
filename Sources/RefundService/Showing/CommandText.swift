public import RefundCase
public import RefundPolicy

extension Command {
    /// What the other side said last.
    public var lastReply: String {
        let succeeded = success.map { success in
            (success.occurredAt, "succeeded" + (success.reference.map { ", reference \($0)" } ?? ""))
        }
        let failed = failure.map { failure in
            (failure.occurredAt, "failed: \(failure.code)\(failure.isRetryable ? " (may be tried again)" : "")")
        }
        let replies = [succeeded, failed].compactMap(\.self)
        guard let last = replies.max(by: { $0.0 < $1.0 }) else { return "–" }
        return "\(last.1) at \(last.0)"
    }
}

extension Command.Progress {
    /// Such as `awaiting reply (in 12m)`.
    public func text(at now: Instant) -> String {
        switch self {
        case .held: "held until the revocation has succeeded"
        case .awaitingReply(let until): "awaiting reply, again \(until.distance(from: now))"
        case .retrying(let at): "sent again \(at.distance(from: now))"
        case .succeeded: "succeeded"
        case .failed(let trouble): "given up: \(trouble.rawValue)"
        }
    }
}
