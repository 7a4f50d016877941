import Foundation
import Fuzzing
import Testing

/// What reads strangers' bytes, under bytes that are strange. `deploy/fuzz` goes on for longer.
@Suite("fuzzing")
struct FuzzingTests {
    @Test("whatever the bytes, they are read or refused for a reason that names its place", arguments: FuzzTarget.all)
    func seeds(_ target: FuzzTarget) {
        for seed in 1...3_000 as ClosedRange<UInt64> {
            guard let fault = target.fault(in: target.input(seed), seed: seed) else { continue }
            Issue.record("\(target), seed \(seed): \(fault); again: deploy/fuzz --target \(target) --from \(seed)")
            return
        }
    }

    /// A file's name begins with its target's.
    @Test("what fuzzing has found stays mended", arguments: try Corpus.files())
    func corpus(_ file: URL) throws {
        let target = try #require(FuzzTarget.all.first { file.lastPathComponent.hasPrefix("\($0)-") })
        let input = [UInt8](try Data(contentsOf: file))
        for seed in 0..<20 as Range<UInt64> { #expect(target.fault(in: input, seed: seed) == nil) }
    }
}

/// The inputs that once broke something.
private enum Corpus {
    static func files() throws -> [URL] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/fuzz")
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.path < $1.path }
    }
}
