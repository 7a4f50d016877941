import GRDB
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// Reads the cases and lines that a transaction asks for.
struct CaseLoading {
    private let findCase: BoundStatement
    private let findDue: BoundStatement
    private let findAny: BoundStatement
    private let lines: LineTable
    private let facts: FactReading
    private let words: WordTable
    private let actions: ActionTable
    private let pauses: PauseTable
    private let parking: ParkingTable
    private let archived: ArchivedTable
    private let versions: KnownVersions
    private let decoder = InboundDecoder()

    init(
        _ database: Database, versions: KnownVersions, parking: ParkingTable, words: WordTable, actions: ActionTable,
        pauses: PauseTable, lines: LineTable
    ) throws {
        findCase = try BoundStatement(
            "SELECT \(StoredCase.columns) FROM cases AS c \(StoredCase.join) WHERE c.request_id = ?", in: database)
        findDue = try BoundStatement(
            "SELECT request_id FROM cases WHERE due_at <= ? ORDER BY due_at, id LIMIT ?", in: database)
        findAny = try BoundStatement("SELECT 1 FROM cases WHERE request_id = ?", in: database)
        archived = try ArchivedTable(database)
        facts = try FactReading(database)
        self.versions = versions
        self.parking = parking
        self.words = words
        self.actions = actions
        self.pauses = pauses
        self.lines = lines
    }

    func load(_ keys: CaseKeys, at now: Instant) throws -> LoadedCases {
        var loaded = LoadedCases(brake: try pauses.brake())
        if keys.dueLimit > 0 {
            try loadDue(keys, at: now, into: &loaded)
            try loadParked(keys, at: now, into: &loaded)
        }
        try loadNamed(keys, at: now, into: &loaded)
        let parked = loaded.parked.map(\.delivery)
        let requests = loaded.due + parked.compactMap(\.requestID) + keys.requests
        try lines.load(
            parked.compactMap(\.line) + keys.lines + loaded.linesInReview, parked.compactMap(\.proofUse) + keys.proofs,
            into: &loaded)
        try loadArchived(requests, into: &loaded)
        for word in parked.compactMap(\.word) + keys.words {
            if let id = loaded.cases[word.request]?.id, try words.holds(word, of: id) { loaded.said.insert(word) }
        }
        for action in parked.compactMap(\.actionID) + keys.actions {
            if let known = try actions.find(action) { loaded.actions[action] = known }
        }
        let opening = parked.filter { $0.type == .requested }.compactMap(\.requestID) + keys.withdrawalsOf
        if !opening.isEmpty, try !parking.isEmpty() {
            for request in opening { loaded.withdrawals[request] = try parking.withdrawal(of: request) }
        }
        if keys.countsDeadLetters { loaded.waitingLetters = try parking.waitingLetters() }
        return loaded
    }

    // MARK: Cases, each kind as far as there is room

    private func loadDue(_ keys: CaseKeys, at now: Instant, into loaded: inout LoadedCases) throws {
        var room = keys.byteLimit
        for request in try due(limit: keys.dueLimit, at: now) {
            guard room > 0 else {
                loaded.moreIsDue = true
                return
            }
            try load(request, at: now, into: &loaded, &room)
            loaded.due.append(request)
        }
    }

    private func loadParked(_ keys: CaseKeys, at now: Instant, into loaded: inout LoadedCases) throws {
        let (parked, isCutShort) = try parking.due(limit: keys.dueLimit, bytes: keys.byteLimit, at: now)
        if isCutShort { loaded.moreIsDue = true }
        var room = keys.byteLimit
        for message in parked {
            guard room > 0 else {
                loaded.moreIsDue = true
                return
            }
            if let request = message.delivery.requestID { try load(request, at: now, into: &loaded, &room) }
            loaded.parked.append(message)
        }
    }

    private func loadNamed(_ keys: CaseKeys, at now: Instant, into loaded: inout LoadedCases) throws {
        var room = keys.byteLimit
        for request in keys.requests where loaded.cases[request] == nil {
            if room > 0 {
                try load(request, at: now, into: &loaded, &room)
            } else if try findAny.first({ $0.add(request.text) }, as: { _ in true }) != nil {
                loaded.unread.insert(request)
            }
        }
    }

    /// Looks among the archived for what is not among the cases.
    private func loadArchived(_ requests: [RequestID], into loaded: inout LoadedCases) throws {
        let missing = requests.filter { loaded.cases[$0] == nil && !loaded.unread.contains($0) }
        guard !missing.isEmpty, try !archived.isEmpty() else { return }
        for request in missing { loaded.archived[request] = try archived.find(request) }
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

    private func load(
        _ request: RequestID, at now: Instant, into loaded: inout LoadedCases, _ room: inout Int
    ) throws {
        guard loaded.cases[request] == nil,
            let stored = try findCase.first({ $0.add(request.text) }, as: { StoredCase($0) })
        else { return }
        room -= stored.size
        let read = try stored.decoded(versions: versions, decoder: decoder)
        let known = try facts.facts(
            of: try? read.get(), id: stored.id, isPaused: loaded.brake.pause != nil, at: now)
        loaded.cases[request] = LoadedCase(
            id: stored.id, refundCase: read, facts: known.facts, confirms: known.confirms)
    }
}
