import Foundation
import Testing

/// That what is shown is safe for a terminal is decided in one place, so nothing may go past it.
@Suite("No printer bypasses what makes text safe")
struct PrintersTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Ways to a terminal, and the only files that may take them.
    private static let ways: [(String, allowed: Set<String>)] = [
        ("writeWhole(", ["Output.swift", "LogWriter.swift", "StandardError.swift", "WholeText.swift"]), ("print(", []),
        ("fputs(", []),
        ("debugPrint(", []), ("dump(", []), ("FileHandle.standardOutput", []), ("FileHandle.standardError", []),
        // A bench gives its workers a log file in their place.
        ("STDOUT_FILENO", ["Output.swift", "ChildProcess.swift"]),
        ("STDERR_FILENO", ["Output.swift", "StandardError.swift", "ChildProcess.swift"]),
        ("vsyslog(", ["SystemLog.swift"]), ("perror(", []), ("StreamLogHandler", []),
    ]

    @Test("standard output, standard error and the system's log are written to in a few files alone")
    func sources() throws {
        let sources = PrintersTests.root.appending(path: "Sources")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var count = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            count += 1
            let text = try String(contentsOf: file, encoding: .utf8)
            for (way, allowed) in PrintersTests.ways where !allowed.contains(file.lastPathComponent) {
                let lines = text.split(separator: "\n").filter { line in
                    guard let place = line.range(of: way), !line.contains("///") else { return false }
                    // `fingerprint(` and the like are other words.
                    guard place.lowerBound > line.startIndex else { return true }
                    let before = line[line.index(before: place.lowerBound)]
                    return !before.isLetter
                }
                #expect(lines == [], "\(file.lastPathComponent) writes past Output: \(way)")
            }
        }
        #expect(count > 300)
    }
}
