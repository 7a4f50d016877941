import Foundation
import RefundCase
import RefundWorker
import Testing

@testable import PostgresStore
@testable import StoreConformance

@Suite("A commit whose answer is lost", .serialized)
struct CommitOutcomeTests {
    let fixture: PostgresFixture
    let proxy: CommitCuttingProxy
    let store: PostgresStore
    let side: Desk

    init() throws {
        fixture = try PostgresFixture()
        var parts = try #require(URLComponents(string: fixture.location.url))
        proxy = try CommitCuttingProxy(to: UInt16(try #require(parts.port)))
        parts.port = Int(proxy.port)
        // The proxy reads along.
        parts.percentEncodedQuery = (parts.percentEncodedQuery ?? "") + "&sslmode=disable"
        store = try PostgresStore(try PostgresLocation(try #require(parts.string)))
        side = try Desk(fixture)
    }

    @Test("is known to have passed when the server says so: nothing is done twice")
    func passed() throws {
        let changes = side.changes(opening: [RequestText("rr-1")])
        proxy.arm(.beforeTheClientHears)
        var calls = 0
        let ids = try store.transact(recording: [], loading: CaseKeys(), at: Times.opening) { _ in
            calls += 1
            return changes
        }
        #expect(!proxy.isArmed, "the commit was cut")
        #expect(calls == 1)
        #expect(try side.load("rr-1").id == ids.first)
        #expect(try side.claim(at: Times.after(.seconds(60))).count == 3)
    }

    @Test("is known to have failed when the server says so: the same may be tried again")
    func failed() throws {
        let changes = side.changes(opening: [RequestText("rr-1")])
        proxy.arm(.beforeTheServerHears)
        expectError(.unavailable) {
            _ = try store.transact(recording: [], loading: CaseKeys(), at: Times.opening) { _ in changes }
        }
        #expect(!proxy.isArmed, "the commit was cut")
        #expect(try side.find("rr-1") == nil)
        _ = try store.transact(recording: [], loading: CaseKeys(), at: Times.opening) { _ in changes }
        #expect(try side.refundCase("rr-1").state.status == .approved)
    }

    @Test("is looked up as well when the server itself ends the session")
    func sessionEnded() throws {
        // The policy is known to the store from here on, so that the commit is all that is left.
        let earlier = side.changes(opening: [RequestText("rr-0")])
        _ = try store.transact(recording: [], loading: CaseKeys(), at: Times.opening) { _ in earlier }
        let changes = side.changes(opening: [RequestText("rr-1")])
        let keys = CaseKeys(requests: [try identity("rr-1")])
        var ended = 0
        let error = #expect(throws: StoreError.self) {
            _ = try store.transact(recording: [], loading: keys, at: Times.opening) { _ in
                ended = (try? fixture.crashAll()) ?? 0
                return changes
            }
        }
        #expect(ended > 0)
        #expect(error?.kind == .unavailable && error?.operation == "commit")
        // The desk's own session was ended, too.
        expectError(.unavailable) { _ = try side.find("rr-1") }
        #expect(try side.find("rr-1") == nil)
        _ = try store.transact(recording: [], loading: keys, at: Times.opening) { _ in changes }
        #expect(try side.refundCase("rr-1").state.status == .approved)
    }

    @Test("of a transaction that only looked is no question")
    func looked() throws {
        proxy.arm(.beforeTheServerHears)
        expectError(.unavailable) {
            _ = try store.transact(recording: [], loading: CaseKeys(dueLimit: 1), at: Times.opening) { _ in
                CaseChanges()
            }
        }
        _ = try store.transact(recording: [], loading: CaseKeys(dueLimit: 1), at: Times.opening) { _ in CaseChanges() }
    }
}
