import RefundService

/// From the start of the process, with a new store and a request that waits, to its first notice in the queue.
struct StartToFirstDecision {
    let ground: BenchGround

    /// - Returns: seconds, for each start.
    func run() throws -> [Double] {
        try (1...ground.plan.starts).map { number in
            ground.tell("start \(number) of \(ground.plan.starts)")
            try ground.broker.purge()
            try ground.broker.publish(ground.newRequests().messages(1))
            let store = ground.newSQLiteStore()
            let began = ContinuousClock.now
            let worker = try ground.program.start(store: store)
            while try ground.broker.count(ground.broker.names.notices) == 0 {
                try worker.mustBeAlive()
                try ground.broker.pause(.milliseconds(1))
                guard ContinuousClock.now - began < .seconds(60) else {
                    throw BenchError.stalled(
                        what: "start", count: 0, target: 1, lastLines: worker.lastLines)
                }
            }
            let time = (ContinuousClock.now - began).inSeconds
            try worker.end()
            return time
        }
    }
}
