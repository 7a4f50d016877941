/// Runs one hot path a fixed number of times, for valgrind to count what it takes (`deploy/hot-paths`).
///
/// Without arguments it prints the paths' names. With a name it runs that path, and prints how many requests were
/// counted. With a number of runs besides, it runs it that often, to be looked at with perf.
@main
enum HotPaths {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let path = HotPath.all.first(where: { $0.name == arguments.first }) else {
            for path in HotPath.all { print(path.name) }
            return
        }
        let runs = arguments.dropFirst().first.flatMap(Int.init) ?? path.runs.counted
        let run = try path.prepare(path.runs.warming + runs)
        for _ in 0..<path.runs.warming { run() }
        counted(run, runs)
        print(runs * path.requests)
    }

    /// What is counted, by this function's name.
    @inline(never)
    private static func counted(_ run: () -> Void, _ runs: Int) {
        for _ in 0..<runs { run() }
    }
}
