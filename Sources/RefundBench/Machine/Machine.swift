public import Foundation

/// What the figures depend on besides the program.
public struct Machine: Codable, Hashable, Sendable {
    public var processor: String
    public var cores: Int
    /// In bytes.
    public var memory: Int
    public var kernel: String
    /// How many programs wanted a core in the minute before, on average: a quiet machine has next to none.
    public var loadBefore: Double
    public var sync: SyncTime

    public init(processor: String, cores: Int, memory: Int, kernel: String, loadBefore: Double, sync: SyncTime) {
        self.processor = processor
        self.cores = cores
        self.memory = memory
        self.kernel = kernel
        self.loadBefore = loadBefore
        self.sync = sync
    }

    /// Looks at this machine, and measures the disk of that folder.
    ///
    /// - Throws: `BenchError` when nothing can be written there.
    public static func look(folder: URL) throws -> Machine {
        var names = utsname()
        uname(&names)
        let release = withUnsafeBytes(of: names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return Machine(
            processor: processor(in: text("/proc/cpuinfo")) ?? "unknown",
            cores: ProcessInfo.processInfo.activeProcessorCount,
            memory: Int(clamping: ProcessInfo.processInfo.physicalMemory), kernel: "Linux \(release)",
            loadBefore: text("/proc/loadavg").split(separator: " ").first.flatMap { Double($0) } ?? 0,
            sync: try SyncTime.measure(in: folder, writes: 200))
    }

    /// The first model's name in `/proc/cpuinfo`.
    static func processor(in text: String) -> String? {
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
    }

    private static func text(_ path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }
}
