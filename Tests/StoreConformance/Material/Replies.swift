import RefundMessages

/// What other systems say about a case.
enum Reply {
    static func succeeded(_ command: String, of id: String, key: Int = 1) -> (InboundType, String) {
        (
            .succeeded,
            """
            {"command_id": "\(id)/\(command)", "idempotency_key": "\(id)/\(command)#\(key)", \
            "occurred_at": "2022-02-22T10:00:00Z", "reference": "ref-1"}
            """
        )
    }

    static func failed(_ command: String, of id: String, key: Int = 1, retryable: Bool) -> (InboundType, String) {
        (
            .failed,
            """
            {"command_id": "\(id)/\(command)", "idempotency_key": "\(id)/\(command)#\(key)", \
            "occurred_at": "2022-02-22T10:00:00Z", "code": "E1", "message": "no", "retryable": \(retryable)}
            """
        )
    }

    static func withdrawn(_ id: String) -> (InboundType, String) {
        (.withdrawn, #"{"request_id": "\#(id)", "submitted_at": "2022-02-22T09:30:01Z", "reason": "kept it"}"#)
    }

    /// - Parameter amount: in dollars; `nil` for the computed one.
    static func reviewed(
        _ id: String, _ verdict: String, action: String? = nil, amount: String? = nil
    ) -> (InboundType, String) {
        (
            .reviewed,
            """
            {"action_id": "\(action ?? "\(id).\(verdict)")", "request_id": "\(id)", "verdict": "\(verdict)", \
            \(amount.map { "\"amount\": {\"amount\": \"\($0)\", \"currency\": \"USD\"}, " } ?? "")\
            "by": "ann", "note": "looked at it"}
            """
        )
    }

    static func retried(_ id: String, action: String? = nil) -> (InboundType, String) {
        (.retried, #"{"action_id": "\#(action ?? "\(id).retry")", "request_id": "\#(id)", "by": "ann"}"#)
    }

    static func paused(_ action: String) -> (InboundType, String) {
        (.payoutsPaused, #"{"action_id": "\#(action)", "by": "ann", "note": "money looks wrong"}"#)
    }

    static func resumed(_ action: String, pause: String) -> (InboundType, String) {
        (
            .payoutsResumed,
            #"{"action_id": "\#(action)", "pause": "\#(pause)", "by": "bob", "note": "it was the display"}"#
        )
    }
}
