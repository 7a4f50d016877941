/// A backlog worked off with SQLite: worker, relays and floor in turn, so that what disturbs one disturbs all.
struct SQLiteBacklog {
    let ground: BenchGround

    func run() throws -> [DrainSeries] {
        let requests = ground.plan.requests
        var worker = DrainSeries(step: .sqlite, subject: .worker)
        var relay = DrainSeries(step: .sqlite, subject: .relay)
        var direct = DrainSeries(step: .sqlite, subject: .directRelay)
        var floor = DrainSeries(step: .sqlite, subject: .floor)
        for round in 1...ground.plan.repeats {
            let title = "SQLite, round \(round) of \(ground.plan.repeats)"
            try ground.fill(requests, title: title)
            worker.runs.append(
                try ground.drain(with: ground.newSQLiteStore(), until: requests, title: "\(title): worker"))
            try ground.fill(requests, title: title)
            relay.runs.append(
                try ground.drainByRelay(usesDefaultExchange: false, until: requests, title: "\(title): relay"))
            try ground.fill(requests, title: title)
            direct.runs.append(
                try ground.drainByRelay(usesDefaultExchange: true, until: requests, title: "\(title): relay, direct"))
            if let best = try ground.floorAtItsBest("store", requests: requests, title: title) {
                floor.runs.append(best)
            }
        }
        return [worker, relay, direct, floor].filter { !$0.runs.isEmpty }
    }
}

/// The worker with other sizes of batch, for the picture.
struct BatchSizes {
    let ground: BenchGround

    func run() throws -> [DrainSeries] {
        let requests = ground.plan.requestsPerBatchSize
        var series = ground.plan.batches.map { DrainSeries(step: .batches, subject: .worker, batch: $0) }
        for round in 1...ground.plan.repeats {
            for (index, batch) in ground.plan.batches.enumerated() {
                let title = "batches of \(batch), round \(round) of \(ground.plan.repeats)"
                try ground.fill(requests, title: title)
                series[index].runs.append(
                    try ground.drain(with: ground.newSQLiteStore(), batch: batch, until: requests, title: title))
            }
        }
        return series
    }
}

/// A backlog worked off with PostgreSQL by each number of lanes, and by the floor, in turn.
struct PostgreSQLBacklog {
    let ground: BenchGround
    let database: BenchDatabase

    func run() throws -> [DrainSeries] {
        let requests = ground.plan.requests
        var series = ground.plan.lanes.map { DrainSeries(step: .postgresql, subject: .worker, lanes: $0) }
        var floor = DrainSeries(step: .postgresql, subject: .floor)
        for round in 1...ground.plan.repeats {
            let title = "PostgreSQL, round \(round) of \(ground.plan.repeats)"
            for (index, lanes) in ground.plan.lanes.enumerated() {
                try ground.fill(requests, title: title)
                series[index].runs.append(
                    try ground.drain(
                        with: database.newStore(), lanes: lanes, until: requests, title: "\(title): \(lanes) lanes"))
            }
            if let best = try ground.floorAtItsBest("pg", requests: requests, title: title) { floor.runs.append(best) }
        }
        return (series + [floor]).filter { !$0.runs.isEmpty }
    }
}

/// How much memory a worker ever takes at a big backlog.
struct MemoryAtBacklog {
    let ground: BenchGround

    func run() throws -> [DrainSeries] {
        let requests = ground.plan.memoryBacklog
        try ground.fill(requests, title: "memory")
        let run = try ground.drain(with: ground.newSQLiteStore(), until: requests, title: "memory")
        return [DrainSeries(step: .memory, subject: .worker, runs: [run])]
    }
}
