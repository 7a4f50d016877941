import Foundation
import Simulation

/// What was done in a drill, and whether everything held.
struct DrillReport: Sendable {
    struct Part: Encodable, Sendable {
        let store: String
        let workers: Int
        let requests: Int
        let messagesSent: Int
        let messagesOut: Int
        let deadLetters: Int
        let payouts: Int
        let cases: [String: Int]
        let checks: [String: Int]
        /// How often workers were started.
        let starts: Int
        /// How workers ended by themselves, each time, if they did.
        let ends: [String]
        let violation: String?
    }

    let terms: DrillTerms
    let seconds: Int
    let fleets: [Part]
    let faults: [DrillFault: Int]
    let findings: [String]

    var isSound: Bool { findings.isEmpty && fleets.allSatisfy { $0.violation == nil } }

    /// The command that does the same again.
    var command: String {
        "deploy/drill --seconds \(terms.duration.components.seconds) --seed \(terms.seed)"
            + (terms.stores.count == 1 ? " --store \(terms.stores[0].rawValue)" : "")
    }
}

extension DrillReport.Part {
    init(_ fleet: Fleet) {
        let auditor = fleet.auditor
        store = fleet.kind.rawValue
        workers = fleet.workers.count
        requests = fleet.producing?.requests ?? 0
        messagesSent = auditor.sentOrder.count
        messagesOut = auditor.arrivals.count
        deadLetters = fleet.observing?.seen[.dead]?.count ?? 0
        payouts = auditor.tally.payouts
        let statuses = fleet.ledger.fingerprint().compactMap {
            $0.split(separator: " ").dropFirst().first.map(String.init)
        }
        cases = Dictionary(statuses.map { ($0, 1) }, uniquingKeysWith: +)
        checks = Dictionary(
            zip(Invariant.allCases.map(\.rawValue), auditor.tally.checks).filter { $0.1 > 0 }, uniquingKeysWith: +)
        starts = fleet.workers.reduce(0) { $0 + $1.starts }
        ends = fleet.workers.flatMap(\.ends)
        violation = auditor.violation.map { "\($0.invariant.rawValue): \($0.detail)" }
    }
}

extension DrillReport {
    var text: String {
        var lines = [
            "seed \(terms.seed): \(seconds) s in all, \(terms.duration.components.seconds) s of them with faults", "",
        ]
        for fleet in fleets {
            lines += [
                "\(fleet.store), \(fleet.workers) worker\(fleet.workers == 1 ? "" : "s")",
                "  \(fleet.requests) requests in \(fleet.messagesSent) messages; \(fleet.messagesOut) messages out, "
                    + "\(fleet.payouts) payouts, \(fleet.deadLetters) dead letters",
                "  cases: " + counts(fleet.cases),
                "  workers: \(fleet.starts) starts, \(fleet.ends.count) ends by themselves",
                "  checks: " + counts(fleet.checks),
                "  " + (fleet.violation.map { "DID NOT HOLD: \($0)" } ?? "everything held"), "",
            ]
        }
        lines.append("faults: \(faults.values.reduce(0, +))")
        for fault in DrillFault.allCases {
            if let count = faults[fault] { lines.append("  \(count) × \(fault.text)") }
        }
        for finding in findings { lines.append("FOUND: \(finding)") }
        lines.append("")
        lines.append(
            isSound ? "verdict: everything held" : "verdict: FAILED; logs in \(terms.folder.path)\nagain: \(command)")
        return lines.joined(separator: "\n")
    }

    private func counts(_ counts: [String: Int]) -> String {
        counts.isEmpty
            ? "none" : counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }

    private struct Encoded: Encodable {
        let seed: UInt64
        let seconds: Int
        let secondsWithFaults: Int64
        let fleets: [Part]
        let faults: [String: Int]
        let findings: [String]
        let held: Bool
    }

    var json: String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys]
        let encoded = Encoded(
            seed: terms.seed, seconds: seconds, secondsWithFaults: terms.duration.components.seconds, fleets: fleets,
            faults: Dictionary(faults.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: +), findings: findings,
            held: isSound)
        return (try? encoder.encode(encoded)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
