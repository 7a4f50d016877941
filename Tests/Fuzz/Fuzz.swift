import Foundation
import Fuzzing

/// Examines made-up inputs by their seeds until the time is over; exits 1 with the first that breaks something.
@main
enum Fuzz {
    static let usage = """
        fuzz – feeds bad inputs to what reads strangers' bytes, each decided by its seed

          --seconds N      for how long (default 10)
          --target NAME    only that one of \(FuzzTarget.all.map(\.name).joined(separator: ", "))
          --from S         the first seed (default: drawn)
          --trace          name each seed before it is tried, to find one that ends the process

        Exit 0 nothing was found; 1 something was, and its input is written beside; 2 wrong usage.
        """

    static func main() throws {
        var arguments = Array(CommandLine.arguments.dropFirst())[...]
        var seconds = 10.0
        var from: UInt64 = UInt64.random(in: 0..<1 << 40)
        var targets = FuzzTarget.all
        var isTraced = false
        while let argument = arguments.popFirst() {
            switch argument {
            case "--seconds": seconds = arguments.popFirst().flatMap { Double($0) } ?? -1
            case "--from": from = arguments.popFirst().flatMap { UInt64($0) } ?? .max
            case "--target":
                let name = arguments.popFirst()
                targets = FuzzTarget.all.filter { $0.name == name }
            case "--trace": isTraced = true
            case "-h", "--help": return print(usage)
            default: targets = []
            }
        }
        guard 0...1_000_000 ~= seconds, from <= 1 << 60, !targets.isEmpty else {
            print(usage)
            exit(2)
        }
        for target in targets { try run(target, from: from, for: seconds / Double(targets.count), isTraced: isTraced) }
    }

    private static func run(_ target: FuzzTarget, from: UInt64, for seconds: Double, isTraced: Bool) throws {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        say("\(target): from seed \(from)")
        var (seed, slowest, largest) = (from, Duration.zero, 0)
        while clock.now < end {
            // What takes a minute for some hundred inputs hangs: the signal ends the process.
            alarm(60)
            for _ in 0..<256 {
                if isTraced { say("\(target): seed \(seed)") }
                let input = target.input(seed)
                largest = max(largest, input.count)
                let took = try clock.measure {
                    if let fault = target.fault(in: input, seed: seed) { try tell(fault, target, seed, input) }
                }
                slowest = max(slowest, took)
                seed += 1
            }
        }
        alarm(0)
        print("\(target): \(seed - from) inputs up to \(largest) bytes, nothing found; the slowest took \(slowest)")
    }

    private static func tell(_ fault: String, _ target: FuzzTarget, _ seed: UInt64, _ input: [UInt8]) throws -> Never {
        let file = "\(NSTemporaryDirectory())/fuzz-\(target)-\(seed)"
        try Data(input).write(to: URL(fileURLWithPath: file))
        say("\(target), seed \(seed): \(fault)")
        say("again: deploy/fuzz --target \(target) --from \(seed)")
        say("the input is \(file); once mended, keep it as Tests/Fixtures/fuzz/\(target)-NAME")
        exit(1)
    }

    private static func say(_ line: String) {
        FileHandle.standardError.write(Data("\(line)\n".utf8))
    }
}
