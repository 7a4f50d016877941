import RefundMessages
import RefundWorker
import Testing

@testable import PostgresStore
@testable import StoreConformance

@Suite("A standby that takes over behind the same name")
struct TakeoverTests {
    /// The leader is cut off with a transaction that the standby never heard of, and the standby gives out its number anew:
    /// "committed" is then the word about another's.
    @Test("what it says of a transaction's number is not taken for ours: the same is done again, and is there once")
    func numberGivenOutAnew() throws {
        let pair = try ServerPair()
        let proxy = try CommitCuttingProxy(to: pair.leaderPort)
        let store = try PostgresStore(try pair.location(behind: proxy.port))
        let desk = try Desk(PostgresFixture())
        let keys = CaseKeys(requests: [try identity("rr-1")])
        let earlier = desk.changes(opening: [RequestText("rr-0")])
        _ = try store.transact(recording: [], loading: CaseKeys(), at: Times.opening) { _ in earlier }

        let changes = desk.changes(opening: [RequestText("rr-1")])
        var passed: Int64 = 0
        let error = #expect(throws: StoreError.self) {
            _ = try store.transact(recording: [], loading: keys, at: Times.opening) { _ in
                passed = (try? giveOutNumbers(pair)) ?? 0
                proxy.redirect(to: pair.standbyPort)
                proxy.arm(.beforeTheServerHears)
                return changes
            }
        }
        #expect(passed > 0, "the standby has given out the leader's numbers")
        #expect(!proxy.isArmed, "the commit was cut")
        #expect(error?.kind == .outcomeUnknown)

        var found: [Bool] = []
        for _ in 0..<2 {
            _ = try store.transact(recording: [], loading: keys, at: Times.opening) { loaded in
                found.append(!loaded.cases.isEmpty)
                return loaded.cases.isEmpty ? changes : CaseChanges()
            }
        }
        #expect(found == [false, true])
    }

    /// - Returns: how many numbers of committed transactions the standby gave out beyond the leader's last.
    private func giveOutNumbers(_ pair: ServerPair) throws -> Int64 {
        let next = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
        let last = try pair.openLeader().exchange(.run(next), within: .seconds(30)).first { $0.integer(0) } ?? .max
        let standby = try pair.promoteStandby()
        var number: Int64 = 0
        // A crash may cost a leader some numbers, and so its standby: not many.
        for _ in 0..<10_000 where number <= last + 8 {
            let one = "SELECT pg_current_xact_id()::text::bigint"
            number = try standby.exchange(.run(one), within: .seconds(30)).first { $0.integer(0) } ?? 0
        }
        return number - last
    }
}
