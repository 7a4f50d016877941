public import RefundCase
public import RefundPolicy

extension CaseEvent {
    public static func succeeded(
        _ kind: CommandKind, key: Int = 1, at occurredAt: Instant, reference: String? = "ref-1"
    ) -> CaseEvent {
        .succeeded(
            CommandReply(kind: kind, key: key, report: Success(occurredAt: occurredAt, reference: reference)))
    }

    public static func failed(
        _ kind: CommandKind, key: Int = 1, at occurredAt: Instant, retryable: Bool = true, code: String = "busy",
        message: String? = nil
    ) -> CaseEvent {
        .failed(
            CommandReply(
                kind: kind, key: key,
                report: Failure(occurredAt: occurredAt, code: code, message: message, isRetryable: retryable)))
    }

    /// - Parameter action: the act; said again under the same id it is the same one.
    public static func reviewed(
        _ verdict: Review.Verdict, amount: Money? = nil, reference: String? = nil, note: String = "looked at",
        reasonText: String? = nil, action: String? = nil
    ) -> CaseEvent {
        .reviewed(
            Review(
                actionID: actionID(action ?? "act-\(verdict.rawValue)"), verdict: verdict, amount: amount,
                reference: reference, by: Signature("ann", user: "operator-1"), note: note, reasonText: reasonText))
    }

    public static func retried(_ action: String = "act-retry", note: String? = nil) -> CaseEvent {
        .retried(Retry(actionID: actionID(action), by: Signature("ann", user: "operator-1"), note: note))
    }

    public static func withdrawn(at submittedAt: Instant, reason: String? = nil) -> CaseEvent {
        .withdrawn(Withdrawal(submittedAt: submittedAt, reason: reason))
    }
}
