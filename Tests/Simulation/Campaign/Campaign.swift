import Foundation

/// Runs seeds, one after the other, and cuts down what fails.
public struct Campaign {
    private let folder: String
    private let sabotage: () -> any Sabotage

    /// - Parameter folder: where the worlds keep their stores; in memory it is fastest. Made if missing.
    public init(folder: String = Campaign.newFolder()) throws {
        try self.init(folder: folder, sabotage: { NoSabotage() })
    }

    init(folder: String = Campaign.newFolder(), sabotage: @escaping () -> any Sabotage) throws {
        self.folder = folder
        self.sabotage = sabotage
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// A folder of this process's own, on a file system in memory where there is one.
    public static func newFolder() -> String {
        let shared = "/dev/shm"
        let base = FileManager.default.isWritableFile(atPath: shared) ? shared : NSTemporaryDirectory()
        return
            "\(base)/refund-worker-simulation-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString.prefix(8))"
    }

    /// Removes what the worlds have left.
    public func clean() {
        try? FileManager.default.removeItem(atPath: folder)
    }

    public func run(_ scenario: Scenario, isTold: Bool = false) throws -> Outcome {
        try Run(scenario, sabotage: sabotage(), folder: folder, isTold: isTold)()
    }

    /// The smallest scenario found that still breaks the same invariant, with its transcript.
    public func shrink(_ failed: Outcome) throws -> Outcome {
        guard let violation = failed.violation else { return failed }
        var best = failed.scenario
        func stillFails(_ scenario: Scenario) throws -> Bool {
            try run(scenario).violation?.invariant == violation.invariant
        }
        var isSmaller = true
        while isSmaller {
            isSmaller = false
            for candidate in Campaign.smaller(best) where try stillFails(candidate) {
                best = candidate
                isSmaller = true
                break
            }
        }
        return try run(best, isTold: true)
    }

    private static func smaller(_ scenario: Scenario) -> [Scenario] {
        var candidates: [Scenario] = []
        func add(_ change: (inout Scenario) -> Void) {
            var candidate = scenario
            change(&candidate)
            candidates.append(candidate)
        }
        if scenario.requests > 1 {
            add { $0.requests = scenario.requests / 2 }
            add { $0.requests = scenario.requests - 1 }
        }
        if scenario.workers > 1 { add { $0.workers = 1 } }
        if scenario.faultyBeats > 5 { add { $0.faultyBeats = scenario.faultyBeats / 2 } }
        for kind in FaultKind.allCases where scenario.intensity[kind] != nil { add { $0.intensity[kind] = nil } }
        return candidates
    }
}
