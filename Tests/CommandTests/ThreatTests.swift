import Foundation
import Testing

@Suite("deploy/docs/security.md")
struct ThreatTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// All Swift files of the tests, as one text.
    private static func tests() throws -> String {
        let folder = root.appending(path: "Tests")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var text = ""
        for case let file as URL in files where file.pathExtension == "swift" {
            text += try String(contentsOf: file, encoding: .utf8)
        }
        return text
    }

    @Test("each threat has four columns, and the tests that it names are there")
    func named() throws {
        let page = try String(
            contentsOf: ThreatTests.root.appending(path: "deploy/docs/security.md"), encoding: .utf8)
        let tests = try ThreatTests.tests()
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasPrefix("| ---") }
        #expect(rows.count > 30)
        for row in rows {
            #expect(row.split(separator: "|").count == 4, "\(row.prefix(60))")
            for name in row.matches(of: /`([A-Z][A-Za-z]*Tests)/).map(\.output.1) {
                #expect(tests.contains("struct \(name)") || tests.contains("class \(name)"), "\(name)")
            }
        }
    }
}
