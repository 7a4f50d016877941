public import Foundation

/// Everything that a run measured, where, when and with what; what tables and pictures are made of.
public struct BenchReport: Codable, Hashable, Sendable {
    /// RFC 3339, when it began.
    public var date: String
    /// Whether it was a quick run, whose figures mean nothing.
    public var isQuick: Bool
    public var machine: Machine
    public var versions: Versions
    public var plan: BenchPlan
    public var drains: [DrainSeries] = []
    public var latencies: [LatencySeries] = []
    public var decisions: [DecisionSeries] = []
    /// Seconds from the start of the process to its first notice in the queue.
    public var starts: [Double] = []
    /// Steps that were left out, and why.
    public var omissions: [String] = []

    public init(date: String, isQuick: Bool, machine: Machine, versions: Versions, plan: BenchPlan) {
        self.date = date
        self.isQuick = isQuick
        self.machine = machine
        self.versions = versions
        self.plan = plan
    }

    /// One JSON object on one line, its members in the order of their names.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// Reads what ``json()`` wrote.
    ///
    /// - Throws: `DecodingError`.
    public init(json: Data) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(BenchReport.self, from: json)
    }

    /// The drains of one step by one subject.
    func drains(_ step: BenchStep, _ subject: Subject) -> [DrainSeries] {
        drains.filter { $0.step == step && $0.subject == subject }
    }

    func latency(_ step: BenchStep, _ subject: Subject) -> [LatencySeries] {
        latencies.filter { $0.step == step && $0.subject == subject }
    }
}

/// The parts that were measured with.
public struct Versions: Codable, Hashable, Sendable {
    public var worker: String
    public var broker: String
    public var postgresql: String?

    public init(worker: String, broker: String, postgresql: String?) {
        self.worker = worker
        self.broker = broker
        self.postgresql = postgresql
    }
}
