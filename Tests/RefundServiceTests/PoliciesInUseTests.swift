import RefundPolicy
import RefundWorker
import Synchronization
import Testing

@testable import RefundService

@Suite("A policy beside the versions that are in use")
struct PoliciesInUseTests {
    private let file = """
        name: shop
        versions:
          - effective_from: 2022-02-12
          - effective_from: 2023-01-01
            return_window: 10d
        """

    private func policy(_ text: String) throws -> Policy { try Policy(yaml: text, fileName: "policy.yaml") }

    private func texts(_ policy: Policy) -> [String] { policy.versions.map(\.yaml) }

    private func check(_ given: String, against texts: [String]) throws {
        try PoliciesInUse(policy(given), acceptsChanges: false) { _ in }.check(against: texts)
    }

    @Test("starts where nothing is in use, and where what is in use is the same, however it is written")
    func same() throws {
        try check(file, against: [])
        try check(file, against: texts(policy(file)))
        try check(file + "\n    respond_within: 72h", against: texts(policy(file)))
    }

    @Test("is refused where a version that is in use has other content, and both are shown where they differ")
    func changed() throws {
        let used = texts(try policy(file))
        let given = file.replacing("return_window: 10d", with: "return_window: 5d\n    proof: optional")
        let error = #expect(throws: ChangedPolicyError.self) { try check(given, against: used) }
        let found = try #require(error)
        #expect(found.given.version == "2023-01-01")
        #expect(
            found.differences == [
                "- return_window: 10d", "- proof: required", "+ return_window: 5d", "+ proof: optional",
            ])
        #expect("\(found)".contains("--accept-changed-policy") && "\(found)".contains("- return_window: 10d"))
    }

    @Test("may change a version that no case was decided by, and add others")
    func unused() throws {
        let used = [try #require(texts(policy(file)).first)]
        try check(file.replacing("return_window: 10d", with: "return_window: 5d"), against: used)
        try check(file + "\n  - effective_from: 2024-01-01\n    payout: after_revocation", against: used)
    }

    @Test("of another name, and what version 1 of the contract has left, is no version of this one")
    func others() throws {
        let other = try policy(file.replacing("name: shop", with: "name: other").replacing("10d", with: "5d"))
        try check(file, against: texts(other))
        let first = "name: shop\nversions: [{effective_from: 2023-01-01, return_window: 3d, non_returnable: [a]}]"
        try check(file, against: [first])
    }

    @Test("is held against what can be read, and what can't be is reported")
    func unreadable() throws {
        let problems = Mutex<[String]>([])
        let used = texts(try policy(file.replacing("10d", with: "5d")))
        let check = PoliciesInUse(try policy(file), acceptsChanges: false) { error in
            problems.withLock { $0.append("\(error)") }
        }
        try check.check(against: ["no policy at all"])
        #expect(throws: ChangedPolicyError.self) { try check.check(against: ["{}"] + used) }
        #expect(problems.withLock { $0 }.count == 2)
        #expect(problems.withLock { $0 }.allSatisfy { $0.hasPrefix("the store:1:1: ") })
    }

    @Test("that was accepted once is taken for good; the latest is what is shown")
    func accepted() throws {
        let given = file.replacing("return_window: 10d", with: "return_window: 5d")
        let used = texts(try policy(given)).reversed() + texts(try policy(file)).reversed()
        try check(given, against: Array(used))
        let third = file.replacing("return_window: 10d", with: "return_window: 6d")
        let error = #expect(throws: ChangedPolicyError.self) { try check(third, against: Array(used)) }
        #expect(error?.differences == ["- return_window: 5d", "+ return_window: 6d"])
    }

    @Test("is taken as it is where whoever starts the worker says so")
    func told() throws {
        let used = try policy(file.replacing("10d", with: "5d"))
        let check = PoliciesInUse(try policy(file), acceptsChanges: true) { _ in }
        try check.check { () throws(StoreError) in throw StoreError(.busy, operation: "", problem: "", remedy: "") }
        #expect(throws: ChangedPolicyError.self) {
            try PoliciesInUse(try policy(file), acceptsChanges: false) { _ in }.check(against: texts(used))
        }
    }
}
