import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// A store in memory.
final class MemoryStore: CaseStore {
    var state = TestStore()
    var unsent: [OutboxMessage] = []
    /// What it was asked for, in this order.
    private(set) var asked: [CaseKeys] = []

    func transact(
        recording publications: [PublicationRecord], loading keys: CaseKeys, at now: Instant,
        _ decide: (LoadedCases) -> CaseChanges
    ) throws(StoreError) -> [CaseID] {
        asked.append(keys)
        let changes = decide(state.loaded)
        state.keep(changes)
        return changes.cases.compactMap { state.loaded.cases[$0.refundCase.id]?.id }
    }

    func countUnsent(upTo most: Int) -> Int { 0 }

    func claimUnsent(limit: Int, bytes: Int, at now: Instant, lease: Duration) throws(StoreError) -> [OutboxMessage] {
        unsent
    }
}
