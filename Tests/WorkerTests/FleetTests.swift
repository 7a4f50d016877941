import Foundation
import Testing

@Suite("Many workers on one PostgreSQL store", .serialized)
struct FleetTests {
    /// A third of the messages are requests with a line of their own, a third fight ten at a time over one line, and a
    /// third are the first ones once more. In an order that the seed decides.
    private struct Load {
        static let lanes = ["REFUND_WORKER_WORKER_LANES": "2", "REFUND_WORKER_WORKER_BATCH": "50"]

        let messages: [[UInt8]]
        let own: Set<String>
        /// Which requests fight over a line, by the line.
        let fights: [String: Set<String>]

        init(count: Int, seed: UInt64) {
            var messages: [[UInt8]] = []
            var own: Set<String> = []
            var fights: [String: Set<String>] = [:]
            for number in 0..<count / 3 {
                let id = "rr-\(number)"
                let request = Requests.cancellation(id)
                messages += [request, request]
                own.insert(id)
                let (line, rival) = ("INV-fight-\(number / 10)", "rr-rival-\(number)")
                fights[line, default: []].insert(rival)
                messages.append(
                    Requests.cancellation(rival) { request in
                        request["service"] = ["id": "api-requests"]
                        request["invoice"] = [
                            "number": line, "issued_on": "2022-02-12", "paid": ["amount": "10.00", "currency": "USD"],
                            "proof_of_payment": "https://files.example.com/p/\(line).pdf",
                        ]
                    })
            }
            var generator = SeededGenerator(seed: seed)
            self.messages = messages.shuffled(using: &generator)
            (self.own, self.fights) = (own, fights)
        }

        /// Three messages for each line, and the rejection of each rival that came too late.
        var expectedCount: Int {
            3 * (own.count + fights.count) + fights.values.reduce(0) { $0 + $1.count - 1 }
        }

        /// What of the messages that came is not as it must be.
        func mistakes(in ids: Set<String>) -> [String] {
            var mistakes = own.filter { id in
                !ids.isSuperset(of: ["\(id)/revoke#1", "\(id)/payout#1", "\(id)/approved"])
            }.map { "\($0) was not approved" }
            for (line, rivals) in fights {
                let paid = rivals.filter { ids.contains("\($0)/payout#1") }
                if paid.count != 1 { mistakes.append("\(line) was paid \(paid.count) times") }
                let rejected = rivals.filter { ids.contains("\($0)/rejected") }
                if rejected.count != rivals.count - 1 { mistakes.append("\(line): \(rejected.count) were rejected") }
            }
            return mistakes
        }
    }

    /// Four processes of two lanes each. One after the other is killed, or stopped in order, and replaced.
    private final class Fleet {
        private var workers: [WorkerProcess]
        private let broker: TestBroker

        init(_ broker: TestBroker) throws {
            self.broker = broker
            workers = try (0..<4).map { _ in try broker.startWorker(Load.lanes) }
        }

        func replace(_ number: Int, after signal: Int32) throws {
            let worker = workers[number % workers.count]
            worker.send(signal)
            #expect(worker.waitForEnd() == (signal == SIGKILL ? -SIGKILL : 0))
            workers[number % workers.count] = try broker.startWorker(Load.lanes)
        }

        func stop() {
            for worker in workers { worker.send(SIGTERM) }
            for worker in workers { #expect(worker.waitForEnd() == 0) }
        }
    }

    @Test("4 processes of 2 lanes decide 20,000 requests, with rivals and duplicates, while workers and the server die")
    func fleet() throws {
        let seed = UInt64.random(in: 0 ... .max)
        let load = Load(count: 20_000, seed: seed)
        let postgres = try PrivatePostgres()
        let broker = try TestBroker(postgres: postgres.url)
        let downstream = Downstream()
        try broker.publish(load.messages)
        let fleet = try Fleet(broker)
        for round in 0..<8 {
            // Messages that come are the signal that it is in the middle of work.
            let goal = min(load.expectedCount, downstream.bodies.count + 3_000)
            try downstream.gather(from: broker) { $0.bodies.count >= goal }
            if round == 3 || round == 6 {
                try postgres.kill()
                try postgres.restart()
            } else {
                try fleet.replace(round, after: round.isMultiple(of: 2) ? SIGKILL : SIGTERM)
            }
        }
        try downstream.gather(from: broker) { $0.bodies.count >= load.expectedCount }
        fleet.stop()
        try downstream.drain(broker)
        #expect(load.mistakes(in: Set(downstream.bodies.keys)) == [], "seed \(seed)")
        #expect(downstream.bodies.count == load.expectedCount, "seed \(seed)")
        #expect(try broker.count(in: "refund.requests") == 0, "nothing was left unacknowledged")
        #expect(try broker.count(in: "refund.dead") == 0)
        let listed = try broker.run("cases", "list", "--limit", "100000", "--json")
        let count = load.own.count + load.fights.values.reduce(0) { $0 + $1.count }
        #expect(listed.output.split(separator: "\n").count == count, "each request has one case")
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
