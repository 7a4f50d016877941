public import RefundCase
public import RefundPolicy

/// A case that a test lives through, step by step.
public struct CaseLife: Sendable {
    public private(set) var refundCase: RefundCase
    /// What each step came to, the opening first.
    public private(set) var transcript: [String]
    /// The effects of the last step.
    public private(set) var effects: [Effect]

    public init(
        _ request: RefundRequest = .example(), policy: PolicyVersion = .standard,
        standing: InvoiceLine.Standing = .free, at now: Instant = Example.receivedAt
    ) {
        (refundCase, effects) = RefundCase.open(
            request, policy: policy, standing: standing,
            traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", at: now)
        transcript = [Transition.changed(refundCase, effects).summary]
    }

    public var status: CaseStatus { refundCase.state.status }

    /// Lets an event happen, and tells what it came to.
    @discardableResult
    public mutating func add(_ event: CaseEvent, at now: Instant) -> String {
        let transition = refundCase.apply(event, at: now)
        effects = []
        if case .changed(let next, let effects) = transition {
            refundCase = next
            self.effects = effects
        }
        transcript.append(transition.summary)
        return transition.summary
    }

    /// Lets time come, with everything confirmed that was sent.
    @discardableResult
    public mutating func fallDue(at now: Instant, answeredAt: Instant? = Example.receivedAt) -> String {
        add(.fellDue(.allOut(answeredAt: answeredAt)), at: now)
    }
}

extension PublicationFacts {
    /// The broker has confirmed all.
    public static func allOut(answeredAt: Instant? = Example.receivedAt) -> PublicationFacts {
        PublicationFacts(answeredAt: answeredAt, revocationIsOut: true, payoutIsOut: true)
    }
}

extension CaseEvent {
    public static func succeeded(_ kind: CommandKind, key: Int = 1, at occurredAt: Instant) -> CaseEvent {
        .succeeded(CommandReply(kind: kind, report: Success(key: key, occurredAt: occurredAt, reference: "ref-1")))
    }

    public static func failed(
        _ kind: CommandKind, key: Int = 1, at occurredAt: Instant, retryable: Bool = true, code: String = "busy"
    ) -> CaseEvent {
        .failed(
            CommandReply(
                kind: kind,
                report: Failure(
                    key: key, occurredAt: occurredAt, code: code, message: nil, isRetryable: retryable)))
    }

    public static func reviewed(
        _ verdict: Review.Verdict, amount: Money? = nil, note: String = "looked at"
    ) -> CaseEvent {
        .reviewed(Review(verdict: verdict, amount: amount, by: "ann", note: note))
    }

    public static func retried(note: String? = nil) -> CaseEvent {
        .retried(Retry(by: "ann", note: note))
    }

    public static func withdrawn(at submittedAt: Instant) -> CaseEvent {
        .withdrawn(Withdrawal(submittedAt: submittedAt, reason: nil))
    }
}
