import GRDB
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// A world with one deliberate bug, which the auditor must find.
public struct BrokenWorld: Sendable, CustomStringConvertible {
    public let name: String
    let sabotage: @Sendable () -> any Sabotage

    public var description: String { name }

    /// How many worlds it takes until the bug is found.
    ///
    /// - Returns: the number of seeds that it survived, and what found it; `nil` if `limit` seeds did not.
    public func hunt(limit: UInt64) throws -> (survived: UInt64, violation: Violation)? {
        let campaign = try Campaign(sabotage: sabotage)
        defer { campaign.clean() }
        for seed in 1...limit {
            if let violation = try campaign.run(Scenario(seed: seed)).violation { return (seed - 1, violation) }
        }
        return nil
    }

    public static let all: [BrokenWorld] = stores + lanes + lives + readings
}

/// A sabotage of the store alone.
private final class StoreSabotage: Sabotage {
    private let breaking: (BrokenStore, _ file: String) -> Void

    init(_ breaking: @escaping (BrokenStore, _ file: String) -> Void) {
        self.breaking = breaking
    }

    func store(_ store: any CaseStore, file: String) -> any CaseStore {
        let broken = BrokenStore(store)
        breaking(broken, file)
        return broken
    }
}

extension BrokenWorld {
    init(_ name: String, store breaking: @escaping @Sendable (BrokenStore, _ file: String) -> Void) {
        self.init(name: name, sabotage: { StoreSabotage(breaking) })
    }

    private static let stores: [BrokenWorld] = [
        BrokenWorld("published without a commit") { store, _ in
            store.isLying = { changes in changes.cases.contains { !$0.messages.isEmpty } }
        },
        BrokenWorld("an unsent message is forgotten") { store, _ in store.claim = { _ in [] } },
        BrokenWorld("no check of the invoice line") { store, file in
            _ = try? DatabaseQueue(path: file).write { database in
                try database.execute(sql: "DROP INDEX cases_line; DROP INDEX cases_identity")
            }
            store.load = { loaded in
                var loaded = loaded
                loaded.lines = [:]
                loaded.accounts = [:]
                return loaded
            }
        },
        BrokenWorld("a second spelling of a line pays") { store, file in
            _ = try? DatabaseQueue(path: file).write { try $0.execute(sql: "DROP INDEX cases_identity") }
            store.load = { loaded in
                var loaded = loaded
                for line in loaded.lines.keys {
                    loaded.lines[line]?.others.removeAll { $0.neighbour.likeness != .sameSpelling }
                }
                return loaded
            }
        },
        BrokenWorld("events are incomplete") { store, _ in
            store.change = { changes in
                var changes = changes
                for index in changes.cases.indices where changes.cases[index].id != nil {
                    changes.cases[index].events.removeAll { $0.kind == .fellDue }
                }
                return changes
            }
        },
        BrokenWorld("a parked message is dropped") { store, _ in
            store.change = { changes in
                var changes = changes
                changes.parking.arrivals = []
                return changes
            }
        },
        BrokenWorld("a parked message is forgotten once it is dead") { store, _ in
            store.change = { changes in
                var changes = changes
                let dead = changes.parking.updates.filter { $0.standing.deadAt != nil }.map(\.id)
                changes.parking.departures += dead
                return changes
            }
        },
        BrokenWorld("a reply is acknowledged and not acted on") { store, _ in
            store.isLying = { changes in
                changes.cases.contains {
                    $0.id != nil && $0.messages.isEmpty && $0.events.contains { $0.kind == .succeeded }
                }
            }
        },
        BrokenWorld("a deadline fires twice") { store, _ in
            store.change = { changes in
                var changes = changes
                for index in changes.cases.indices {
                    let late = changes.cases[index].messages.filter { $0.encoded.type == .deadlineMissed }
                    for message in late {
                        var again = message
                        again.ordinal = MessageOrdinal(message.ordinal.number + 1_000)
                        changes.cases[index].messages.append(again)
                    }
                }
                return changes
            }
        },
        BrokenWorld("the same words again count again") { store, _ in
            store.load = { loaded in
                var loaded = loaded
                loaded.said = []
                return loaded
            }
        },
    ]
}
