import Foundation
import Testing

@Suite("deploy/docs/security.md")
struct ThreatTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// What each suite's files declare, by the suite's name.
    private static func suites() throws -> [String: Set<String>] {
        let folder = root.appending(path: "Tests")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var suites: [String: Set<String>] = [:]
        for case let file as URL in files where file.pathExtension == "swift" {
            var declared: [String: Set<String>] = [:]
            var keyword = ""
            for word in try Data(contentsOf: file).split(whereSeparator: { $0 <= UInt8(ascii: " ") }) {
                let name = word.prefix { $0 != UInt8(ascii: "(") && $0 != UInt8(ascii: ":") }
                declared[keyword, default: []].insert(String(decoding: name, as: UTF8.self))
                keyword = String(decoding: word, as: UTF8.self)
            }
            let cases = ["func", "var"].reduce(into: Set<String>()) { $0.formUnion(declared[$1] ?? []) }
            for type in ["struct", "class", "extension"].flatMap({ declared[$0] ?? [] }) {
                suites[type, default: []].formUnion(cases)
            }
        }
        return suites
    }

    @Test("each threat has four columns, and the suites and cases that it names are there")
    func named() throws {
        let page = try String(
            contentsOf: ThreatTests.root.appending(path: "deploy/docs/security.md"), encoding: .utf8)
        let suites = try ThreatTests.suites()
        // As `SuiteTests`, `SuiteTests.case`, or `SuiteTests`: case, case.
        let named =
            /`([A-Z][A-Za-z]*(?:Tests|Behaviour))(?:\.([a-z][A-Za-z]*))?`(?:: ([a-z][A-Za-z]*(?:, [a-z][A-Za-z]*)*))?/
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasPrefix("| ---") }
        #expect(rows.count > 30)
        for row in rows {
            #expect(row.split(separator: "|").count == 4, "\(row.prefix(60))")
            for (_, suite, single, several) in row.matches(of: named).map(\.output) {
                let cases = try #require(suites[String(suite)], "\(suite)")
                for name in [single].compactMap({ $0 }) + (several?.split(separator: ", ") ?? []) {
                    #expect(cases.contains(String(name)), "\(suite): \(name)")
                }
            }
        }
    }
}
