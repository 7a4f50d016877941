import GRDB
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

@testable import SQLiteStore

@Suite("The limits and errors of a SQLite store")
struct LimitTests {
    @Test("the 65,537th event or message of a case is refused, and the next case is untouched")
    func places() throws {
        let fixture = try SQLiteFixture()
        let desk = try TestDesk(fixture)
        let ids = try desk.open(["rr-0", "rr-1", "rr-2"])
        var change = desk.changes(opening: ["rr-1"]).cases[0]
        // An even number: one bit too many would make it the next case's.
        change.id = ids[1]
        try #require(ids[1].number == 2)
        let event = change.events[0]
        let message = change.messages[0]

        func commit(eventAt first: Int, messageAt ordinal: Int) throws {
            change.firstEvent = first
            change.events = [event]
            change.messages = [
                NewMessage(ordinal: MessageOrdinal(ordinal), encoded: message.encoded, createdAt: message.createdAt)
            ]
            let changes = CaseChanges(cases: [change])
            _ = try desk.store.transact(recording: [], loading: CaseKeys(), at: TestDesk.now) { _ in changes }
        }
        try commit(eventAt: 65_535, messageAt: 65_535)
        let reader = try SQLiteCaseReader(path: fixture.path)
        let first = try #require(RequestID("rr-1"))
        let second = try #require(RequestID("rr-2"))
        let neighbour = try reader.history(of: second)
        for (place, ordinal) in [
            (65_536, 100), (65_536 + 100, 101), (100, 65_536), (101, 65_536 + 100), (-1, 100), (100, -1),
        ] {
            let error = refusal { try commit(eventAt: place, messageAt: ordinal) }
            #expect(error?.kind == .refused)
        }
        #expect(try reader.history(of: second) == neighbour)
        let history = try #require(try reader.history(of: first))
        #expect(history.events.count == 2)
        #expect(history.messages.map(\.message.key.ordinal.number) == [0, 1, 2, 65_535])
    }

    @Test("an error holds nothing of what customers sent")
    func discretion() throws {
        let fixture = try SQLiteFixture()
        let desk = try TestDesk(fixture)
        try desk.open(["rr-secret"], invoice: "INV-secret")
        for ids in [["rr-secret"], ["rr-secret-2"]] {
            let error = refusal { try desk.open(ids, invoice: "INV-secret") }
            #expect(error?.kind == .refused)
            #expect(error?.problem.contains("cases.") == true)
            #expect(error.map { !"\($0)".contains("secret") } == true)
        }
    }

    @Test(
        "SQLite's failures are told as what they mean for the lane",
        arguments: [
            (5, "load", .busy), (261, "begin", .busy), (6, "load", .busy), (13, "write", .unavailable),
            (13, "commit", .unavailable), (10, "load", .unavailable), (1_034, "commit", .outcomeUnknown),
            (14, "open", .unavailable), (8, "write", .unavailable), (2_067, "write", .refused), (18, "write", .refused),
            (26, "open", .incompatible), (11, "load", .unavailable), (1, "load", .unavailable),
            (21, "load", .unavailable),
        ] as [(Int32, String, StoreError.Kind)])
    func kinds(code: Int32, operation: String, kind: StoreError.Kind) {
        let error = StoreError(SQLiteFailure(code, on: nil), during: operation)
        #expect(error.kind == kind)
        #expect(error.operation == operation)
        #expect(!error.problem.isEmpty && !error.remedy.isEmpty)
    }

    @Test(
        "lists find their cases by an index",
        arguments: [
            (CaseFilter(statuses: [.approved, .attention]), "cases_status"),
            (CaseFilter(overdueAt: TestDesk.now), "cases_deadline"),
            (CaseFilter(statuses: [.inReview], dueBefore: TestDesk.now), "cases_deadline"),
        ])
    func plans(filter: CaseFilter, index: String) throws {
        let fixture = try SQLiteFixture()
        let store = try SQLiteStore(path: fixture.path)
        let plan = try fixture.withConnection { database in
            try BoundStatement("EXPLAIN QUERY PLAN " + CaseListing(filter).sql, in: database)
                .all({ CaseListing(filter).bind(to: &$0) }, as: { $0.text(3) })
        }
        store.close()
        #expect(plan.contains { $0.contains(index) }, "\(plan)")
        #expect(!plan.contains { $0.hasPrefix("SCAN c") && !$0.contains("INDEX") }, "\(plan)")
    }
}
