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
    private let changes: CaseChanges
    private let now: Instant
    /// The changed cases, in the order of the changes.
    private(set) var ids: [CaseID] = []

    /// - Parameters:
    ///   - policyRows: where the policies of the new cases are kept.
    ///   - number: the next number for a new case.
    /// - Throws: `StoreError` `.refused` when a case has no policy, no number is left, or a place is out of range.
    init(
        _ changes: CaseChanges, policyRows: [ObjectIdentifier: Int64], at now: Instant, number: () -> Int64?
    ) throws(StoreError) {
        self.changes = changes
        self.now = now
        for change in changes.cases {
            let id = try add(change, policyRows: policyRows, number: number)
            ids.append(id)
            for (offset, event) in change.events.enumerated() {
                events.append(
                    EventRows.Row(number: try RowNumber.of(change.firstEvent + offset, in: id), event: event))
            }
            for message in change.messages {
                messages.append(
                    MessageRows.Row(number: try RowNumber.of(message.ordinal.number, in: id), message: message))
            }
            for ordinal in change.takenBack { takenBack.append(try RowNumber.of(ordinal.number, in: id)) }
            for message in change.resends {
                resent.append(
                    MessageRows.Resent(
                        number: try RowNumber.of(message.ordinal.number, in: id), attempt: message.attempt))
            }
        }
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
        var commands = CaseRows.commands(inserting: new, updating: known)
        if let command = EventRows.command(appending: events) { commands.append(command) }
        commands += MessageRows.commands(appending: messages, resending: resent, at: now)
        if let command = MessageRows.command(takingBack: takenBack.sorted()) { commands.append(command) }
        if let command = CaseRows.command(postponing: changes.postponements) { commands.append(command) }
        commands += ParkedRows.commands(writing: changes.parking, at: now)
        if let command = DeadLetterRows.command(appending: changes.deadLetters) { commands.append(command) }
        return commands
    }
}
