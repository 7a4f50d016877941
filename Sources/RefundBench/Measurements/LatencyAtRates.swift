/// From the moment when a request should have been published to the arrival of its payout command at a consumer, by the
/// worker with SQLite and by the relay, in turn.
struct LatencyAtRates {
    let ground: BenchGround
    let step: BenchStep
    /// Requests a second.
    let rates: [Int]
    let seconds: Int

    func run() throws -> [LatencySeries] {
        var worker = rates.map { LatencySeries(step: step, subject: .worker, rate: $0) }
        var relay = rates.map { LatencySeries(step: step, subject: .relay, rate: $0) }
        for round in 1...ground.plan.repeats {
            let title = "latency, round \(round) of \(ground.plan.repeats)"
            for (index, run) in try byWorker(title).enumerated() { worker[index].runs.append(run) }
            for (index, run) in try byRelay(title).enumerated() { relay[index].runs.append(run) }
        }
        return worker + relay
    }

    private func byWorker(_ title: String) throws -> [LatencyRun] {
        try ground.broker.purge()
        let worker = try ground.program.start(store: ground.newSQLiteStore())
        let runs = try measure(title: "\(title): worker", mustBeWell: worker.mustBeAlive)
        try worker.end()
        return runs
    }

    private func byRelay(_ title: String) throws -> [LatencyRun] {
        try ground.broker.purge()
        let relay = Relay(
            settings: ground.broker.settings, names: ground.broker.names, batch: 512, usesDefaultExchange: false)
        let task = BrokerTask { isStopping in try relay.run(gauge: Relay.Gauge(), isStopping: isStopping) }
        defer { _ = try? task.stop() }
        return try measure(title: "\(title): relay", mustBeWell: task.mustBeWell)
    }

    private func measure(title: String, mustBeWell: () throws -> Void) throws -> [LatencyRun] {
        // A second's load first, so that connections, caches and the worker's window are open.
        _ = try load(rate: 100, count: 100, title: title, mustBeWell: mustBeWell)
        return try rates.map { rate in
            try load(rate: rate, count: rate * seconds, title: title, mustBeWell: mustBeWell)
        }
    }

    private func load(rate: Int, count: Int, title: String, mustBeWell: () throws -> Void) throws -> LatencyRun {
        let settings = ground.broker.settings
        let requests = ground.newRequests()
        // The observer must be there first.
        let schedule = SteadySchedule(start: .now + .milliseconds(300), rate: rate, count: count)
        let gauge = PayoutObserver.Gauge()
        let observer = PayoutObserver(
            settings: settings, names: ground.broker.names, requests: requests, schedule: schedule)
        let observing = BrokerTask { isStopping in try observer.run(gauge: gauge, isStopping: isStopping) }
        defer { _ = try? observing.stop() }
        let load = SteadyLoad(settings: settings, requests: requests, schedule: schedule)
        let publishing = BrokerTask { isStopping in try load.run(isStopping: isStopping) }
        defer { _ = try? publishing.stop() }
        var seen = (count: 0, at: ContinuousClock.now)
        while gauge.seen < count {
            try ground.broker.pause(.milliseconds(50))
            ground.tell("\(title): \(rate) a second, \(gauge.seen) of \(count)")
            try mustBeWell()
            try observing.mustBeWell()
            try publishing.mustBeWell()
            if gauge.seen > seen.count { seen = (gauge.seen, .now) }
            guard ContinuousClock.now - seen.at < .seconds(60) else {
                throw BenchError.stalled(what: title, count: gauge.seen, target: count, lastLines: "")
            }
        }
        return try observing.value()
    }
}
