/// Measures how fast a queue fills up with what is made of a backlog: from the first look that finds something in it to
/// the first that finds everything, so that the start of a process does not count.
struct DrainWatch {
    let broker: BenchBroker
    /// What the queue is asked for.
    let queue: String
    /// How many messages there will be.
    let target: Int
    /// Of whoever does the work.
    let cpu: () -> CPUClock?
    /// Throws when whoever does the work has ended.
    let mustBeWell: () throws -> Void
    /// What to show when it does not go on.
    let lastLines: () -> String
    let onProgress: (Int) -> Void

    private struct Look {
        let at: ContinuousClock.Instant
        let count: Int
        let cpu: Double?
    }

    /// - Throws: `BenchError.stalled` when nothing comes for a minute.
    func run() throws -> DrainRun {
        let beginning = look(0)
        var first: Look?
        var newest = beginning
        while true {
            let look = look(try broker.count(queue))
            if look.count != newest.count {
                newest = look
                onProgress(look.count)
            } else if look.at - newest.at > .seconds(60) {
                throw BenchError.stalled(what: queue, count: look.count, target: target, lastLines: lastLines())
            }
            if look.count >= target { return run(from: first ?? beginning, to: look) }
            if look.count > 0, first == nil { first = look }
            try mustBeWell()
            try broker.pause(.milliseconds(10))
        }
    }

    private func look(_ count: Int) -> Look {
        Look(at: .now, count: count, cpu: cpu()?.seconds)
    }

    private func run(from first: Look, to last: Look) -> DrainRun {
        let count = last.count - first.count
        var used: Double?
        if let begun = first.cpu, let ended = last.cpu { used = (ended - begun) * 1_000_000 / Double(max(1, count)) }
        return DrainRun(requests: count, seconds: (last.at - first.at).inSeconds, cpuMicroseconds: used)
    }
}
