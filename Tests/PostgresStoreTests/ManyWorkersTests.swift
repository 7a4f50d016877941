import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

@testable import PostgresStore
@testable import StoreConformance

/// Two stores at once, one in the middle of the other's transaction: `decide` runs while the rows are locked.
@Suite("Many workers on one PostgreSQL store")
struct ManyWorkersTests {
    let fixture: PostgresFixture
    let mine: Desk
    let other: Desk

    init() throws {
        fixture = try PostgresFixture()
        mine = try Desk(fixture)
        other = try Desk(fixture)
    }

    /// Runs `body` while `mine` has loaded what `keys` name and not yet committed.
    private func during(_ keys: CaseKeys, at now: Instant, _ body: () throws -> Void) throws -> LoadedCases {
        var seen = LoadedCases()
        var failure: (any Error)?
        _ = try mine.store.transact(recording: [], loading: keys, at: now) { loaded in
            seen = loaded
            do { try body() } catch { failure = error }
            return CaseChanges()
        }
        if let failure { throw failure }
        return seen
    }

    @Test("cases that are due are taken by one worker, and the others pass them over without waiting")
    func due() throws {
        try mine.open((0..<6).map { RequestText("rr-\($0)") })
        let later = Times.after(.seconds(3_600))
        var theirs: [String] = []
        let seen = try during(CaseKeys(dueLimit: 4), at: later) { theirs = try other.due(4, at: later) }
        #expect(seen.due.map(\.text) == ["rr-0", "rr-1", "rr-2", "rr-3"])
        #expect(theirs == ["rr-4", "rr-5"])
        #expect(try other.due(at: later).count == 6, "what was not acted on is due again")
    }

    @Test("parked messages that are due are taken by one worker, and the others pass them over")
    func parked() throws {
        try mine.receive(["rr-1", "rr-2", "rr-3"].map { Reply.retried($0) }, at: Times.opening)
        let later = Times.after(.seconds(60))
        var theirs: [String] = []
        let seen = try during(CaseKeys(dueLimit: 2), at: later) {
            theirs = try other.load(CaseKeys(dueLimit: 2), at: later).parked.compactMap(\.delivery.requestID?.text)
        }
        #expect(seen.parked.compactMap(\.delivery.requestID?.text) == ["rr-1", "rr-2"])
        #expect(theirs == ["rr-3"])
    }

    @Test("a parked message whose case another worker has is left for another time, not taken for one without a case")
    func parkedWithBusyCase() throws {
        try mine.receive([Reply.succeeded("revoke", of: "rr-1")], at: Times.opening)
        try mine.open(RequestText("rr-1"))
        let later = Times.after(.seconds(60))
        var theirs = LoadedCases()
        _ = try during(CaseKeys(requests: [try identity("rr-1")]), at: later) {
            theirs = try other.load(CaseKeys(dueLimit: 10), at: later)
        }
        #expect(theirs.parked.isEmpty && theirs.due.isEmpty)
        #expect(try other.load(CaseKeys(dueLimit: 10), at: later).parked.count == 1)
    }

    @Test("a withdrawal that wins in one worker is not given up by another meanwhile")
    func withdrawalOfARequestBeingOpened() throws {
        let said = [Reply.withdrawn("rr-1"), Reply.withdrawn("rr-2")]
        try mine.receive(said, at: Times.opening)
        let late = Times.after(.seconds(3 * 3_600))
        var opening = CaseKeys(requests: [try identity("rr-1")])
        opening.withdrawalsOf = opening.requests
        var theirs = LoadedCases()
        let seen = try during(opening, at: late) { theirs = try other.load(CaseKeys(dueLimit: 10), at: late) }
        #expect(seen.withdrawals.keys.map(\.text) == ["rr-1"])
        #expect(theirs.parked.map(\.delivery.requestID?.text) == ["rr-2"])
        // And one that is just given up is waited for: it does not count any more.
        let given = try during(CaseKeys(dueLimit: 10), at: late) {
            expectError(.busy) { _ = try other.load(opening, at: late) }
        }
        #expect(given.parked.count == 2)
        #expect(try mine.look(at: late).deadLetters.count == 2)
        #expect(try other.load(opening, at: late).withdrawals.isEmpty)
    }

    @Test("unsent messages are claimed by one worker alone")
    func claims() throws {
        let messages = try mine.open((0..<10).map { RequestText("rr-\($0)") }).messages
        let later = Times.after(.seconds(60))
        let first = try mine.claim(12, at: later)
        let second = try other.claim(100, at: later)
        #expect(first + second == messages.claimedUntold(at: later))
    }

    @Test("a case that another worker is changing is waited for, for as long as lock_timeout allows")
    func busyCase() throws {
        try mine.open(RequestText("rr-1"))
        _ = try during(CaseKeys(requests: [try identity("rr-1")]), at: Times.opening) {
            expectError(.busy) { _ = try other.find("rr-1") }
            // The session goes on.
            let another = try other.find("rr-2")
            #expect(another == nil)
        }
        #expect(try other.find("rr-1") != nil)
    }

    @Test("whoever decides second on a line decides again, and sees the first")
    func rivalOnTheLine() throws {
        let batch = Batch(
            reading: [mine.delivery((.requested, RequestText("rr-2", invoice: "INV-7").json))], with: InboundDecoder(),
            at: Times.opening)
        var standings: [InvoiceLine.Standing] = []
        let line = RequestText("rr-2", invoice: "INV-7").line
        _ = try mine.store.transact(recording: [], loading: batch.keys, at: Times.opening) { loaded in
            standings.append(loaded.standing(of: line))
            if standings.count == 1 { _ = try? other.open(RequestText("rr-1", invoice: "INV-7")) }
            return batch.decide(loaded, under: PolicyShelf(.standard)).changes
        }
        #expect(standings == [.free, .requested])
        #expect(try mine.refundCase("rr-1").state.status == .approved)
        #expect(try mine.refundCase("rr-2").state.status == .rejected)
    }

    /// What becomes of a request whose rival another worker commits while it is decided.
    private func decided(_ request: RequestText, while rival: () throws -> Void) throws -> RefundCase {
        let batch = Batch(
            reading: [mine.delivery((.requested, request.json))], with: InboundDecoder(), at: Times.opening)
        var calls = 0
        var failure: (any Error)?
        _ = try mine.store.transact(recording: [], loading: batch.keys, at: Times.opening) { loaded in
            calls += 1
            if calls == 1 { do { try rival() } catch { failure = error } }
            return batch.decide(loaded, under: PolicyShelf(.standard)).changes
        }
        if let failure { throw failure }
        #expect(calls == 2)
        return try mine.refundCase(request.id)
    }

    @Test(
        "two workers see each other's spelling, missing subscription or other service, whoever comes first",
        arguments: [
            (RequestText("rr-2", invoice: "inv\u{2011}7"), "similar_line"),
            (RequestText("rr-2", invoice: "INV-7").with(\.subscription, nil), "similar_line"),
            (RequestText("rr-2", invoice: "INV-7").with(\.service, "support"), "another_service"),
        ])
    func rivalSpelling(_ second: RequestText, _ code: String) throws {
        let refundCase = try decided(second) { try other.open(RequestText("rr-1", invoice: "INV-7")) }
        #expect(refundCase.decision.reasons.map(\.name) == [code])
        #expect(refundCase.state.status == .inReview && !refundCase.holdsLine)
    }

    @Test("two workers share what an invoice came to")
    func rivalForTheTotal() throws {
        let first = RequestText("rr-1", invoice: "INV-7").with(\.total, "12.00")
        let second = first.with(\.id, "rr-2").with(\.service, "support")
        let refundCase = try decided(second) { try other.open(first) }
        #expect(refundCase.granted.description == "5.00 USD")
    }

    @Test("an approval that meets another worker's grant is held within the invoice's total by the store")
    func approvalAndGrant() throws {
        let first = RequestText("rr-1", invoice: "INV-7").with(\.total, "12.00").with(\.dispute, "open")
        try mine.open(first)
        let approval = Reply.reviewed("rr-1", "approve")
        let batch = Batch(reading: [mine.delivery(approval)], with: InboundDecoder(), at: Times.opening)
        var verdicts: [[BatchDecision.Verdict]] = []
        _ = try mine.store.transact(recording: [], loading: batch.keys, at: Times.opening) { loaded in
            let support = first.with(\.id, "rr-2").with(\.service, "support").with(\.dispute, "none")
            if verdicts.isEmpty { _ = try? other.open(support) }
            let decision = batch.decide(loaded, under: PolicyShelf(.standard))
            verdicts.append(decision.verdicts)
            return decision.changes
        }
        #expect(verdicts.count == 2)
        let problem = "must be at most 5.00 USD, which is left of the invoice's total"
        #expect(verdicts.last == [.deadLetter(.invalidAmount(path: "amount", problem: problem))])
        #expect(try mine.refundCase("rr-1").state.status == .inReview)
    }

    @Test("threads that spell few lines in many ways pay each once")
    func fightOverSpellings() throws {
        let seed = UInt64.random(in: 0 ... .max)
        #expect(Fight(seed: seed, fixture: fixture).run(workers: 4, batches: 6, spelled: true) == [], "seed \(seed)")
        let listed = try fixture.openReader().cases(matching: CaseFilter(limit: 10_000)).map(\.refundCase)
        let paid = listed.filter { !$0.granted.isZero }.map(\.request.line.identity.invoice)
        #expect(Set(paid).count == paid.count, "seed \(seed)")
        #expect(Set(paid) == Set(listed.map(\.request.line.identity.invoice)), "seed \(seed)")
    }

    @Test("a request that two workers have at once opens one case, which the second finds to be known")
    func rivalOnTheRequest() throws {
        let batch = Batch(
            reading: [mine.delivery((.requested, RequestText("rr-1").json))], with: InboundDecoder(), at: Times.opening)
        var calls = 0
        var verdicts: [BatchDecision.Verdict] = []
        _ = try mine.store.transact(recording: [], loading: batch.keys, at: Times.opening) { loaded in
            calls += 1
            if calls == 1 { _ = try? other.open(RequestText("rr-1")) }
            let decision = batch.decide(loaded, under: PolicyShelf(.standard))
            verdicts = decision.verdicts
            return decision.changes
        }
        #expect(calls == 2)
        #expect(verdicts == [.unchanged])
        #expect(try fixture.openReader().counts()[.approved] == 1)
    }

    @Test("threads that fight over the same lines and ids all come through, and each line has one holder")
    func fight() throws {
        let seed = UInt64.random(in: 0 ... .max)
        let fight = Fight(seed: seed, fixture: fixture)
        #expect(fight.run(workers: 4, batches: 12) == [], "seed \(seed)")
        let listed = try fixture.openReader().cases(matching: CaseFilter(limit: 10_000))
        #expect(Set(listed.map(\.refundCase.id)).count == listed.count)
        let holders = listed.filter(\.refundCase.holdsLine).map(\.refundCase.request.line)
        #expect(Set(holders).count == holders.count, "seed \(seed)")
        #expect(Set(holders) == Set(listed.map(\.refundCase.request.line)), "seed \(seed): each line has a holder")
    }
}
