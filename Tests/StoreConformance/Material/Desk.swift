import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

/// Works on a store as a lane does, so that what is stored is what the worker stores: messages are read, decided and
/// committed together.
final class Desk {
    private(set) var store: any CaseStore
    let fixture: any StoreFixture
    private let policies: PolicyShelf
    private var deliveries: UInt64 = 0

    /// - Parameter store: one that was opened otherwise; `nil` opens the fixture's.
    init(_ fixture: any StoreFixture, policy: Policy = .standard, store opened: (any CaseStore)? = nil) throws {
        self.fixture = fixture
        store = try opened ?? fixture.openStore()
        policies = PolicyShelf(policy)
    }

    static let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    /// What a batch came to.
    struct Outcome {
        var at: Instant
        var ids: [CaseID]
        var changes: CaseChanges
        var verdicts: [BatchDecision.Verdict]
        var deadLetters: [ParkedDeadLetter] = []

        /// The messages to publish, of all cases in their order.
        var messages: [OutboxMessage] {
            zip(ids, changes.cases).flatMap { id, change in
                change.messages.map { message in
                    OutboxMessage(
                        message, id: id, refundCase: change.refundCase, heldUntil: at + OutboxMessage.publisherHeadStart
                    )
                }
            }
        }
    }

    /// Opens cases in one transaction.
    @discardableResult
    func open(_ requests: [RequestText], at now: Instant = Times.opening) throws -> Outcome {
        try receive(requests.map { (.requested, $0.json) }, at: now)
    }

    @discardableResult
    func open(_ request: RequestText, at now: Instant = Times.opening) throws -> Outcome {
        try open([request], at: now)
    }

    /// Takes messages in one transaction.
    @discardableResult
    func receive(
        _ messages: [(InboundType, String)], recording publications: [PublicationRecord] = [], dueLimit: Int = 0,
        at now: Instant = Times.opening, sentBy user: String? = nil
    ) throws -> Outcome {
        let deliveries = messages.map { message in
            var delivery = delivery(message)
            delivery.user = user
            return delivery
        }
        let batch = Batch(reading: deliveries, with: InboundDecoder(), at: now)
        var decided: BatchDecision?
        var keys = batch.keys
        keys.dueLimit = dueLimit
        let ids = try store.transact(recording: publications, loading: keys, at: now) { loaded in
            let decision = batch.decide(loaded, under: policies)
            decided = decision
            return decision.changes
        }
        let decision = try #require(decided, "the store never asked")
        return Outcome(
            at: now, ids: ids, changes: decision.changes, verdicts: decision.verdicts, deadLetters: decision.deadLetters
        )
    }

    /// Acts on what is due, and nothing else.
    @discardableResult
    func look(_ limit: Int = 1_000, at now: Instant) throws -> Outcome {
        try receive([], dueLimit: limit, at: now)
    }

    /// What is parked, as a reader sees it.
    func parked(about id: String? = nil, limit: Int = 1_000) throws -> [ParkedMessage] {
        try fixture.openReader().parked(about: try id.map(identity), limit: limit)
    }

    /// What a batch would change, if `loaded` is what is stored.
    func changes(
        opening requests: [RequestText], seeing loaded: LoadedCases = LoadedCases(), at now: Instant = Times.opening
    ) -> CaseChanges {
        let batch = Batch(
            reading: requests.map { delivery((.requested, $0.json)) }, with: InboundDecoder(), at: now)
        return batch.decide(loaded, under: policies).changes
    }

    /// Lets time do its work on a case, with what the store knows to be out.
    @discardableResult
    func fallDue(_ id: String, at now: Instant) throws -> Outcome {
        var changes = CaseChanges()
        var failure: (any Error)?
        let requestID = try identity(id)
        let ids = try store.transact(
            recording: [], loading: CaseKeys(requests: [requestID]), at: now
        ) { loaded in
            do {
                let known = try #require(loaded.cases[requestID])
                changes = CaseChanges(cases: [try CaseChange(known, fallingDueAt: now)])
            } catch {
                failure = error
            }
            return changes
        }
        if let failure { throw failure }
        return Outcome(at: now, ids: ids, changes: changes, verdicts: [])
    }

    /// Commits exactly these changes.
    @discardableResult
    func commit(_ changes: CaseChanges, at now: Instant = Times.opening) throws -> [CaseID] {
        try store.transact(recording: [], loading: CaseKeys(), at: now) { _ in changes }
    }

    func record(_ publications: [PublicationRecord], at now: Instant = Times.opening) throws {
        _ = try store.transact(recording: publications, loading: CaseKeys(), at: now) { _ in CaseChanges() }
    }

    func confirm(_ messages: [OutboxMessage], at now: Instant) throws {
        try record(messages.map { PublicationRecord(of: $0, at: now, .confirmed) }, at: now)
    }

    // MARK: Looking

    func load(_ keys: CaseKeys, at now: Instant = Times.opening) throws -> LoadedCases {
        var loaded = LoadedCases()
        _ = try store.transact(recording: [], loading: keys, at: now) {
            loaded = $0
            return CaseChanges()
        }
        return loaded
    }

    /// The cases whose time has come.
    func due(_ limit: Int = 1_000, at now: Instant) throws -> [String] {
        try load(CaseKeys(dueLimit: limit), at: now).due.map(\.text)
    }

    func find(_ id: String) throws -> LoadedCase? {
        let id = try identity(id)
        return try load(CaseKeys(requests: [id])).cases[id]
    }

    func load(_ id: String) throws -> LoadedCase {
        try #require(try find(id), "\(id) is not stored")
    }

    /// Its messages that the broker has not confirmed and that may still go out, in their order, each with who has it.
    func unsent(_ id: String) throws -> [OutboxMessage] {
        let history = try #require(try fixture.openReader().history(of: try identity(id)))
        return history.messages.filter { $0.confirmedAt == nil && !$0.isTakenBack }.map(\.message)
    }

    func history(_ id: String) throws -> CaseHistory {
        try #require(try fixture.openReader().history(of: try identity(id)))
    }

    func facts(_ id: String, at now: Instant = Times.opening) throws -> PublicationFacts {
        let id = try identity(id)
        return try #require(try load(CaseKeys(requests: [id]), at: now).cases[id]).facts
    }

    func refundCase(_ id: String) throws -> RefundCase {
        try load(id).refundCase.get()
    }

    func standing(of line: InvoiceLine) throws -> InvoiceLine.Standing {
        try load(CaseKeys(lines: [line])).standing(of: line)
    }

    func claim(_ limit: Int = 1_000, bytes: Int = .max, at now: Instant) throws -> [OutboxMessage] {
        try store.claimUnsent(limit: limit, bytes: bytes, at: now, lease: Times.lease)
    }

    // MARK: Ending

    func reopen() throws {
        try fixture.close(store)
        store = try fixture.openStore()
    }

    func crashAndReopen() throws {
        try fixture.crash(store)
        store = try fixture.openStore()
    }

    func delivery(_ message: (InboundType, String)) -> InboundDelivery {
        deliveries += 1
        return InboundDelivery(
            tag: DeliveryTag(epoch: 1, number: deliveries), source: .requests, isRedelivered: false, type: message.0,
            messageID: "m-\(deliveries)", traceparent: Desk.traceparent, body: .whole(Array(message.1.utf8)),
            envelope: TextEnvelope("m-\(deliveries)"))
    }
}

/// What came with a message, for the suite: a text.
struct TextEnvelope: DeliveryEnvelope {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    func encoded() -> [UInt8] { Array(text.utf8) }
}

extension OutboxMessage {
    fileprivate init(_ message: NewMessage, id: CaseID, refundCase: RefundCase, heldUntil: Instant) {
        self.init(
            key: MessageKey(caseID: id, ordinal: message.ordinal), requestID: refundCase.id, encoded: message.encoded,
            createdAt: message.createdAt, attempt: 1, traceparent: refundCase.traceparent,
            heldUntil: heldUntil, submittedAt: refundCase.request.submittedAt)
    }

    /// The same with another who has it.
    func held(until: Instant) -> OutboxMessage {
        var message = self
        message.heldUntil = until
        return message
    }
}

extension [OutboxMessage] {
    /// As a claim gives them out that nobody has.
    func claimed(at now: Instant) -> [OutboxMessage] { map { $0.held(until: now + Times.lease) } }

    /// As a claim gives them out that another had until now, and has told nothing of.
    func claimedUntold(at now: Instant) -> [OutboxMessage] {
        map { message in
            var claimed = message.held(until: now + Times.lease)
            claimed.heldBefore = message.heldUntil
            return claimed
        }
    }
}

extension PublicationRecord {
    /// What the worker that has the message tells of it.
    init(of message: OutboxMessage, at now: Instant, _ result: Result) {
        self.init(
            key: message.publicationKey, at: now, result: result, heldUntil: message.heldUntil,
            heldBefore: message.heldBefore)
    }
}

extension CaseChange {
    /// What time does to a stored case.
    fileprivate init(_ known: LoadedCase, fallingDueAt now: Instant) throws {
        let before = try known.refundCase.get()
        let event = CaseEvent.fellDue
        guard case .changed(let after, let effects) = before.apply(event, knowing: known.facts, at: now) else {
            throw SuiteError(problem: "nothing is due at \(now)")
        }
        var messages: [NewMessage] = []
        var resends: [Resend] = []
        var takenBack: [MessageOrdinal] = []
        var cancelled: [MessageOrdinal] = []
        for effect in effects {
            switch effect {
            case .send(let message, let ordinal):
                let encoded = OutboundEncoder().encode(message, of: after, at: now)
                messages.append(NewMessage(ordinal: ordinal, encoded: encoded, createdAt: now))
            case .resend(_, let ordinal, let attempt): resends.append(Resend(ordinal: ordinal, attempt: attempt))
            case .takeBack(_, let ordinal): takenBack.append(ordinal)
            case .cancel(_, let ordinal): cancelled.append(ordinal)
            }
        }
        self.init(
            id: known.id, refundCase: after, policy: nil, firstEvent: before.eventCount,
            events: [StoredEvent(event, knowing: known.facts, at: now, body: [])], messages: messages,
            resends: resends, takenBack: takenBack, cancelled: cancelled)
    }
}

/// The suite itself went wrong.
struct SuiteError: Error {
    var problem: String
}
