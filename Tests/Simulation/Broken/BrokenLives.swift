import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// Bugs in what becomes of a case: money twice, or silently lost.
extension BrokenWorld {
    static let lives: [BrokenWorld] = [
        BrokenWorld(name: "replies are judged by the sender's clock") {
            TrustsClocks(isHeard: { known, at, _ in at >= known })
        },
        BrokenWorld(name: "a bounce in the same second vanishes") {
            TrustsClocks(isHeard: { $0.secondsSinceEpoch != $1.secondsSinceEpoch || $2 != .failed })
        },
        BrokenWorld(name: "a close waits for nobody's memory") { KeepsMemories() },
        BrokenWorld("what an end takes back goes out") { store, _ in
            store.change = { changes in
                var changes = changes
                for index in changes.cases.indices {
                    changes.cases[index].takenBack = []
                    changes.cases[index].cancelled = []
                }
                return changes
            }
        },
        BrokenWorld("a repeated act acts again") { store, _ in
            store.load = { loaded in
                var loaded = loaded
                loaded.actions = loaded.actions.filter { $0.value.requestID == nil }
                return loaded
            }
            store.change = { changes in
                var changes = changes
                changes.actions.removeAll { $0.requestID != nil }
                return changes
            }
        },
        BrokenWorld("a withdrawal that came first is not looked for") { store, _ in
            store.load = { loaded in
                var loaded = loaded
                loaded.withdrawals = [:]
                return loaded
            }
        },
        BrokenWorld(name: "a withdrawal in the same batch as its request loses") {
            SplitsBatches { delivery, order in
                order.deliveries.contains { $0.says("refund.requested", of: delivery.requestID) }
            }
        },
        BrokenWorld(name: "a withdrawal in time is thrown away") { LosesWithdrawals() },
        BrokenWorld(name: "commands go out while a customer may think again") { CoolsNothing() },
        BrokenWorld(name: "a pause is not heard of") { HearsNoPause() },
        BrokenWorld("a settlement tells of money that went another way") { store, _ in
            store.change = { changes in
                changes.changingMessages(of: .settled) { $0.replacing("\"other_means\"", with: "\"payout\"") }
            }
        },
        BrokenWorld("a settlement tells the other system's date") { store, _ in
            store.change = { changes in
                changes.changingMessages(of: .settled) { text in
                    text.replacing("\"settled_at\":\"2022", with: "\"settled_at\":\"1970")
                }
            }
        },
        BrokenWorld("nobody is called for a bounce") { store, _ in
            store.change = { changes in
                var changes = changes
                for index in changes.cases.indices {
                    changes.cases[index].messages.removeAll { $0.encoded.id.contains("payout_bounced/") }
                }
                return changes
            }
        },
    ]
}

extension CaseChanges {
    fileprivate func changingMessages(of type: OutboundType, _ change: (String) -> String) -> CaseChanges {
        var changes = self
        for place in changes.cases.indices {
            for index in changes.cases[place].messages.indices {
                let encoded = changes.cases[place].messages[index].encoded
                guard encoded.type == type else { continue }
                let body = Array(change(String(decoding: encoded.body, as: UTF8.self)).utf8)
                changes.cases[place].messages[index].encoded = EncodedMessage(
                    id: encoded.id, type: encoded.type, body: body)
            }
        }
        return changes
    }
}

/// Takes a reply for one that was heard before where its sender's clock says so.
private final class TrustsClocks: Sabotage {
    /// Whether a reply counts: by the time of what counted before, its own, and its type.
    private let isHeard: (Instant, Instant, InboundType) -> Bool
    /// By key: the type, the time and the body of what counts.
    private var counted: [String: (type: InboundType, at: Instant, body: [UInt8])] = [:]

    init(isHeard: @escaping (Instant, Instant, InboundType) -> Bool) { self.isHeard = isHeard }

    func inputs(_ input: LaneInput) -> [LaneInput] {
        guard case .delivered(var delivery) = input, case .whole(let body) = delivery.body,
            case .success(let type) = delivery.type, type == .succeeded || type == .failed,
            let key = Text.member("idempotency_key", of: body),
            let at = Text.member("occurred_at", of: body).flatMap({ Instant($0) })
        else { return [input] }
        guard let known = counted[key], known.type != type, !isHeard(known.at, at, type) else {
            counted[key] = (type, at, body)
            return [input]
        }
        delivery.type = .success(known.type)
        delivery.body = .whole(known.body)
        return [.delivered(delivery)]
    }
}

/// Ends a case whatever workers have in their memories, and lets none of them know.
private final class KeepsMemories: Sabotage {
    func store(_ store: any CaseStore, file: String) -> any CaseStore {
        let broken = BrokenStore(store)
        broken.load = { loaded in
            var loaded = loaded
            for id in loaded.cases.keys { loaded.cases[id]?.facts.isAnyOnItsWay = false }
            return loaded
        }
        return broken
    }

    func inputs(_ input: LaneInput) -> [LaneInput] {
        guard case .stored(var report) = input else { return [input] }
        report.cancelled = []
        return [.stored(report)]
    }
}

/// Works on as if payouts were never paused.
private final class HearsNoPause: Sabotage {
    func store(_ store: any CaseStore, file: String) -> any CaseStore {
        let broken = BrokenStore(store)
        broken.change = { changes in
            var changes = changes
            changes.brake = []
            return changes
        }
        return broken
    }
}
