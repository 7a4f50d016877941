/// Two replies for each case, with requests waiting in the other queue and with none, in turn.
struct RepliesBesideRequests {
    let ground: BenchGround

    func run() throws -> [DrainSeries] {
        var alone = DrainSeries(step: .replies, subject: .worker, waiting: 0)
        var beside = DrainSeries(step: .replies, subject: .worker, waiting: ground.plan.waitingRequests)
        for round in 1...ground.plan.repeats {
            let title = "replies, round \(round) of \(ground.plan.repeats)"
            alone.runs.append(try replies(waiting: 0, title: title))
            beside.runs.append(try replies(waiting: ground.plan.waitingRequests, title: title))
        }
        return [alone, beside]
    }

    /// - Returns: a run that counts replies, two for each case that was settled.
    private func replies(waiting: Int, title: String) throws -> DrainRun {
        let cases = ground.plan.repliedCases
        let broker = ground.broker
        let store = ground.newSQLiteStore()
        let requests = ground.newRequests()
        ground.tell("\(title): opening \(cases) cases")
        try broker.purge()
        try broker.publish(requests.messages(cases))
        _ = try ground.drain(with: store, until: cases, title: "\(title): opening cases")
        try broker.purge()
        ground.tell("\(title): \(waiting) requests wait")
        try broker.publish(ground.newRequests().messages(waiting))
        try broker.publish(requests.replies(cases))
        // A backlog that stands, not one that the broker is just writing to its disk.
        ground.tell("\(title): the broker comes to rest")
        try broker.pause(.seconds(1) * (Double(ground.plan.waitingRequests) / 20_000))
        let settled = try broker.countSettledNotices()
        defer { try? broker.stopCountingSettledNotices() }
        let run = try ground.drain(
            with: store, queue: settled, until: cases, title: "\(title): settled with \(waiting) waiting")
        return DrainRun(
            requests: run.requests * 2, seconds: run.seconds, cpuMicroseconds: run.cpuMicroseconds.map { $0 / 2 },
            peakMemory: run.peakMemory)
    }
}
