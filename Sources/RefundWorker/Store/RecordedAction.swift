public import RefundCase
public import RefundPolicy

/// What a person did, as a store remembers it: whatever comes a second time under its id changes nothing, for ever
/// (contract § 3).
public struct RecordedAction: Hashable, Sendable {
    public var id: ActionID
    public var at: Instant
    /// The request that it was about; `nil` for the brake.
    public var requestID: RequestID?
    /// The message's type, such as `refund.reviewed`.
    public var kind: String
    public var by: Signature
    /// Why it was refused, if so: an action that was refused is as much said as one that was done.
    public var refusal: Refusal?

    /// A dead letter's code and words.
    public struct Refusal: Hashable, Sendable {
        public var code: String
        public var detail: String

        public init(code: String, detail: String) {
            self.code = code
            self.detail = detail
        }
    }

    public init(
        id: ActionID, at: Instant, requestID: RequestID?, kind: String, by: Signature, refusal: Refusal? = nil
    ) {
        self.id = id
        self.at = at
        self.requestID = requestID
        self.kind = kind
        self.by = by
        self.refusal = refusal
    }
}
