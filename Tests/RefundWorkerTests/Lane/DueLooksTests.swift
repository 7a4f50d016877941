import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import TestSupport
import Testing

/// A lane and what carries out its orders, over a store that refuses what comes of some of the cases that are due.
@Suite("One thing that is due and can't be written does not keep the rest back")
struct DueLooksTests {
    private let opening = Instant(microsecondsSinceEpoch: 1_645_522_200_000_000)

    @Test(
        "the others that are due are acted on, and what is refused alone is put off",
        arguments: [[0], [2], [4], [0, 1], [1, 3, 4]])
    func innocentsPass(_ poison: [Int]) throws {
        let store = RefusingStore(opening: opening, count: 5, poison: poison)
        let told = store.work(rounds: 40, by: LaneDriver.ready(), at: opening + .seconds(900))
        #expect(store.actedOn == (0..<5).filter { !poison.contains($0) }.map { "rr-\($0)" })
        #expect(store.putOff == poison.map { "rr-\($0)" })
        #expect(told.flatMap(\.putOff).map(\.text) == store.putOff)
        // From then on looks are as usual, many at a time.
        let last = try #require(store.orders.last)
        #expect(last.actsOnDue && !last.actsAlone)
    }

    @Test("deliveries are committed between the looks, and none is held to account")
    func deliveriesPass() throws {
        let store = RefusingStore(opening: opening, count: 6, poison: [3])
        let driver = LaneDriver.ready(limits: LaneLimits(batch: 1))
        for name in ["a", "b", "c"] { driver.deliver(name, body: .whole(Array("{}".utf8))) }
        driver.catchUp()
        _ = store.work(rounds: 40, by: driver, at: opening + .seconds(900))
        #expect(store.actedOn.count == 5)
        let withDeliveries = store.orders.indices.filter { !store.orders[$0].deliveries.isEmpty }
        #expect(store.orders.allSatisfy { $0.deliveries.isEmpty || $0.refusal == nil })
        let lastLookAlone = try #require(store.orders.lastIndex { $0.actsAlone })
        #expect(withDeliveries.allSatisfy { $0 < lastLookAlone }, "no delivery waits for the end of the looks")
    }

    @Test("what can't even be put off is left for a while, and the lane goes on")
    func notEvenPutOff() throws {
        let store = RefusingStore(opening: opening, count: 1, poison: [0])
        store.refusesPostponements = true
        let driver = LaneDriver.ready()
        _ = store.work(rounds: 4, by: driver, at: opening + .seconds(900))
        #expect(store.putOff.isEmpty)
        #expect(driver.lane.wakeUpAt.map { $0 > driver.uptime } ?? false)
    }
}

/// Holds cases that are due, and refuses to write some.
private final class RefusingStore: CaseStore {
    private(set) var actedOn: [String] = []
    private(set) var putOff: [String] = []
    private(set) var orders: [StoreOrder] = []
    var refusesPostponements = false
    private var due: [RefundCase] = []
    private let poison: Set<String>
    private let opening: Instant

    init(opening: Instant, count: Int, poison: [Int]) {
        self.opening = opening
        self.poison = Set(poison.map { "rr-\($0)" })
        for number in 0..<count {
            let request = RefundRequest.example(id: "rr-\(number)")
            due.append(
                RefundCase.open(request, policy: .standard, standing: .free, traceparent: nil, at: opening).0)
        }
    }

    /// Carries out what the lane orders until nothing is ordered for a while, as the shell does.
    func work(rounds: Int, by driver: LaneDriver, at now: Instant) -> [StoreReport] {
        let fulfilment = OrderFulfilment(
            decoder: InboundDecoder(), policies: PolicyShelf(.standard), limits: driver.lane.limits)
        var reports: [StoreReport] = []
        for _ in 0..<rounds {
            driver.tell(.ticked)
            guard let order = driver.takeOrder() else {
                driver.uptime += driver.lane.limits.dueEvery
                continue
            }
            orders.append(order)
            do throws(StoreError) {
                let report = try fulfilment.fulfil(order, on: self, at: CalendarTime(now))
                reports.append(report)
                driver.tell(.stored(report))
            } catch {
                driver.tell(.storeFailed(error))
            }
        }
        return reports
    }

    func transact(
        recording publications: [PublicationRecord], loading keys: CaseKeys, at now: Instant,
        _ decide: (LoadedCases) -> CaseChanges
    ) throws(StoreError) -> [CaseID] {
        var loaded = LoadedCases()
        let facts = PublicationFacts(answeredAt: opening)
        for (index, refundCase) in due.prefix(keys.dueLimit).enumerated() {
            loaded.cases[refundCase.id] = LoadedCase(
                id: CaseID(Int64(index)), refundCase: .success(refundCase), facts: facts)
            loaded.due.append(refundCase.id)
        }
        let changes = decide(loaded)
        let names = changes.cases.map(\.refundCase.id.text)
        guard poison.isDisjoint(with: names), changes.postponements.isEmpty || !refusesPostponements else {
            throw StoreError(.refused, operation: "write", problem: "too many", remedy: "none")
        }
        actedOn += names
        let postponed = changes.postponements.map { loaded.due[Int($0.id.number)].text }
        putOff += postponed
        due.removeAll { names.contains($0.id.text) || postponed.contains($0.id.text) }
        return changes.cases.indices.map { CaseID(Int64($0)) }
    }

    func countUnsent(upTo most: Int) -> Int { 0 }

    func claimUnsent(limit: Int, bytes: Int, at now: Instant, lease: Duration) throws(StoreError) -> [OutboxMessage] {
        []
    }
}
