import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// What a transaction writes, as commands for one round trip with the commit.
struct Writing {
    private var new: [CaseRows.Row] = []
    private var known: [CaseRows.Row] = []
    private var events: [EventRows.Row] = []
    private var messages: [MessageRows.Row] = []
    private var resent: [MessageRows.Resent] = []
    private var takenBack: [Int64] = []
    private var cancelled: [Int64] = []
    /// The same, of cases that a person ends by this.
    private var ended: [Int64] = []
    private var words: [(id: CaseID, word: SaidWord)] = []
    private let bookings: [InvoiceBooking]
    private let changes: CaseChanges
    private let now: Instant
    /// The changed cases, in the order of the changes.
    private(set) var ids: [CaseID] = []

    /// - Parameters:
    ///   - loaded: what the changes were decided on.
    ///   - policyRows: where the policies of the new cases are kept.
    ///   - number: the next number for a new case.
    /// - Throws: `StoreError` `.refused` when a case has no policy, no number is left, or a place is out of range.
    init(
        _ changes: CaseChanges, of loaded: LoadedCases, policyRows: [ObjectIdentifier: Int64], at now: Instant,
        number: () -> Int64?
    ) throws(StoreError) {
        self.changes = changes
        self.now = now
        bookings = changes.bookings(seeing: loaded)
        let isPaused = loaded.brake.isPaused(after: changes.brake)
        for change in changes.cases {
            let id = try add(change, policyRows: policyRows, number: number)
            ids.append(id)
            for (offset, event) in change.events.enumerated() {
                events.append(
                    EventRows.Row(number: try RowNumber.of(change.firstEvent + offset, in: id), event: event))
            }
            try addMessages(of: change, id, isPaused: isPaused)
            let new = Set(change.messages.map(\.ordinal))
            takenBack += try rows(of: change.takenBack.filter { !new.contains($0) }, id)
            let isEnded = !change.refundCase.state.status.isOpen && change.events.contains { $0.kind == .reviewed }
            let stopped = try rows(of: change.cancelled, id)
            if isEnded { ended += stopped } else { cancelled += stopped }
        }
        guard !changes.words.isEmpty else { return }
        var opened: [RequestID: CaseID] = [:]
        for (index, id) in zip(changes.cases.indices, ids) where changes.cases[index].id == nil {
            opened[changes.cases[index].refundCase.id] = id
        }
        // A word of a case that is not stored is not kept: nothing comes of it either.
        words = changes.words.compactMap { word in
            (loaded.cases[word.request]?.id ?? opened[word.request]).map { ($0, word) }
        }
    }

    private mutating func addMessages(of change: CaseChange, _ id: CaseID, isPaused: Bool) throws(StoreError) {
        for message in change.messages {
            let isHeldBack = isPaused && message.encoded.type == .payout
            let fate: MessageRows.Row.Fate =
                change.takenBack.contains(message.ordinal) ? .takenBack : isHeldBack ? .heldBack : .held
            messages.append(
                MessageRows.Row(
                    number: try RowNumber.of(message.ordinal.number, in: id), message: message, fate: fate))
        }
        guard !change.resends.isEmpty else { return }
        let keys = isPaused ? change.refundCase.state.fulfilment?.payout?.keys ?? [] : []
        let payouts = Set(keys.map(\.message))
        for resend in change.resends {
            resent.append(
                MessageRows.Resent(
                    number: try RowNumber.of(resend.ordinal.number, in: id), attempt: resend.attempt,
                    isHeldBack: payouts.contains(resend.ordinal)))
        }
    }

    private func rows(of ordinals: [MessageOrdinal], _ id: CaseID) throws(StoreError) -> [Int64] {
        var rows: [Int64] = []
        for ordinal in ordinals { rows.append(try RowNumber.of(ordinal.number, in: id)) }
        return rows
    }

    private mutating func add(
        _ change: CaseChange, policyRows: [ObjectIdentifier: Int64], number: () -> Int64?
    ) throws(StoreError) -> CaseID {
        if let id = change.id {
            known.append(CaseRows.Row(id, change.refundCase))
            return id
        }
        guard let policy = change.policy.flatMap({ policyRows[ObjectIdentifier($0)] }) else {
            throw Writing.refusal("a new case came without its policy")
        }
        guard let next = number() else { throw Writing.refusal("there is no number for a new case") }
        let id = CaseID(next)
        new.append(CaseRows.Row(id, change.refundCase, policyRow: policy))
        return id
    }

    private static func refusal(_ problem: String) -> StoreError {
        StoreError(.refused, operation: "write", problem: problem, remedy: "report it: it is a fault of the worker's")
    }

    var commands: [Command] {
        var commands = PauseRows.commands(writing: changes.brake, at: now)
        if let command = LineRows.command(booking: bookings) { commands.append(command) }
        commands += CaseRows.commands(inserting: new, updating: known)
        if let command = EventRows.command(appending: events) { commands.append(command) }
        commands += MessageRows.commands(appending: messages, resending: resent, at: now)
        if let command = MessageRows.command(takingBack: takenBack.sorted()) { commands.append(command) }
        if let command = MessageRows.command(cancelling: cancelled.sorted()) { commands.append(command) }
        if let command = MessageRows.command(cancellingUnheld: ended.sorted(), at: now) { commands.append(command) }
        commands += changes.fleetMessages.map { MessageRows.command(appendingOfFleet: $0, at: now) }
        if let command = WordRows.command(appending: words) { commands.append(command) }
        if let command = ActionRows.command(appending: changes.actions) { commands.append(command) }
        if let command = CaseRows.command(postponing: changes.postponements) { commands.append(command) }
        commands += ParkedRows.commands(writing: changes.parking, at: now)
        if let command = DeadLetterRows.command(appending: changes.deadLetters) { commands.append(command) }
        return commands
    }
}
