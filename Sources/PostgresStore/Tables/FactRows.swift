import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// What is known of cases' messages: by indexes of what is open and of the cases' decisions, and by the numbers of the
/// commands' current keys, so that it costs the same however many messages a case has sent.
enum FactRows {
    /// Looked up case by case: as a join by a range the planner reads the whole of a large table for each batch. `OFFSET 0`
    /// keeps it from making the join out of it again.
    static let load = Statement(
        "fact_load",
        """
        SELECT n.id, f.part, f.message_id, f.confirmed_at, f.held_until, f.maybe_out, f.is_due
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS n (id, revocation, payout) CROSS JOIN LATERAL (
            SELECT 0::bigint AS part, m.message_id, m.confirmed_at, m.held_until, m.maybe_out,
                m.next_at IS NOT NULL AS is_due FROM messages AS m
            WHERE m.id BETWEEN \(places) AND (m.next_at IS NOT NULL OR m.held_until IS NOT NULL)
            UNION ALL SELECT 1, m.message_id, m.confirmed_at, m.held_until, m.maybe_out, m.next_at IS NOT NULL
            FROM messages AS m
            WHERE m.type = 'notice.decided' AND m.id BETWEEN \(places)
            UNION ALL SELECT 2, m.message_id, m.confirmed_at, m.held_until, m.maybe_out, m.next_at IS NOT NULL
            FROM messages AS m
            WHERE m.id = n.revocation
            UNION ALL SELECT 3, m.message_id, m.confirmed_at, m.held_until, m.maybe_out, m.next_at IS NOT NULL
            FROM messages AS m
            WHERE m.id = n.payout
            OFFSET 0
        ) AS f
        """)

    private static let places = """
        n.id << \(RowNumber.placeBits) AND (n.id + 1 << \(RowNumber.placeBits)) - 1
        """

    static func command(of cases: [(id: CaseID, refundCase: RefundCase?)]) throws(StoreError) -> Command {
        var revocations: [Int64?] = []
        var payouts: [Int64?] = []
        for (id, refundCase) in cases {
            let fulfilment = refundCase?.state.fulfilment
            revocations.append(try row(of: fulfilment?.revocation.message, id))
            payouts.append(try row(of: fulfilment?.payout?.message, id))
        }
        return .run(load) { values in
            values.add(.bigint, cases) { $1.add($0.id.number) }
            values.add(.bigint, revocations) { $1.add($0) }
            values.add(.bigint, payouts) { $1.add($0) }
        }
    }

    private static func row(of ordinal: MessageOrdinal?, _ id: CaseID) throws(StoreError) -> Int64? {
        guard let ordinal else { return nil }
        return try RowNumber.of(ordinal.number, in: id)
    }
}

extension PublicationFacts {
    static func unknown(isPaused: Bool) -> PublicationFacts {
        PublicationFacts(
            answeredAt: nil, revocation: .out, payout: .out, isAnyOnItsWay: false, payoutsArePaused: isPaused)
    }
}

extension LoadedCase {
    /// Takes in a row of `FactRows.load`.
    mutating func note(_ row: ResultRow, of requestID: RequestID, at now: Instant) {
        let confirmedAt = row.optionalInstant(3)
        let standing = PublicationStanding(
            isDue: row.boolean(6), confirmedAt: confirmedAt, heldUntil: row.optionalInstant(4),
            maybeOut: row.boolean(5))
        switch row.integer(1) {
        case 0: facts.isAnyOnItsWay = facts.isAnyOnItsWay || standing.mayLeave(at: now)
        case 1:
            let isAnswer = OutboundType.isFinalAnswer(messageID: row.text(2), of: requestID)
            if isAnswer, let confirmedAt { facts.answeredAt = confirmedAt }
        case 2: (facts.revocation, confirms.revocation) = (standing.whereabouts(at: now), confirmedAt)
        default: (facts.payout, confirms.payout) = (standing.whereabouts(at: now), confirmedAt)
        }
    }
}
