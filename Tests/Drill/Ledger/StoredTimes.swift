import RefundPolicy
import Simulation

/// A command's message, and when the broker had it.
struct StoredCommand {
    let id: String
    let confirmedAt: Instant?
    /// The broker has returned or refused it.
    let hasFailed: Bool
}

/// A pause of payouts.
struct StoredPause {
    let at: Instant
    let liftedAt: Instant?
}

/// A close or a void that was the last that a person had done about the sending of a case.
struct StoredEnd {
    let request: String
    let at: Instant
}

/// When things were committed and confirmed, as the store has it.
extension SQLLedger {
    func commands() -> [StoredCommand] {
        let columns = "m.message_id, p.confirmed_at, p.last_error"
        return table("SELECT \(columns) FROM \(publications) WHERE m.type IN ('access.revoke', 'payout.issue')").map {
            StoredCommand(
                id: $0[0].text ?? "", confirmedAt: $0[1].integer.map(Instant.init(microsecondsSinceEpoch:)),
                hasFailed: $0[2] != .null)
        }
    }

    func pauses() -> [StoredPause] {
        table("SELECT at, lifted_at FROM pauses ORDER BY id").map {
            StoredPause(
                at: Instant(microsecondsSinceEpoch: $0[0].integer ?? 0),
                liftedAt: $0[1].integer.map(Instant.init(microsecondsSinceEpoch:)))
        }
    }

    func ends() -> [StoredEnd] {
        let acts = table(
            """
            SELECT c.request_id, e.at, e.kind, e.body FROM cases AS c
            JOIN events AS e ON e.id BETWEEN c.id << 16 AND (c.id << 16) | 65535
            WHERE e.kind IN ('reviewed', 'retried') ORDER BY e.id
            """)
        var ends: [String: StoredEnd] = [:]
        for act in acts {
            let request = act[0].text ?? ""
            let verdict = Text.member("verdict", of: act[3].bytes ?? []) ?? ""
            if ["close", "void"].contains(verdict) {
                ends[request] = StoredEnd(
                    request: request, at: Instant(microsecondsSinceEpoch: act[1].integer ?? 0))
            } else {
                // Opened again by a bounce, and sent anew by a person.
                ends[request] = nil
            }
        }
        return ends.values.sorted { $0.request < $1.request }
    }
}
