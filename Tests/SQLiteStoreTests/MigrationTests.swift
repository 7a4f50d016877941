import GRDB
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

@testable import SQLiteStore
@testable import StoreConformance

@Suite("A SQLite store of an older version")
struct MigrationTests {
    private let fixture: SQLiteFixture

    init() throws {
        fixture = try SQLiteFixture()
    }

    /// A store as the second version had it: a case with a message that is confirmed, one that failed, and one that is
    /// due.
    private func makeSecondVersion() throws {
        let queue = try DatabaseQueue(path: fixture.path)
        try queue.inDatabase { try Schema.claim($0) }
        try Schema.migrator.migrate(queue, upTo: "2: parked messages")
        try queue.inDatabase { database in
            try database.execute(
                sql: """
                    INSERT INTO policies VALUES (1, 'text');
                    INSERT INTO cases VALUES (
                        1, 'rr-1', 'approved', 1, 'INV-1', 'api', '', 'USD', 1000, 700, 0, 0, 0, 0, NULL, NULL, 1, NULL, '{}'
                    );
                    INSERT INTO messages VALUES
                        (65536, 'rr-1/revoke#1', 'access.revoke', 10, 1, NULL, 11, NULL, x'01'),
                        (65537, 'rr-1/payout#1', 'payout.issue', 10, 3, 99, NULL, 'returned', x'0203'),
                        (65538, 'rr-1/approved', 'notice.decided', 10, 1, 20, NULL, NULL, x'04');
                    """)
        }
        try queue.close()
    }

    @Test("keeps what became of its messages, and the bytes of those that are still to go out")
    func publications() throws {
        try makeSecondVersion()
        let store = try SQLiteStore(path: fixture.path)
        let due = try store.claimUnsent(
            limit: 10, bytes: .max, at: Instant(microsecondsSinceEpoch: 20), lease: .seconds(1))
        #expect(due.map(\.encoded.id) == ["rr-1/approved"])
        #expect(due.map(\.encoded.body) == [[4]])
        let later = try store.claimUnsent(
            limit: 10, bytes: .max, at: Instant(microsecondsSinceEpoch: 99), lease: .seconds(1))
        #expect(later.map(\.encoded.id) == ["rr-1/payout#1"])
        #expect(later.map(\.attempt) == [3])
        #expect(later.map(\.encoded.body) == [[2, 3]])
        store.close()
        let confirmed = try fixture.withConnection {
            try Int.fetchAll($0, sql: "SELECT confirmed_at FROM publications WHERE id = 65536 AND next_at IS NULL")
        }
        #expect(confirmed == [11])
    }

    @Test("a message that leaves the store takes its publication along")
    func leaving() throws {
        try makeSecondVersion()
        try SQLiteStore(path: fixture.path).close()
        let left = try fixture.withConnection { database in
            try database.execute(sql: "DELETE FROM messages WHERE id < 65538")
            return try Int.fetchAll(database, sql: "SELECT id FROM publications")
        }
        #expect(left == [65_538])
    }

    @Test("an open case of the version before goes on to its end")
    func openCase() throws {
        let queue = try DatabaseQueue(path: fixture.path)
        try queue.inDatabase { try Schema.claim($0) }
        try Schema.migrator.migrate(queue, upTo: "5: deadlines with what they put at stake")
        try queue.inDatabase { database in try fillOld(database) }
        try queue.close()
        try OldCase.goOn(try Desk(fixture))
    }

    @Test("what people did before is kept as it was signed, and names no user")
    func signatures() throws {
        let queue = try DatabaseQueue(path: fixture.path)
        try queue.inDatabase { try Schema.claim($0) }
        try Schema.migrator.migrate(queue, upTo: "7: room for parked messages")
        try queue.inDatabase { database in
            try database.execute(
                sql: """
                    INSERT INTO actions VALUES ('a-1', 1, NULL, 'payouts.paused', 'ann', NULL, NULL);
                    INSERT INTO pauses VALUES (1, 'a-0', 1, 'ann', 'n', NULL, 'a-2', 2, 'bob', 'm');
                    INSERT INTO pauses VALUES (2, 'a-1', 3, 'ann', 'n', 7, NULL, NULL, NULL, NULL);
                    """)
        }
        try queue.close()
        let desk = try Desk(fixture)
        let id = try #require(ActionID("a-1"))
        let loaded = try desk.load(CaseKeys(actions: [id]))
        #expect(loaded.actions[id]?.by == Signature("ann"))
        #expect(loaded.brake.pause?.by == Signature("ann") && loaded.brake.lastAlertHour == 7)
        #expect(try fixture.openReader().brakeHistory().map(\.lifting?.by) == [Signature("bob"), nil])
    }

    @Test("lines get their identities, and two that were paid in two spellings are held apart from a third")
    func identities() throws {
        let queue = try DatabaseQueue(path: fixture.path)
        try queue.inDatabase { try Schema.claim($0) }
        try Schema.migrator.migrate(queue, upTo: "9: which store it is")
        try queue.inDatabase { database in
            let rows = [("INV-CAFÉ", 700), ("inv-cafe\u{301}", 500), ("INV-8", 0)]
            for (place, (invoice, refund)) in rows.enumerated() {
                try database.execute(
                    sql: """
                        INSERT INTO cases (request_id, status, holds_line, invoice_number, service_id, subscription_id,
                            currency, paid, refund, submitted_at, opened_at, respond_by, refund_by, policy_id, state)
                        VALUES (?, 'settled', 1, ?, 'api-requests', 'sub-9', 'USD', 1000, ?, 0, 0, 0, 0, 1, '{}')
                        """, arguments: ["old-\(place)", invoice, refund])
            }
            try database.execute(
                sql: """
                    INSERT INTO archived VALUES ('old-9', zeroblob(32), 'settled', 0, 'INV-9', 'Api-Requests', 'sub-9')
                    """)
        }
        try queue.close()
        let desk = try Desk(fixture)
        try desk.open([
            RequestText("rr-1", invoice: "Inv-Café"), RequestText("rr-2", invoice: "INV-CAFÉ"),
            RequestText("rr-3", invoice: "INV-8"), RequestText("rr-4", invoice: "INV-9"),
        ])
        let told = try ["rr-1", "rr-2", "rr-3", "rr-4"].map { try desk.refundCase($0).decision.reasons.map(\.name) }
        #expect(
            told == [["similar_line"], ["already_refunded", "similar_line"], ["already_ended"], ["similar_line"]])
        try fixture.close(desk.store)
        let kept = try fixture.withConnection { database in
            try Row.fetchAll(database, sql: "SELECT invoice_key, requests, granted FROM invoices ORDER BY 1")
                .map { "\($0[0] as String) \($0[1] as Int) \($0[2] as Int)" }
        }
        #expect(kept == ["inv-8 2 0", "inv-9 1 0", "inv-cafe\u{301} 4 1200"])
    }

    private func fillOld(_ database: Database) throws {
        let line = OldCase.request.line
        try database.execute(sql: "INSERT INTO policies (text) VALUES (?)", arguments: [OldCase.policy])
        try database.execute(
            sql: """
                INSERT INTO cases VALUES (
                    1, 'rr-1', 'approved', 1, ?, ?, ?, 'USD', 1000, 700, ?, ?, ?, ?, ?, ?, 1, NULL, ?)
                """,
            arguments: [
                line.invoiceNumber, line.serviceID, line.subscriptionID ?? "", Times.submission.microsecondsSinceEpoch,
                OldCase.openedAt, OldCase.respondBy, OldCase.refundBy, OldCase.refundBy, OldCase.dueAt, OldCase.state,
            ])
        try database.execute(
            sql: """
                INSERT INTO events VALUES (
                    65536, \(OldCase.openedAt), 'requested', x'\(OldCase.hexadecimal(OldCase.request.body))',
                    '\(OldCase.facts)')
                """)
        for (place, message) in OldCase.messages.enumerated() {
            try database.execute(
                sql: """
                    INSERT INTO messages VALUES (\(65_536 + place), '\(message.id)', '\(message.type)', 10, x'0102');
                    INSERT INTO publications VALUES (
                        \(65_536 + place), 1, \(message.isConfirmed ? "NULL, 11" : "12, NULL"), NULL)
                    """)
        }
    }
}
