import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

/// An approved case as a store of the first contract had it: its revocation is with the broker, its payout and its notice
/// are not.
enum OldCase {
    static let request = RequestText("rr-1")
    /// As it was written before version 2 of the contract.
    static let policy = """
        name: standard
        versions:
          - effective_from: 2022-02-12
            time_zone: UTC
            return_window: 7d
            respond_within: 3d
            refund_within: 14d
            at_risk: {response: 12h, refund: 2d}
            funds: {earliest: 1, latest: 2, holidays: []}
            non_returnable: []
            rounding: half_up
            payout: on_approval
            cooling_off: 0s
            review_above: {}
            commands: {reply_within: 15m, backoff: {first: 1m, factor: 2, cap: 12h, jitter: 0.2}, max_attempts: 8}

        """
    static let openedAt = Times.opening.microsecondsSinceEpoch
    static let dueAt = (Times.opening + .seconds(900)).microsecondsSinceEpoch
    static let respondBy = (Times.submission + Times.day * 3).microsecondsSinceEpoch
    static let refundBy = (Times.submission + Times.day * 14).microsecondsSinceEpoch
    static let facts = #"{"standing":"free"}"#

    static let state = """
        {"standing":"free","events":1,"messages":3,"response":"pending","refund":"pending","told":["approved"],\
        "approved_at":\(openedAt),"amount":{"amount":"7.00","currency":"USD"},"round":1,\
        "revoke":{\(command),"message":0},"payout":{\(command),"message":1}}
        """

    private static let command = """
        "key":1,"issued_at":\(openedAt),"attempts":1,"sendings":1,"progress":"awaiting_reply","due_at":\(dueAt)
        """

    static let messages: [(id: String, type: String, isConfirmed: Bool)] = [
        ("rr-1/revoke#1", "access.revoke", true), ("rr-1/payout#1", "payout.issue", false),
        ("rr-1/approved", "notice.decided", false),
    ]

    /// Bytes in hexadecimal, as SQL writes them.
    static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Lets the case go on in the store of this version, to its end.
    static func goOn(_ desk: Desk) throws {
        let now = Times.after(.seconds(60))
        // Workers of before have told nobody what they held.
        let facts = try desk.facts(request.id, at: now)
        #expect(facts == PublicationFacts(revocation: .out, payout: .inDoubt))
        #expect(try desk.standing(of: request.line) == .requested)
        let claimed = try desk.claim(at: now)
        #expect(claimed.map(\.encoded.id) == ["rr-1/payout#1", "rr-1/approved"])
        try desk.confirm(claimed, at: now)
        try desk.receive(
            [Reply.succeeded("revoke", of: request.id), Reply.succeeded("payout", of: request.id)],
            at: now + .seconds(1))
        #expect(try desk.refundCase(request.id).state.status == .settled)
        #expect(try desk.history(request.id).events.count == 3)
    }
}
