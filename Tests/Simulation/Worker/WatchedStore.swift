import RefundCase
import RefundPolicy
import RefundWorker

/// The real store, with the auditor looking on: whatever went wrong on the way, what is in the store is there now.
final class WatchedStore: CaseStore {
    private let store: any CaseStore
    /// Which owns this store.
    private unowned let world: World

    init(_ store: any CaseStore, world: World) {
        (self.store, self.world) = (store, world)
    }

    func transact(
        recording publications: [PublicationRecord], loading keys: CaseKeys, at now: Instant,
        _ decide: (LoadedCases) -> CaseChanges
    ) throws(StoreError) -> [CaseID] {
        var touched: [String] = []
        let ids = try store.transact(recording: publications, loading: keys, at: now) { loaded in
            let changes = decide(loaded)
            touched = changes.cases.map(\.refundCase.id.text)
            return changes
        }
        let isDecided = world.order?.refusal == nil
        world.auditor.took(touched, with: isDecided ? world.order?.deliveries.compactMap(\.messageID) ?? [] : [])
        return ids
    }

    func countUnsent(upTo most: Int) throws(StoreError) -> Int { try store.countUnsent(upTo: most) }

    func claimUnsent(limit: Int, bytes: Int, at now: Instant, lease: Duration) throws(StoreError) -> [OutboxMessage] {
        try store.claimUnsent(limit: limit, bytes: bytes, at: now, lease: lease)
    }
}
