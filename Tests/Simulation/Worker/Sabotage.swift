import RefundPolicy
import RefundWorker

/// Where a deliberately broken world differs from the real one. The default breaks nothing.
protocol Sabotage: AnyObject {
    /// What the workers use instead of the store.
    func store(_ store: any CaseStore, file: String) -> any CaseStore
    /// How an order is carried out.
    func fulfil(
        _ order: StoreOrder, _ carryOut: (StoreOrder) throws(StoreError) -> StoreReport
    ) throws(StoreError) -> StoreReport
    /// What a lane is told instead.
    func inputs(_ input: LaneInput) -> [LaneInput]
    /// What a worker does instead of what its lane says after `input`.
    func actions(_ actions: [LaneAction], after input: LaneInput) -> [LaneAction]
    /// What a lane is told after an action of its own, as if the broker or the store had said it.
    func inputs(afterPublishing publications: [Publication], from sequence: UInt64) -> [LaneInput]
    func policy(_ policy: PolicyVersion) -> PolicyVersion
    /// How a new process begins with a queue.
    func probation(_ probation: Probation) -> Probation
    /// What the store is told the time is.
    func storeTime(_ now: Instant) -> Instant
    /// When a worker doubts its machine's clock.
    func clockTerms(_ terms: CalendarTerms) -> CalendarTerms
}

extension Sabotage {
    func store(_ store: any CaseStore, file: String) -> any CaseStore { store }
    func fulfil(
        _ order: StoreOrder, _ carryOut: (StoreOrder) throws(StoreError) -> StoreReport
    ) throws(StoreError) -> StoreReport { try carryOut(order) }
    func inputs(_ input: LaneInput) -> [LaneInput] { [input] }
    func actions(_ actions: [LaneAction], after input: LaneInput) -> [LaneAction] { actions }
    func inputs(afterPublishing publications: [Publication], from sequence: UInt64) -> [LaneInput] { [] }
    func policy(_ policy: PolicyVersion) -> PolicyVersion { policy }
    func probation(_ probation: Probation) -> Probation { probation }
    func storeTime(_ now: Instant) -> Instant { now }
    func clockTerms(_ terms: CalendarTerms) -> CalendarTerms { terms }
}

/// The real world.
final class NoSabotage: Sabotage {}
