import RefundPolicy
import Simulation

/// What the store's own times tell: nothing of a case leaves after a person has ended it, and no payout under a pause.
///
/// A message counts by when its confirm came. A close or void waits until whatever is on its way has one (contract § 4),
/// so that none may come later.
struct TimesAudit {
    let fleet: Fleet

    /// How long a worker may hand over what it had before it heard of a pause, and the broker take to confirm it, while
    /// workers, connections and the database are frozen or the broker is away.
    private static let mostHeld: Duration = .seconds(30)

    private var auditor: Auditor { fleet.auditor }

    func run() {
        let commands = fleet.ledger.commands()
        let pauses = fleet.ledger.pauses()
        for pause in pauses { checkPause(pause, commands) }
        let byRequest = Dictionary(grouping: commands) { $0.id.split(separator: "/").first.map(String.init) ?? "" }
        for end in fleet.ledger.ends() { checkEnd(end, byRequest[end.request] ?? []) }
    }

    private func checkPause(_ pause: StoredPause, _ commands: [StoredCommand]) {
        let from = pause.at + TimesAudit.mostHeld
        let during = commands.first { command in
            guard Text.key(command.id)?.command == "payout", let at = command.confirmedAt else { return false }
            return at > from && pause.liftedAt.map { at < $0 } ?? true
        }
        auditor.check(
            .brake, during == nil, about: during.flatMap { Text.key($0.id)?.request },
            "\(during?.id ?? "") went out under the pause since \(pause.at)")
    }

    private func checkEnd(_ end: StoredEnd, _ commands: [StoredCommand]) {
        // Several workers' transactions on PostgreSQL may have waited for each other, or for a frozen database.
        let slack: Duration = fleet.kind == .sqlite ? .seconds(1) : .seconds(10)
        for command in commands {
            auditor.check(
                .closed, command.confirmedAt.map { $0 <= end.at + slack } ?? true, about: end.request,
                "\(command.id) was confirmed after the case was ended at \(end.at)")
            // Taken back, as the store has it: neither confirmed nor refused by the broker, nor answered.
            let isTakenBack =
                command.confirmedAt == nil && !command.hasFailed && !isAnswered(command.id, of: end.request)
            auditor.check(
                .closed, !isTakenBack || auditor.arrivals[command.id] == nil, about: end.request,
                "\(command.id) went out, and was taken back when the case was ended at \(end.at)")
        }
    }

    private func isAnswered(_ key: String, of request: String) -> Bool {
        auditor.sentAbout(request).contains { $0.kind == .reply && Text.member("idempotency_key", of: $0.body) == key }
    }
}
