import GRDB
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// What is known of a case's messages: by indexes of what is open and of its decisions, and by the numbers of its
/// commands' current keys, so that it costs the same however many messages the case has sent.
struct FactReading {
    private let findOpen: BoundStatement
    private let findOne: BoundStatement
    private let answers: AnswerReading

    init(_ database: Database) throws {
        let columns = "confirmed_at, held_until, maybe_out, next_at"
        findOpen = try BoundStatement(
            """
            SELECT \(columns) FROM publications INDEXED BY publications_open
            WHERE id BETWEEN ? AND ? AND (next_at IS NOT NULL OR held_until IS NOT NULL)
            """, in: database)
        findOne = try BoundStatement("SELECT \(columns) FROM publications WHERE id = ?", in: database)
        answers = try AnswerReading(database)
    }

    /// - Parameter refundCase: `nil` for one that can't be read.
    func facts(
        of refundCase: RefundCase?, id: CaseID, isPaused: Bool, at now: Instant
    ) throws -> (facts: PublicationFacts, confirms: CommandConfirms) {
        let rows = RowNumber.all(of: id)
        var confirms = CommandConfirms()
        var facts = PublicationFacts(
            answeredAt: nil, revocation: .out, payout: .out, isAnyOnItsWay: false, payoutsArePaused: isPaused)
        try findOpen.forEachRow(
            { $0.add(rows) },
            do: { row in
                if PublicationStanding(row).mayLeave(at: now) { facts.isAnyOnItsWay = true }
            })
        guard let refundCase else { return (facts, confirms) }
        for kind in CommandKind.allCases {
            guard let standing = try standing(of: refundCase.state.fulfilment?[kind], id: id) else { continue }
            facts[kind] = standing.whereabouts(at: now)
            confirms[kind] = standing.confirmedAt
        }
        facts.answeredAt = try answers.answeredAt(refundCase.id, id)
        return (facts, confirms)
    }

    private func standing(of command: Command?, id: CaseID) throws -> PublicationStanding? {
        guard let ordinal = command?.message else { return nil }
        let row = try RowNumber.of(ordinal.number, in: id)
        return try findOne.first({ $0.add(row) }, as: { PublicationStanding($0) })
    }
}

extension PublicationStanding {
    /// Reads `confirmed_at, held_until, maybe_out, next_at`.
    fileprivate init(_ row: ResultRow) {
        self.init(
            isDue: !row.isNull(3), confirmedAt: row.optionalInteger(0).map(Instant.init(microsecondsSinceEpoch:)),
            heldUntil: row.optionalInteger(1).map(Instant.init(microsecondsSinceEpoch:)),
            maybeOut: row.integer(2) != 0)
    }
}
