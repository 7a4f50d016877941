import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// A store that does something else than it says.
final class BrokenStore: CaseStore {
    private let store: any CaseStore
    var load: (LoadedCases) -> LoadedCases = { $0 }
    var change: (CaseChanges) -> CaseChanges = { $0 }
    var claim: ([OutboxMessage]) -> [OutboxMessage] = { $0 }
    /// Says that it has written these, and has not.
    var isLying: (CaseChanges) -> Bool = { _ in false }

    init(_ store: any CaseStore) {
        self.store = store
    }

    func transact(
        recording publications: [PublicationRecord], loading keys: CaseKeys, at now: Instant,
        _ decide: (LoadedCases) -> CaseChanges
    ) throws(StoreError) -> [CaseID] {
        var lied: [CaseID]?
        let ids = try store.transact(recording: publications, loading: keys, at: now) { loaded in
            let changes = decide(load(loaded))
            guard !isLying(changes) else {
                lied = changes.cases.indices.map { changes.cases[$0].id ?? CaseID(1_000_000 + Int64($0)) }
                return CaseChanges()
            }
            return change(changes)
        }
        return lied ?? ids
    }

    func countUnsent(upTo most: Int) throws(StoreError) -> Int { try store.countUnsent(upTo: most) }

    func claimUnsent(limit: Int, bytes: Int, at now: Instant, lease: Duration) throws(StoreError) -> [OutboxMessage] {
        claim(try store.claimUnsent(limit: limit, bytes: bytes, at: now, lease: lease))
    }
}
