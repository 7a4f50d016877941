internal import RefundCase
internal import RefundMessages
internal import RefundPolicy
internal import RefundService
internal import RefundWorker

/// One case with all that happened.
struct CaseModel: Sendable {
    var history: CaseHistory
    /// Messages about it that wait in the store.
    var parked: [ParkedMessage]
    /// Somebody asked for contacts and tokens.
    var isRevealed: Bool
    /// What was just sent about it.
    var sent: PersonAction?

    static let parkedLimit = 100

    var refundCase: RefundCase { history.refundCase }

    /// What happened and what was sent, in the order of time.
    var timeline: [TimelineEntry] {
        let events = history.events.map { TimelineEntry(at: $0.at, content: .event($0)) }
        let messages = history.messages.map { TimelineEntry(at: $0.message.createdAt, content: .message($0)) }
        // What follows from an event stands behind it: both have the instant of their transaction.
        return (events + messages).enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element)
    }
}

/// Something on a case's timeline.
struct TimelineEntry: Hashable, Sendable {
    enum Content: Hashable, Sendable {
        case event(StoredEvent)
        case message(SentMessage)
    }

    var at: Instant
    var content: Content
}

extension StoredEvent.Kind {
    /// As people say it.
    var title: String {
        switch self {
        case .requested: "The request came"
        case .succeeded: "A command succeeded"
        case .failed: "A command failed"
        case .withdrawn: "The request was withdrawn"
        case .reviewed: "A person reviewed it"
        case .retried: "A person had it tried again"
        case .fellDue: "Time passed"
        }
    }
}

extension OutboundType {
    /// As people say it.
    var title: String {
        switch self {
        case .revoke: "Access to be withdrawn"
        case .payout: "Money to be paid"
        case .received: "The customer is told that the request has come"
        case .decided: "The customer is told the decision"
        case .settled: "The customer is told that it is settled"
        case .delayed: "The customer is told that the money came back"
        case .withdrawn: "The customer is told that it is withdrawn"
        case .withdrawalRefused: "The customer is told that it is too late to withdraw"
        case .deadlineAtRisk: "Operators are warned of a deadline"
        case .deadlineMissed: "Operators are told that a deadline is missed"
        case .needsAttention: "Operators are called"
        }
    }
}
