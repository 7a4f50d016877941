public import RefundCase
public import RefundPolicy

/// Writes what people say about a case, for the commands that say it (contract § 3, "Inbound"). What is written reads
/// back as the same.
public struct InboundEncoder: Sendable {
    public init() {}

    /// `refund.reviewed`
    public func encode(_ review: Review, of id: RequestID) -> [UInt8] {
        write(of: id) { writer in
            writer.string("verdict", review.verdict.rawValue)
            if let amount = review.amount { writer.money("amount", amount) }
            writer.string("by", review.by)
            writer.string("note", review.note)
        }
    }

    /// `refund.withdrawn`
    public func encode(_ withdrawal: Withdrawal, of id: RequestID) -> [UInt8] {
        write(of: id) { writer in
            writer.instant("submitted_at", withdrawal.submittedAt)
            writer.string("reason", ifPresent: withdrawal.reason)
        }
    }

    /// `refund.retried`
    public func encode(_ retry: Retry, of id: RequestID) -> [UInt8] {
        write(of: id) { writer in
            writer.string("by", retry.by)
            writer.string("note", ifPresent: retry.note)
        }
    }

    private func write(of id: RequestID, _ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.string("request_id", id.text)
        members(&writer)
        writer.endObject()
        return writer.bytes
    }
}
