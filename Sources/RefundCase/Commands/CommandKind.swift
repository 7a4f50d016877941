public import RefundPolicy

/// The two things that an approved refund asks of other systems, in the order in which they are asked.
public enum CommandKind: String, Hashable, Sendable, CaseIterable {
    /// Withdraw access to the service.
    case revoke
    /// Send the money back.
    case payout

    /// The command's identity for the other side: `<request_id>/revoke`, `<request_id>/payout` (contract § 3).
    public func commandID(of request: RequestID) -> String {
        joined(request.text, "/", rawValue)
    }

    /// `<command_id>#<n>`, the same for every re-send (contract § 3).
    public func idempotencyKey(of request: RequestID, number: Int) -> String {
        joined(request.text, "/", rawValue, "#", String(number))
    }
}
