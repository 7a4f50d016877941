import RefundService
import Testing

@Suite("What the program says of its build")
struct BuildInformationTests {
    @Test("commit, day and compiler stand behind the version, as far as they are known")
    func description() {
        let whole = BuildInformation(version: "1.2.3", commit: "1a2b3c4d", date: "2026-11-24", swift: "6.3.1")
        #expect("\(whole)" == "1.2.3 (1a2b3c4d, built 2026-11-24, Swift 6.3.1)")
        #expect("\(BuildInformation(version: "1.2.3"))" == "1.2.3 (no commit recorded)")
        #expect("\(BuildInformation(version: "1.2.3", commit: "1a2b3c4d"))" == "1.2.3 (1a2b3c4d)")
    }

    @Test("the version has three numbers, and what is recorded is never empty")
    func current() {
        let build = BuildInformation.current
        #expect(build.version.split(separator: ".").compactMap { UInt($0) }.count == 3)
        for recorded in [build.commit, build.date, build.swift].compactMap(\.self) { #expect(!recorded.isEmpty) }
    }
}
