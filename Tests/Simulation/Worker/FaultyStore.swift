import RefundCase
import RefundPolicy
import RefundWorker

/// The real store behind what may go wrong on the way to it and back.
final class FaultyStore: CaseStore {
    private let store: any CaseStore
    /// Which owns this store.
    private unowned let world: World

    init(_ store: any CaseStore, world: World) {
        self.store = store
        self.world = world
    }

    func transact(
        recording publications: [PublicationRecord], loading keys: CaseKeys, at now: Instant,
        _ decide: (LoadedCases) -> CaseChanges
    ) throws(StoreError) -> [CaseID] {
        try fail(before: "transact")
        let decidesTwice = world.faults.chance(.decidedTwice, full: 0.3)
        let refused = world.refused
        let ids = try store.transact(recording: publications, loading: keys, at: now) { loaded in
            if decidesTwice { _ = decide(loaded) }
            let changes = decide(loaded)
            guard !refused.isEmpty, changes.cases.contains(where: { refused.contains($0.refundCase.id.text) }) else {
                return changes
            }
            world.faults.hit(.storeRefuses)
            return FaultyStore.unacceptable(changes)
        }
        world.faults.tally.commits += 1
        try failAfterwards("transact")
        return ids
    }

    func countUnsent(upTo most: Int) throws(StoreError) -> Int {
        try fail(before: "count")
        return try store.countUnsent(upTo: most)
    }

    func claimUnsent(limit: Int, bytes: Int, at now: Instant, lease: Duration) throws(StoreError) -> [OutboxMessage] {
        try fail(before: "claim")
        let messages = try store.claimUnsent(limit: limit, bytes: bytes, at: now, lease: lease)
        try failAfterwards("claim")
        return messages
    }

    /// Changes that the store refuses: a new case without a policy.
    private static func unacceptable(_ changes: CaseChanges) -> CaseChanges {
        var changes = changes
        for index in changes.cases.indices {
            changes.cases[index].id = nil
            changes.cases[index].policy = nil
        }
        return changes
    }

    private func fail(before operation: String) throws(StoreError) {
        if world.isStoreDown { throw FaultyStore.error(.unavailable, operation) }
        if world.faults.chance(.storeBusy, full: 0.15) { throw FaultyStore.error(.busy, operation) }
        if world.faults.chance(.outcomeUnknown, full: 0.05) { throw FaultyStore.error(.outcomeUnknown, operation) }
    }

    private func failAfterwards(_ operation: String) throws(StoreError) {
        if world.faults.chance(.outcomeUnknown, full: 0.08) { throw FaultyStore.error(.outcomeUnknown, operation) }
    }

    private static func error(_ kind: StoreError.Kind, _ operation: String) -> StoreError {
        StoreError(kind, operation: operation, problem: "simulated", remedy: "wait")
    }
}
