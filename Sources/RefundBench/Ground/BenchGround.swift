import Foundation
import RefundService

/// What measurements stand on: the broker's corner, the folder, the programs, and the plan.
///
/// Belongs to the thread that made it. `remove()` takes away what was made.
final class BenchGround {
    let plan: BenchPlan
    let broker: BenchBroker
    let folder: BenchFolder
    let database: BenchDatabase?
    let program: WorkerProgram
    let floor: FloorProgram?
    private let onProgress: (String) -> Void

    init(_ terms: BenchTerms, onProgress: @escaping (String) -> Void) throws {
        plan = terms.plan
        self.onProgress = onProgress
        folder = try BenchFolder(in: terms.folder)
        database = try terms.postgresqlURL.map { try BenchDatabase(url: $0) }
        broker = try BenchBroker(settings: terms.broker)
        program = WorkerProgram(
            environment: terms.environment, prefix: broker.settings.prefix, folder: folder.url)
        guard let executable = terms.floor, let node = terms.broker.nodes.first else {
            floor = nil
            return
        }
        do {
            floor = try FloorProgram(
                executable: executable, folder: folder.url, broker: node, databaseURL: terms.postgresqlURL)
            try broker.mustBeEmpty(FloorProgram.queues)
        } catch {
            broker.remove()
            throw error
        }
    }

    func remove() {
        broker.remove(with: floor == nil ? [] : FloorProgram.queues)
        if floor != nil { database?.dropTables(FloorProgram.tables) }
        database?.dropSchemas()
        folder.remove()
    }

    func tell(_ text: String) {
        onProgress(text)
    }

    func newSQLiteStore() -> String { "sqlite:\(folder.newStore())" }

    /// A load of requests that begin now.
    func newRequests() -> BenchRequests { BenchRequests(names: broker.names, now: SystemClock.now()) }

    /// Empties all queues and fills the backlog.
    func fill(_ count: Int, title: String) throws {
        tell("\(title): filling the queue with \(count) requests")
        try broker.purge()
        try broker.publish(newRequests().messages(count))
    }

    /// Lets a new worker work off what waits, until a queue holds that much.
    ///
    /// - Returns: the run, with the worker's peak of memory.
    func drain(
        with store: String, lanes: Int? = nil, batch: Int? = nil, queue: String? = nil, until target: Int, title: String
    ) throws -> DrainRun {
        let worker = try program.start(store: store, lanes: lanes, batch: batch)
        let watch = DrainWatch(
            broker: broker, queue: queue ?? broker.names.notices, target: target,
            cpu: { CPUClock(process: worker.processID) }, mustBeWell: worker.mustBeAlive,
            lastLines: { worker.lastLines }, onProgress: { self.tell("\(title): \($0) of \(target)") })
        var run = try watch.run()
        run.peakMemory = try worker.end().peakMemory
        return run
    }

    /// Lets a relay do the same without a store.
    func drainByRelay(usesDefaultExchange: Bool, until target: Int, title: String) throws -> DrainRun {
        let gauge = Relay.Gauge()
        let relay = Relay(
            settings: broker.settings, names: broker.names, batch: 512, usesDefaultExchange: usesDefaultExchange)
        let task = BrokerTask { isStopping in try relay.run(gauge: gauge, isStopping: isStopping) }
        defer { _ = try? task.stop() }
        let watch = DrainWatch(
            broker: broker, queue: broker.names.notices, target: target, cpu: { gauge.cpu },
            mustBeWell: task.mustBeWell, lastLines: { "(it was the bench's own relay)" },
            onProgress: { self.tell("\(title): \($0) of \(target)") })
        let run = try watch.run()
        try task.stop()
        return run
    }

    /// The floor at its best batch size.
    func floorAtItsBest(_ mode: String, requests: Int, title: String) throws -> DrainRun? {
        guard let floor else { return nil }
        let runs = try plan.floorBatches.map { batch in
            tell("\(title): the floor, batches of \(batch)")
            return try floor.run(mode, requests: requests, batch: batch) { try broker.pause(.zero) }
        }
        return runs.max { $0.perSecond < $1.perSecond }
    }
}
