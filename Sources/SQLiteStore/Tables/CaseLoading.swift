import GRDB
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// Reads the cases and lines that a transaction asks for.
struct CaseLoading {
    private let findCase: BoundStatement
    private let findDue: BoundStatement
    private let findHolder: BoundStatement
    private let findMessages: BoundStatement
    private let parking: ParkingTable
    private let archived: ArchivedTable
    private let versions: KnownVersions
    private let decoder = InboundDecoder()

    init(_ database: Database, versions: KnownVersions, parking: ParkingTable) throws {
        findCase = try BoundStatement(
            "SELECT \(StoredCase.columns) FROM cases AS c \(StoredCase.join) WHERE c.request_id = ?", in: database)
        findDue = try BoundStatement(
            "SELECT request_id FROM cases WHERE due_at <= ? ORDER BY due_at, id LIMIT ?", in: database)
        findHolder = try BoundStatement(
            """
            SELECT status FROM cases
            WHERE holds_line = 1 AND invoice_number = ? AND service_id = ? AND subscription_id = ?
            """, in: database)
        // Bodies only of what may have to go out; nothing of what was taken back.
        findMessages = try BoundStatement(
            """
            SELECT m.id, m.message_id, m.type, m.created_at, p.attempt, p.confirmed_at,
                CASE WHEN p.confirmed_at IS NULL THEN m.body END
            FROM messages AS m JOIN publications AS p ON p.id = m.id
            WHERE m.id BETWEEN ? AND ? AND (p.confirmed_at IS NOT NULL OR p.next_at IS NOT NULL) ORDER BY m.id
            """, in: database)
        archived = try ArchivedTable(database)
        self.versions = versions
        self.parking = parking
    }

    func load(_ keys: CaseKeys, at now: Instant) throws -> LoadedCases {
        var loaded = LoadedCases()
        if keys.dueLimit > 0 {
            loaded.due = try due(limit: keys.dueLimit, at: now)
            loaded.parked = try parking.due(limit: keys.dueLimit, at: now)
        }
        let requests = loaded.due + loaded.parked.map(\.delivery.requestID) + keys.requests
        for request in requests where loaded.cases[request] == nil {
            if let known = try load(request) { loaded.cases[request] = known }
        }
        let lines = loaded.parked.compactMap(\.delivery.line) + keys.lines
        for line in lines where loaded.standings[line] == nil {
            if let standing = try standing(of: line) { loaded.standings[line] = standing }
        }
        try loadArchived(requests, lines, into: &loaded)
        return loaded
    }

    /// Looks among the archived for what is not among the cases.
    private func loadArchived(_ requests: [RequestID], _ lines: [InvoiceLine], into loaded: inout LoadedCases) throws {
        let missing = requests.filter { loaded.cases[$0] == nil }
        let free = lines.filter { loaded.standings[$0] == nil }
        guard !missing.isEmpty || !free.isEmpty, try !archived.isEmpty() else { return }
        for request in missing { loaded.archived[request] = try archived.find(request) }
        for line in free where try archived.holds(line) { loaded.standings[line] = .refunded }
    }

    /// The cases whose time has come, by the index of those that have one.
    private func due(limit: Int, at now: Instant) throws -> [RequestID] {
        var due: [RequestID] = []
        try findDue.forEachRow {
            $0.add(now.microsecondsSinceEpoch)
            $0.add(limit)
        } do: { row in
            if let request = RequestID(row.text(0)) { due.append(request) }
        }
        return due
    }

    private func load(_ request: RequestID) throws -> LoadedCase? {
        let stored = try findCase.first({ $0.add(request.text) }, as: { StoredCase($0) })
        guard let stored else { return nil }
        var read = try stored.decoded(versions: versions, decoder: decoder)
        var facts = PublicationFacts(answeredAt: nil, revocationIsOut: false, payoutIsOut: false)
        var unsent: [OutboxMessage] = []
        do {
            guard case .success(let refundCase) = read else {
                return LoadedCase(id: stored.id, refundCase: read, unsent: [], facts: facts)
            }
            (unsent, facts) = try messages(of: refundCase, id: stored.id)
        } catch let reason as DeadLetterReason {
            read = .failure(reason)
        }
        return LoadedCase(id: stored.id, refundCase: read, unsent: unsent, facts: facts)
    }

    private func messages(of refundCase: RefundCase, id: CaseID) throws -> ([OutboxMessage], PublicationFacts) {
        let fulfilment = refundCase.state.fulfilment
        let revocation = fulfilment?.revocation.message
        let payout = fulfilment?.payout?.message
        var facts = PublicationFacts(answeredAt: nil, revocationIsOut: false, payoutIsOut: false)
        var unsent: [OutboxMessage] = []
        let rows = RowNumber.all(of: id)
        try findMessages.forEachRow(
            { $0.add(rows) },
            do: { row in
                guard let confirmedAt = row.optionalInteger(5) else {
                    unsent.append(
                        try OutboxMessage(
                            row, body: 6, requestID: refundCase.id, traceparent: refundCase.traceparent,
                            submittedAt: refundCase.request.submittedAt))
                    return
                }
                let ordinal = MessageOrdinal(RowNumber.place(of: row.integer(0)))
                facts.revocationIsOut = facts.revocationIsOut || ordinal == revocation
                facts.payoutIsOut = facts.payoutIsOut || ordinal == payout
                if OutboundType.isFinalAnswer(messageID: row.text(1), of: refundCase.id) {
                    facts.answeredAt = Instant(microsecondsSinceEpoch: confirmedAt)
                }
            })
        return (unsent, facts)
    }

    private func standing(of line: InvoiceLine) throws -> InvoiceLine.Standing? {
        let status = try findHolder.first({ $0.add(line) }, as: { $0.text(0) })
        guard let status else { return nil }
        // A status that only a newer worker knows still holds the line.
        return CaseStatus(rawValue: status)?.standing ?? .requested
    }
}
