public import RefundMessages
public import RefundPolicy

/// What the broker has done with a publication, as whoever watches counts and times it.
public struct Settlement: Hashable, Sendable {
    public enum Ending: String, Hashable, Sendable, CaseIterable {
        case confirmed
        /// No queue takes it.
        case returned
        /// The broker refused it (`basic.nack`).
        case refused
    }

    /// `nil` for a dead letter.
    public var type: OutboundType?
    public var result: Ending
    /// From the publication until the broker's word.
    public var took: Duration
    /// When the request that this answers was submitted; `nil` unless it is a customer's final answer.
    public var submittedAt: Instant?
    /// When the delivery came that led to the answer, or else when the answer was committed; `nil` as above.
    public var receivedAt: Instant?

    init(of publication: Publication, took: Duration, result: Ending) {
        self.result = result
        self.took = took
        guard case .message(let message) = publication else { return }
        type = message.encoded.type
        guard message.encoded.isFinalAnswer else { return }
        submittedAt = message.submittedAt
        receivedAt = message.receivedAt ?? message.createdAt
    }
}
