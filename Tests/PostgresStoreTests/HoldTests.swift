import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

@testable import PostgresStore
@testable import StoreConformance

/// Two workers over one message, one action or the brake, one in the middle of the other's transaction.
@Suite("Who has a message, on many workers")
struct HoldTests {
    let fixture: PostgresFixture
    let mine: Desk
    let other: Desk
    private let now = Times.after(.seconds(1))

    init() throws {
        fixture = try PostgresFixture()
        mine = try Desk(fixture)
        other = try Desk(fixture)
    }

    /// Opens a case whose payout nobody has, and takes that back; `body` runs between the look and the writing.
    ///
    /// - Returns: where the payout was, each time that it was decided.
    private func takeBack(_ body: () throws -> Void) throws -> [PublicationFacts.Whereabouts] {
        let messages = try mine.open(RequestText("rr-1")).messages
        try mine.record([PublicationRecord(of: messages[1], at: now, .letGo)])
        let id = try identity("rr-1")
        var seen: [PublicationFacts.Whereabouts] = []
        var failure: (any Error)?
        _ = try mine.store.transact(recording: [], loading: CaseKeys(requests: [id]), at: now) { loaded in
            guard let known = loaded.cases[id], let refundCase = try? known.refundCase.get() else {
                return CaseChanges()
            }
            seen.append(known.facts.payout)
            if seen.count == 1 {
                do { try body() } catch { failure = error }
            }
            guard known.facts.payout == .unsent else { return CaseChanges() }
            return CaseChanges(cases: [
                CaseChange(
                    id: known.id, refundCase: refundCase, policy: nil, firstEvent: 0, events: [], messages: [],
                    takenBack: [MessageOrdinal(1)])
            ])
        }
        if let failure { throw failure }
        return seen
    }

    @Test("a message that another claims meanwhile is not taken back: it is decided again")
    func claimWins() throws {
        var claimed: [OutboxMessage] = []
        let seen = try takeBack { claimed = try other.claim(at: now) }
        #expect(claimed.map(\.encoded.type) == [.payout])
        #expect(seen == [.unsent, .onItsWay])
        #expect(try mine.history("rr-1").messages[1].isTakenBack == false)
    }

    @Test("nor is one that the broker has meanwhile")
    func confirmWins() throws {
        let seen = try takeBack { try other.confirm(try other.claim(at: now), at: now) }
        #expect(seen == [.unsent, .out])
    }

    @Test("what is taken back no claim gives out, during and after")
    func takeBackWins() throws {
        #expect(try takeBack {} == [.unsent])
        #expect(try other.claim(at: now) == [])
        #expect(try mine.history("rr-1").messages[1].isTakenBack)
    }

    @Test(
        "a case is not closed over a copy that another claims meanwhile: it is decided again, and waits",
        arguments: [Duration.zero, Times.lease + .seconds(60)])
    func closeWaits(ahead: Duration) throws {
        try mine.confirm(try mine.open(RequestText("rr-1")).messages, at: now)
        try mine.receive([Reply.failed("revoke", of: "rr-1", retryable: false)], at: now)
        let later = Times.after(.seconds(3_600))
        try mine.fallDue("rr-1", at: later)
        // By the clock of the worker that closes the other one's hold may be over.
        let closing = later + ahead
        let close = Batch(
            reading: [mine.delivery(Reply.reviewed("rr-1", "close"))], with: InboundDecoder(), at: closing)
        let id = try identity("rr-1")
        var seen: [Bool?] = []
        var claimed: [OutboxMessage] = []
        _ = try mine.store.transact(recording: [], loading: close.keys, at: closing) { loaded in
            seen.append(loaded.cases[id]?.facts.isAnyOnItsWay)
            if seen.count == 1 { claimed = (try? other.claim(at: later)) ?? [] }
            return close.decide(loaded, under: PolicyShelf(.standard)).changes
        }
        #expect(claimed.map(\.encoded.id).contains("rr-1/payout#1"))
        #expect(seen == [false, true])
        #expect(try mine.refundCase("rr-1").state.status == .attention)
        #expect(try mine.parked(about: "rr-1").count == 1)
    }

    @Test("a claim passes over what is being taken back, without waiting")
    func claimPasses() throws {
        let messages = try mine.open(RequestText("rr-1")).messages
        try mine.record(messages.map { PublicationRecord(of: $0, at: now, .letGo) })
        try fixture.run("BEGIN")
        try fixture.run("UPDATE messages SET next_at = NULL WHERE type = 'payout.issue'")
        #expect(try other.claim(at: now).map(\.key.ordinal.number) == [0, 2])
        try fixture.run("COMMIT")
        #expect(try other.claim(at: now) == [])
    }

    @Test("a pause waits for transactions that were begun without it, and then holds back what they wrote")
    func pauseWaits() throws {
        let changes = mine.changes(opening: [RequestText("rr-1")])
        var isWaiting = false
        _ = try mine.store.transact(recording: [], loading: CaseKeys(), at: Times.opening) { _ in
            let error = #expect(throws: StoreError.self) { try other.receive([Reply.paused("stop-1")], at: now) }
            isWaiting = error?.kind == .busy
            return changes
        }
        #expect(isWaiting)
        try other.receive([Reply.paused("stop-1")], at: now)
        #expect(try mine.claim(at: Times.after(Times.day)).allSatisfy { $0.encoded.type != .payout })
        #expect(try fixture.openReader().backlog(at: now).withheldPayouts == 1)
    }

    @Test("no claim runs beside a pause that is not yet committed")
    func claimWaits() throws {
        try mine.open(RequestText("rr-1"))
        let number = try #require(
            try fixture.run("SELECT '\(fixture.schema)'::regnamespace::oid::bigint").first { $0.integer(0) })
        try fixture.run("BEGIN")
        try fixture.run("SELECT pg_advisory_xact_lock(\(AdvisoryLock.brake(number)))")
        expectError(.busy) { _ = try other.claim(at: Times.after(Times.day)) }
        try fixture.run("COMMIT")
        #expect(try other.claim(at: Times.after(Times.day)).count == 3)
    }

    @Test("an act that two workers have at once is done by one of them")
    func action() throws {
        let id = try StoreConformance.action("act-1")
        let act = RecordedAction(id: id, at: now, requestID: nil, kind: "refund.retried", by: Signature("ann"))
        var known: [Bool] = []
        _ = try mine.store.transact(recording: [], loading: CaseKeys(actions: [id]), at: now) { loaded in
            known.append(loaded.actions[id] != nil)
            if known.count == 1 { try? other.remember(act) }
            return loaded.actions[id] == nil ? CaseChanges(actions: [act]) : CaseChanges()
        }
        #expect(known == [false, true])
    }
}
