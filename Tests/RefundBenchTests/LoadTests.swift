import AMQPClient
import RefundPolicy
import RefundService
import Testing

@testable import RefundBench

@Suite("Loads of a bench")
struct LoadTests {
    @Test("a request is due when its time has come, however late the one before it was")
    func schedule() {
        let start = ContinuousClock.now
        let schedule = SteadySchedule(start: start, rate: 200, count: 3)
        let times = [-1, 0, 4, 5, 9, 10, 5_000].map { start + .milliseconds($0) }
        #expect(times.map(schedule.due) == [0, 1, 1, 2, 2, 3, 3])
        #expect(schedule.intended(2) == start + .milliseconds(10))
    }

    @Test("a request's number is found in its id, and in no other load's")
    func numbers() {
        let names = BrokerNames(prefix: "p.")
        let requests = BenchRequests(names: names, now: Instant(microsecondsSinceEpoch: 0))
        #expect(requests.number(ofRequest: requests.id(417)) == 417)
        for other in ["rr-1042", "rr-x-1", "", requests.id(1) + "-2"] {
            #expect(requests.number(ofRequest: other) == nil)
        }
    }

    @Test("confirms are counted in whichever order they come")
    func confirms() throws {
        var confirms = ConfirmCount()
        #expect(confirms.outstanding == 0)
        confirms.published(through: 6)
        var outstanding: [Int] = []
        for (sequence, multiple) in [(3, false), (2, false), (2, true), (2, true), (6, false), (5, true)] {
            try confirms.settle(
                Confirmation(sequence: UInt64(sequence), multiple: multiple, isAcknowledged: true))
            outstanding.append(confirms.outstanding)
        }
        #expect(outstanding == [5, 4, 3, 3, 2, 0])
        #expect(throws: BenchError.self) {
            try confirms.settle(Confirmation(sequence: 7, multiple: false, isAcknowledged: false))
        }
    }

    @Test("the floor program's line is read")
    func floor() throws {
        let line = "store N=50000 B=1000: 9301 requests/s, client cpu 45.4 us/request\n"
        let run = try #require(FloorProgram.run(in: line, requests: 50_000, batch: 1_000))
        #expect(run.cpuMicroseconds == 45.4)
        #expect(abs(run.perSecond - 9_301) < 0.001)
        #expect(FloorProgram.run(in: "segmentation fault", requests: 1, batch: 1) == nil)
        #expect(FloorProgram.run(in: "requests/s", requests: 1, batch: 1) == nil)
    }
}
