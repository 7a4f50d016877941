import GRDB
import GRDBSQLite
import RefundCase
import RefundPolicy
import RefundWorker
import Testing

@testable import SQLiteStore

@Suite("What a SQLite store looks up is found by an index, so that its size does not matter")
struct QueryPlanTests {
    /// Every statement that is prepared on a connection.
    private func statements(of database: Database) -> [String] {
        var statements: [String] = []
        var statement = sqlite3_next_stmt(database.sqliteConnection, nil)
        while let current = statement {
            if let sql = sqlite3_sql(current) { statements.append(String(cString: sql)) }
            statement = sqlite3_next_stmt(database.sqliteConnection, current)
        }
        return statements
    }

    @Test("no statement of a worker's transaction goes over a table, or sorts what it has found")
    func indexed() throws {
        let fixture = try SQLiteFixture()
        let queue = try StoreFile(fixture.path).openForWriting()
        try queue.inDatabase { database in
            let tables = try Tables(database)
            // Whether anything was ever archived is told by the first row.
            let statements = statements(of: database)
                .filter { $0.contains("?") && !$0.hasPrefix("SELECT 1 FROM archived LIMIT") }
            #expect(statements.count >= 20)
            var steps: [String] = []
            for sql in statements {
                // No value is bound: a plan is made without them.
                let plan = try BoundStatement("EXPLAIN QUERY PLAN " + sql, in: database)
                    .all({ _ in }, as: { $0.text(3) })
                for step in plan {
                    // What is counted is bounded by the statement itself.
                    let isOwn = step == "SCAN CONSTANT ROW" || step.hasPrefix("SCAN (subquery")
                    #expect(!step.hasPrefix("SCAN") || isOwn, "\(step) in \(sql)")
                    #expect(!step.contains("TEMP B-TREE"), "\(step) in \(sql)")
                }
                steps += plan
            }
            // Of a case's messages only what is open and what it decided is read, however many it has sent.
            for index in ["publications_open", "messages_decided"] {
                #expect(steps.contains { $0.contains("INDEX \(index) (id>? AND id<?)") }, "\(steps)")
            }
            withExtendedLifetime(tables) {}
        }
    }

    @Test("nor does a statement of the operators' page, but for the few rows that it makes itself")
    func surveys() throws {
        let fixture = try SQLiteFixture()
        let queue = try StoreFile(fixture.path).openForWriting()
        let now = Instant(microsecondsSinceEpoch: 1)
        let filters = [
            CaseFilter(), CaseFilter(statuses: [.attention, .inReview]), CaseFilter(overdueAt: now),
            CaseFilter(statuses: [.attention], dueBefore: now, dueFrom: now, order: .mostUrgentFirst),
            CaseFilter(after: CaseFilter.Urgency(deadline: now, id: CaseID(1)), order: .mostUrgentFirst),
        ]
        try queue.inDatabase { database in
            for sql in SurveyQueries.all + filters.map({ CaseListing($0).sql }) {
                let plan = try BoundStatement("EXPLAIN QUERY PLAN " + sql, in: database)
                    .all({ _ in }, as: { $0.text(3) })
                for step in plan {
                    let isOwn = ["asked", "edges", "halving", "CONSTANT ROW"].contains { step.hasPrefix("SCAN \($0)") }
                    // Pages of each status, of which the newest are kept: no more rows than statuses times the page.
                    #expect(!step.hasPrefix("SCAN") || isOwn || step.hasPrefix("SCAN (subquery"), "\(step) in \(sql)")
                }
                #expect(!plan.contains { $0.hasPrefix("SCAN c") }, "\(plan) for \(sql)")
            }
        }
    }
}
