import RefundCase
import RefundPolicy
import RefundWorker
import SQLiteStore
import Testing

@Suite("Confirms that are recorded together")
struct RecordingTests {
    private let fixture: SQLiteFixture
    private let desk: TestDesk
    private let ids: [CaseID]
    private let at = TestDesk.now + .seconds(1)

    init() throws {
        fixture = try SQLiteFixture()
        desk = try TestDesk(fixture)
        ids = try desk.open(["rr-0", "rr-1", "rr-2"])
    }

    private func confirm(_ keys: [(case: Int, ordinal: Int)], at: Instant) throws {
        let records = keys.map { key in
            PublicationRecord(
                key: .message(MessageKey(caseID: ids[key.case], ordinal: MessageOrdinal(key.ordinal)), attempt: 1),
                at: at, result: .confirmed, heldUntil: TestDesk.now + OutboxMessage.publisherHeadStart)
        }
        _ = try desk.store.transact(recording: records, loading: CaseKeys(), at: at) { _ in CaseChanges() }
    }

    /// The confirmed messages of each case, by their places.
    private func confirmed() throws -> [[Int]] {
        let reader = try SQLiteCaseReader(path: fixture.path)
        return try ["rr-0", "rr-1", "rr-2"].map { text in
            let history = try reader.history(of: try #require(RequestID(text)))
            return history?.messages.filter { $0.confirmedAt != nil }.map(\.message.key.ordinal.number) ?? []
        }
    }

    @Test("all messages of cases that follow each other")
    func wholeCases() throws {
        try confirm([(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 0)], at: at)
        #expect(try confirmed() == [[0, 1, 2], [0, 1, 2], [0]])
    }

    @Test("a message that lies between those that were confirmed is not taken for confirmed")
    func gaps() throws {
        try confirm([(0, 0), (0, 1), (1, 0), (1, 2), (2, 0), (2, 1)], at: at)
        #expect(try confirmed() == [[0, 1], [0, 2], [0, 1]])
    }

    @Test("each keeps its own time")
    func times() throws {
        try confirm([(0, 0), (0, 1)], at: at)
        try confirm([(0, 2)], at: at + .seconds(1))
        let history = try SQLiteCaseReader(path: fixture.path).history(of: try #require(RequestID("rr-0")))
        #expect(history?.messages.map(\.confirmedAt) == [at, at, at + .seconds(1)])
    }
}
