import RefundPolicy
import RefundWorker

/// Answers for the store where it has nothing to say: most of a world's time passes in looking for what is due, in vain.
/// The auditor's own SQL says when that is so; every sixteenth look in vain is made for real all the same.
final class IdleLooks: CaseStore {
    private let store: any CaseStore
    private let ledger: StoreLedger
    private var looks = 0

    init(_ store: any CaseStore, ledger: StoreLedger) {
        self.store = store
        self.ledger = ledger
    }

    func transact(
        recording publications: [PublicationRecord], loading keys: CaseKeys, at now: Instant,
        _ decide: (LoadedCases) -> CaseChanges
    ) throws(StoreError) -> [CaseID] {
        let isLook = publications.isEmpty && keys.requests.isEmpty && keys.lines.isEmpty && keys.actions.isEmpty
        if isLook, isInVain(at: now, \.acting), decide(LoadedCases()).isEmpty { return [] }
        defer { ledger.mayHaveChanged() }
        return try store.transact(recording: publications, loading: keys, at: now, decide)
    }

    func countUnsent(upTo most: Int) throws(StoreError) -> Int { try store.countUnsent(upTo: most) }

    func claimUnsent(limit: Int, bytes: Int, at now: Instant, lease: Duration) throws(StoreError) -> [OutboxMessage] {
        if isInVain(at: now, \.sending) { return [] }
        defer { ledger.mayHaveChanged() }
        return try store.claimUnsent(limit: limit, bytes: bytes, at: now, lease: lease)
    }

    private func isInVain(at now: Instant, _ due: KeyPath<(acting: Int64, sending: Int64), Int64>) -> Bool {
        guard now.microsecondsSinceEpoch < ledger.nextDue()[keyPath: due] else { return false }
        looks += 1
        return looks % 16 != 0
    }
}

extension CaseChanges {
    fileprivate var isEmpty: Bool {
        cases.isEmpty && deadLetters.isEmpty && postponements.isEmpty && parking == ParkingChanges()
            && words.isEmpty && actions.isEmpty && brake.isEmpty && fleetMessages.isEmpty
    }
}
