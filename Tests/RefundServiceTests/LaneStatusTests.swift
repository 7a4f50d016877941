import CoreMetrics
import RefundPolicy
import Testing

@testable import RefundService

@Suite("What a lane says of itself")
struct LaneStatusTests {
    private func status(_ change: (inout LaneStatus) -> Void) -> LaneStatus {
        var status = LaneStatus(name: "lane 1", since: Instant(microsecondsSinceEpoch: 0))
        status.phase = .running
        status.publisher = .open
        status.requests = .open
        status.replies = .open
        change(&status)
        return status
    }

    @Test("with all connections and a store it works, and has nothing to tell")
    func working() {
        #expect(status { _ in }.state == .working)
        #expect(status { _ in }.reasons == [])
    }

    @Test("until all connections are there for the first time it is starting")
    func starting() {
        #expect(status { $0.phase = .starting }.state == .starting)
        #expect(status { $0.requests = .opening }.state == .starting)
        #expect(status { $0.replies = .opening }.state == .starting)
        #expect(status { $0.replies = .opening }.reasons.count == 1)
    }

    @Test("each trouble pauses it and is told in its own words, and several are told together")
    func paused() {
        let lost = status { $0.publisher = .lost(problem: "connect failed.", isMissing: false) }
        #expect(lost.state == .paused)
        #expect(lost.reasons == ["no broker connection to publish: connect failed."])
        let missing = status { $0.requests = .lost(problem: "no queue.", isMissing: true) }
        #expect(missing.reasons.first?.hasPrefix("topology missing: no queue.") == true)
        let away = status {
            $0.requests = .lost(problem: "connect failed.", isMissing: false)
            $0.replies = $0.requests
        }
        #expect(away.reasons == ["no broker connection to consume: connect failed."], "one trouble, told once")
        let blocked = status { $0.alarm = "low on memory" }
        #expect(blocked.reasons.first?.hasPrefix("blocked by the broker's alarm (low on memory)") == true)
        let both = status {
            $0.alarm = "low on disk"
            $0.storeProblem = "gone"
        }
        #expect(both.reasons.count == 2)
        #expect(both.reasons.last == "store unreachable: gone")
    }

    @Test("draining is told before whatever else is wrong")
    func draining() {
        let draining = status {
            $0.phase = .draining
            $0.storeProblem = "gone"
        }
        #expect(draining.state == .draining)
        #expect(draining.reasons.first?.hasPrefix("draining") == true)
        #expect(draining.reasons.count == 2)
    }

    @Test("since when is the instant at which the state has changed, not what is wrong")
    func since() {
        let board = LaneBoard(
            name: "lane 1", factory: NOOPMetricsHandler.instance, at: Instant(microsecondsSinceEpoch: 0))
        func at(_ seconds: Int64) -> Instant { Instant(microsecondsSinceEpoch: seconds * 1_000_000) }
        board.update(at: at(1)) {
            $0.phase = .running
            $0.publisher = .open
            $0.requests = .open
            $0.replies = .open
        }
        board.update(at: at(2)) { $0.alarm = "low on memory" }
        #expect(board.status.since == at(2))
        board.update(at: at(3)) { $0.storeProblem = "gone" }
        #expect(board.status.since == at(2))
        board.update(at: at(4)) {
            $0.alarm = nil
            $0.storeProblem = nil
        }
        #expect(board.status.state == .working)
        #expect(board.status.since == at(4))
    }
}
