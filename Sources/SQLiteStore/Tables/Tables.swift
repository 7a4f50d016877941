import GRDB
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// The statements of an open store, by table.
struct Tables {
    let transaction: TransactionStatements
    let policies: PolicyTable
    let loading: CaseLoading
    let cases: CaseTable
    let lines: LineTable
    let events: EventTable
    let messages: MessageTable
    let publications: PublicationTable
    let recording: PublicationRecording
    let unsent: UnsentMessages
    let parking: ParkingTable
    let words: WordTable
    let actions: ActionTable
    let pauses: PauseTable
    let deadLetters: DeadLetterTable

    init(_ database: Database) throws {
        let versions = try KnownVersions(database)
        transaction = try TransactionStatements(database)
        policies = try PolicyTable(database, versions: versions)
        parking = try ParkingTable(database)
        words = try WordTable(database)
        actions = try ActionTable(database)
        pauses = try PauseTable(database)
        lines = try LineTable(database)
        loading = try CaseLoading(
            database, versions: versions, parking: parking, words: words, actions: actions, pauses: pauses, lines: lines
        )
        cases = try CaseTable(database)
        events = try EventTable(database)
        messages = try MessageTable(database)
        publications = try PublicationTable(database)
        recording = PublicationRecording(publications: publications, parking: parking)
        unsent = try UnsentMessages(database)
        deadLetters = try DeadLetterTable(database)
    }

    /// Writes a case with its events and messages.
    func write(_ change: CaseChange) throws -> CaseID {
        let id: CaseID
        if let known = change.id {
            id = known
            try cases.update(known, to: change.refundCase)
        } else {
            guard let policy = change.policy else { throw Tables.policyMissing }
            id = try cases.insert(change.refundCase, policyRow: try policies.row(of: policy))
        }
        try events.append(change.events, from: change.firstEvent, to: id)
        for message in change.messages {
            try messages.append(
                message.encoded, createdAt: message.createdAt, at: try RowNumber.of(message.ordinal.number, in: id))
        }
        return id
    }

    /// Puts the messages of changes that were written into the outbox.
    func publish(_ changes: [CaseChange], _ ids: [CaseID], isPaused: Bool, at now: Instant) throws {
        let heldUntil = now + OutboxMessage.publisherHeadStart
        var run: MessageRun?
        // By their places: a loop over the changes would copy each whole case.
        for (index, id) in zip(changes.indices, ids) {
            for message in changes[index].messages {
                let row = try RowNumber.of(message.ordinal.number, in: id)
                // New cases have no other messages, so that whatever lies between two of them belongs to the run.
                let isSameOrNew =
                    changes[index].id == nil || run.map { RowNumber.caseID(of: $0.rows.upperBound) == id } ?? true
                if isSameOrNew, run?.extend(to: row) == true { continue }
                if let run { try publications.append(run, heldUntil: heldUntil, at: now) }
                run = MessageRun(row)
            }
        }
        if let run { try publications.append(run, heldUntil: heldUntil, at: now) }
        for (index, id) in zip(changes.indices, ids) {
            for resend in changes[index].resends {
                let row = try RowNumber.of(resend.ordinal.number, in: id)
                try publications.sendAgain(row, attempt: resend.attempt, at: now)
            }
            if isPaused { try holdBackPayouts(of: changes[index], id) }
            for ordinal in changes[index].takenBack {
                let isNew = changes[index].messages.contains { $0.ordinal == ordinal }
                try publications.takeBack(try RowNumber.of(ordinal.number, in: id), isNew: isNew)
            }
            for ordinal in changes[index].cancelled {
                try publications.cancel(try RowNumber.of(ordinal.number, in: id))
            }
        }
    }

    /// Moves the payouts of a change aside that were written during a pause.
    private func holdBackPayouts(of change: CaseChange, _ id: CaseID) throws {
        for message in change.messages where message.encoded.type == .payout {
            try publications.holdBack(try RowNumber.of(message.ordinal.number, in: id), isNew: true)
        }
        let payouts = Set(change.refundCase.state.fulfilment?.payout?.keys.map(\.message) ?? [])
        for resend in change.resends where payouts.contains(resend.ordinal) {
            try publications.holdBack(try RowNumber.of(resend.ordinal.number, in: id), isNew: false)
        }
    }

    /// Adds messages of no case, which are due at once.
    func publish(ofFleet encoded: [EncodedMessage], at now: Instant) throws {
        for message in encoded {
            guard let row = try messages.append(ofFleet: message, at: now) else { continue }
            try publications.append(MessageRun(row), heldUntil: nil, at: now)
        }
    }

    /// Keeps what was said. A word of a case that is not stored is not kept: nothing comes of it either.
    func write(_ said: [SaidWord], of loaded: LoadedCases, _ changes: [CaseChange], _ ids: [CaseID]) throws {
        guard !said.isEmpty else { return }
        var opened: [RequestID: CaseID] = [:]
        for (index, id) in zip(changes.indices, ids) where changes[index].id == nil {
            opened[changes[index].refundCase.id] = id
        }
        for word in said {
            if let id = loaded.cases[word.request]?.id ?? opened[word.request] { try words.append(word, of: id) }
        }
    }

    /// Keeps what happens to the brake.
    ///
    /// - Returns: whether payouts are paused then.
    func write(_ changes: [BrakeChange], isPaused: Bool, at now: Instant) throws -> Bool {
        var isPaused = isPaused
        for change in changes {
            switch change {
            case .paused(let pause):
                try pauses.pause(pause)
                try publications.holdBackPayouts()
                isPaused = true
            case .resumed(let pause, let actionID, let at, let by, let note):
                try pauses.lift(pause, by: PastPause.Lifting(actionID: actionID, at: at, by: by, note: note))
                try publications.releasePayouts(at: now)
                isPaused = false
            case .alerted(let hour): try pauses.remind(in: hour)
            }
        }
        return isPaused
    }

    private static var policyMissing: StoreError {
        StoreError(
            .refused, operation: "write", problem: "a new case came without its policy",
            remedy: "report it: the decision has to name one")
    }
}
