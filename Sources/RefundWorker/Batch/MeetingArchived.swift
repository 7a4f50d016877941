import RefundCase
import RefundMessages
import RefundPolicy

/// What becomes of messages about cases whose history was moved to a file.
extension ArchivedCase {
    /// The same request once more changes nothing; another under its id stays a conflict. By which version of the contract
    /// its case was opened is not kept, so either reading will do.
    func outcome(of request: RefundRequest, body: [UInt8]) -> DecisionDesk.Outcome {
        if digest == ContentDigest(of: request) { return .unchanged }
        let before = (try? InboundDecoder().decodeRequestOfBefore(body)).map { ContentDigest(of: $0) }
        return digest == before ? .unchanged : .refused(.requestIDConflict)
    }

    /// Nothing can happen to the case any more, and whether the store knew it already can't be told here. What is said
    /// about money is told apart, for a person has to look.
    func outcome(of event: CaseEvent) -> DecisionDesk.Outcome {
        if status == .settled, event.isAboutPayout { return .refused(.archivedPayout(at: archivedAt)) }
        return .refused(.archived(status: status.rawValue, at: archivedAt))
    }
}

extension CaseEvent {
    fileprivate var isAboutPayout: Bool {
        switch self {
        case .succeeded(let reply): reply.kind == .payout
        case .failed(let reply): reply.kind == .payout
        case .withdrawn, .reviewed, .retried, .fellDue: false
        }
    }
}
