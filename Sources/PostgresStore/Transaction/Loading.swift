import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// Begins a transaction: records what became of publications, reads the cases and lines that it asks for, and locks what
/// it may change.
///
/// Locks that are waited for are taken first and in one order, by the cases' numbers; all others are taken only where
/// nobody holds them. So two workers never wait for each other.
struct Loading {
    static let statements = [lockNamed, lockDue, lockFree, known, caseNumbers, ArchivedRows.find]

    let session: Session
    let keys: CaseKeys
    /// Nobody else may hold the brake meanwhile.
    let takesBrake: Bool
    let now: Instant

    private var loaded = LoadedCases()
    private var rows: [StoredCase] = []
    /// Numbers for new cases.
    private(set) var numbers: [Int64] = []
    /// By which the server knows the transaction; `nil` while it is not known to have written anything.
    private(set) var transaction: String?

    init(session: Session, keys: CaseKeys, takingBrake: Bool, at now: Instant) {
        self.session = session
        self.keys = keys
        takesBrake = takingBrake
        self.now = now
    }

    private var connection: Connection { session.connection }

    /// - Parameter numbersNeeded: how many numbers for new cases are not at hand.
    /// - Throws: `PostgresFailure`, `StoreError`.
    mutating func run(
        recording publications: [PublicationRecord], numbersNeeded: Int, policies: inout PolicyRows
    ) throws -> LoadedCases {
        try begin(recording: publications, numbersNeeded: numbersNeeded)
        if !loaded.parked.isEmpty { try addCasesOfParked() }
        if !rows.isEmpty { try decode(policies: &policies) }
        return loaded
    }

    // MARK: In one round trip

    private mutating func begin(recording publications: [PublicationRecord], numbersNeeded: Int) throws {
        let requests = Loading.distinct(keys.requests)
        let lines = Loading.distinct(keys.lines)
        var pipeline = Pipeline()
        pipeline.add(.run("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"))
        // Before any row: whoever waits for it holds nothing.
        pipeline.add(PauseRows.command(lockingOf: session.schemaNumber, isAlone: takesBrake))
        let brake = pipeline.add(.run(PauseRows.latest))
        let named = requests.isEmpty ? nil : pipeline.add(command(locking: requests, by: Loading.lockNamed))
        // It may wait for a withdrawal that another worker has, and so comes before anything is written.
        let memory = Memory(words: keys.words, actions: keys.actions, opening: keys.withdrawalsOf, in: &pipeline)
        // After the locks: a case that was archived meanwhile is seen to be.
        let archived = requests.isEmpty ? nil : pipeline.add(ArchivedRows.command(finding: requests))
        pipeline.add(contentsOf: try MessageRows.commands(recording: publications))
        pipeline.add(contentsOf: ParkedRows.commands(recording: publications))
        let questions = LineQuestions(lines, Loading.distinct(keys.proofs), in: &pipeline)
        let numbers = numbersNeeded == 0 ? nil : pipeline.add(.run(Loading.caseNumbers) { $0.add(numbersNeeded) })
        // Whoever only looks gets no number: giving one makes the commit a write.
        let writes = !requests.isEmpty || !publications.isEmpty
        let transaction = writes ? pipeline.add(.run(CommitOutcome.current)) : nil
        let due = keys.dueLimit == 0 ? nil : pipeline.add(dueCases)
        let parked =
            keys.dueLimit == 0
            ? nil
            : pipeline.add(
                ParkedRows.command(
                    findingDue: keys.dueLimit, bytes: keys.byteLimit, at: now))

        let letters = keys.countsDeadLetters ? pipeline.add(ParkedRows.summingUpLetters) : nil

        let results = try connection.exchange(pipeline.commands, within: Session.patience)
        loaded.brake = results[brake].first { PayoutBrake(latest: $0) } ?? PayoutBrake()
        try memory.note(results, into: &loaded)
        if let named { noteNamed(results[named]) }
        if let archived { try noteArchived(results[archived]) }
        questions.note(results, into: &loaded)
        if let numbers { self.numbers = results[numbers].map { $0.integer(0) } }
        if let transaction { self.transaction = results[transaction].first { $0.text(0) } }
        if let due { noteDue(results[due].map { StoredCase($0) }) }
        if let parked { try noteParked(results[parked]) }
        if let letters {
            loaded.waitingLetters =
                results[letters].first { WaitingLetters(count: Int($0.integer(0)), bytes: Int($0.integer(1))) }
                ?? WaitingLetters()
        }
    }

    private var dueCases: Command {
        .run(Loading.lockDue) { values in
            values.add(now)
            values.add(keys.dueLimit)
            values.add(keys.byteLimit)
        }
    }

    /// What had no room is named by its request alone.
    private mutating func noteNamed(_ result: QueryResult) {
        for row in result.rows {
            guard StoredCase.isNameAlone(row) else {
                rows.append(StoredCase(row))
                continue
            }
            if let request = RequestID(row.text(6)) { loaded.unread.insert(request) }
        }
    }

    private mutating func noteDue(_ due: [StoredCase]) {
        loaded.due = due.compactMap(\.requestID)
        if due.reduce(0, { $0 + $1.size }) >= keys.byteLimit { loaded.moreIsDue = true }
        loaded.unread.subtract(loaded.due)
        let known = Set(rows.map(\.id))
        rows += due.filter { !known.contains($0.id) }
    }

    private mutating func noteParked(_ result: QueryResult) throws {
        var unreadable: [(id: ParkedID, nextAt: Instant)] = []
        for row in result.rows {
            if let message = try? ParkedMessage(row) {
                loaded.parked.append(message)
            } else {
                // One that only a newer worker can read must not keep the others from being found.
                unreadable.append((ParkedID(row.integer(0)), now + .seconds(60)))
            }
        }
        let bytes = loaded.parked.reduce(0) { $0 + $1.delivery.body.count + $1.delivery.envelope.count }
        if bytes >= keys.byteLimit { loaded.moreIsDue = true }
        guard !unreadable.isEmpty else { return }
        _ = try connection.exchange(ParkedRows.command(postponing: unreadable), within: Session.patience)
    }

    private mutating func noteArchived(_ result: QueryResult) throws {
        for archived in try result.map({ try ArchivedCase($0) }) {
            loaded.archived[archived.requestID] = archived
        }
    }

    // MARK: What is parked

    /// A parked message whose case is being worked on by another is left for another time.
    private mutating func addCasesOfParked() throws {
        let present = Set(rows.compactMap(\.requestID))
        let requests = Loading.distinct(loaded.parked.compactMap(\.delivery.requestID)).filter { !present.contains($0) }
        let lines = Loading.distinct(loaded.parked.compactMap(\.delivery.line)).filter { loaded.lines[$0] == nil }
        var pipeline = Pipeline()
        let free = pipeline.add(command(locking: requests, by: Loading.lockFree))
        let known = pipeline.add(Loading.command(askingFor: requests))
        let archived = pipeline.add(ArchivedRows.command(finding: requests))
        let proofs = Loading.distinct(loaded.parked.compactMap(\.delivery.proofUse))
        let questions = LineQuestions(lines, proofs, in: &pipeline)
        let parked = loaded.parked.map(\.delivery)
        let memory = Memory(
            words: parked.compactMap(\.word), actions: parked.compactMap(\.actionID),
            opening: parked.filter { $0.type == .requested }.compactMap(\.requestID), in: &pipeline)
        let results = try connection.exchange(pipeline.commands, within: Session.patience)
        try memory.note(results, into: &loaded)
        // What had no room is left for another time, as what another is at work on.
        rows += results[free].rows.filter { !StoredCase.isNameAlone($0) }.map { StoredCase($0) }
        try noteArchived(results[archived])
        questions.note(results, into: &loaded)
        let reachable = Set(rows.compactMap(\.requestID))
        let busy = Set(results[known].map { RequestID($0.text(0)) }.compactMap(\.self)).subtracting(reachable)
        let unread = loaded.unread
        loaded.parked.removeAll { $0.delivery.requestID.map { busy.contains($0) || unread.contains($0) } ?? false }
    }

    // MARK: Reading the rows

    private mutating func decode(policies: inout PolicyRows) throws {
        try policies.learn(Set(rows.map(\.policyRow)), on: connection)
        let decoder = InboundDecoder()
        var requests: [CaseID: RequestID] = [:]
        var cases: [(id: CaseID, refundCase: RefundCase?)] = []
        for row in rows {
            guard let requestID = row.requestID else { continue }
            let read = row.decoded(under: policies.version(row: row.policyRow), decoder: decoder)
            loaded.cases[requestID] = LoadedCase(
                id: row.id, refundCase: read, facts: .unknown(isPaused: loaded.brake.pause != nil))
            requests[row.id] = requestID
            cases.append((row.id, try? read.get()))
        }
        var pipeline = Pipeline()
        let facts = pipeline.add(try FactRows.command(of: cases))
        let lines = Loading.distinct(loaded.linesInReview).filter { loaded.lines[$0] == nil }
        let questions = LineQuestions(lines, [], in: &pipeline)
        let results = try connection.exchange(pipeline.commands, within: Session.patience)
        questions.note(results, into: &loaded)
        for row in results[facts].rows {
            guard let requestID = requests[CaseID(row.integer(0))] else { continue }
            loaded.cases[requestID]?.note(row, of: requestID, at: now)
        }
    }

    private static func distinct<Key: Hashable>(_ keys: [Key]) -> [Key] {
        var seen: Set<Key> = []
        return keys.filter { seen.insert($0).inserted }
    }
}

extension Loading {
    private static let selection = "SELECT \(StoredCase.columns)"
    private static let source = "FROM cases AS c \(StoredCase.join)"
    private static let size = "octet_length(state) + octet_length(body)"

    /// Cases by their requests; of those that have no room for their bytes in the order of the question, only the names.
    private static func lockingNamed(_ strength: String) -> String {
        """
        WITH locked AS MATERIALIZED (
            \(selection), n.place \(source)
            JOIN unnest($1::text[]) WITH ORDINALITY AS n (request, place) ON c.request_id = n.request
            ORDER BY c.id FOR UPDATE OF c \(strength)
        ) SELECT id, status, opened_at, policy_id, CASE WHEN before < $2::bigint THEN state END,
            CASE WHEN before < $2::bigint THEN body END, request_id
        FROM (SELECT *, sum(\(size)) OVER (ORDER BY place) - (\(size)) AS before FROM locked) AS measured ORDER BY id
        """
    }

    private static let lockNamed = Statement("case_lock_named", lockingNamed(""))

    /// Cases whose time has come, those that have waited longest first.
    private static let lockDue = Statement(
        "case_lock_due",
        """
        WITH locked AS MATERIALIZED (
            \(selection), c.due_at \(source)
            WHERE c.due_at <= $1::bigint ORDER BY c.due_at, c.id LIMIT $2::bigint FOR UPDATE OF c SKIP LOCKED
        ) SELECT id, status, opened_at, policy_id, state, body, request_id
        FROM (SELECT *, sum(\(size)) OVER (ORDER BY due_at, id) - (\(size)) AS before FROM locked) AS measured
        WHERE before < $3::bigint ORDER BY due_at, id
        """)

    /// Cases, if nobody is at work on them.
    private static let lockFree = Statement("case_lock_free", lockingNamed("SKIP LOCKED"))

    /// Which requests have a case, whoever is at work on it.
    private static let known = Statement(
        "case_known", "SELECT request_id FROM cases WHERE request_id = ANY($1::text[])")

    private static let caseNumbers = Statement(
        "case_numbers", "SELECT nextval('case_numbers') FROM generate_series(1, $1::bigint)")

    /// More numbers for new cases.
    static func numbers(_ count: Int, on connection: Connection) throws(PostgresFailure) -> [Int64] {
        try connection.exchange(.run(caseNumbers) { $0.add(count) }, within: Session.patience).map { $0.integer(0) }
    }

    private func command(locking requests: [RequestID], by statement: Statement) -> Command {
        .run(statement) { values in
            values.add(.text, requests) { $1.add($0.text) }
            values.add(keys.byteLimit)
        }
    }

    private static func command(askingFor requests: [RequestID]) -> Command {
        .run(known) { $0.add(.text, requests) { $1.add($0.text) } }
    }
}
