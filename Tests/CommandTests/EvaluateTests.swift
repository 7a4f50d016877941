import Foundation
import Testing

@Suite("refund-worker evaluate")
struct EvaluateTests {
    /// Runs evaluate with the contract's example policy.
    private func evaluate(_ input: String, _ arguments: String...) throws -> Executable.Outcome {
        try Fixtures.inDirectory { directory in
            let policy = directory.appending(path: "policy.yaml")
            try Data(try Fixtures.decisionsPolicy().utf8).write(to: policy)
            return try Executable.run(["evaluate", "--policy-file", policy.path] + arguments + ["-"], input: input)
        }
    }

    @Test("every vector is decided as the contract says, with all its reasons in order")
    func vectors() throws {
        let vectors = try Fixtures.decisions()
        #expect(vectors.count >= 40)
        let outcome = try evaluate(vectors.map(\.request).joined(separator: "\n"), "--json")
        #expect(outcome.status == 0)
        let decisions = try outcome.objects()
        try #require(decisions.count == vectors.count)
        for (vector, decision) in zip(vectors, decisions) {
            #expect(decision["request_id"] as? String == vector.id)
            #expect(decision["outcome"] as? String == vector.outcome, "\(vector.why)")
            let reasons = (decision["reasons"] as? [[String: Any]])?.compactMap { $0["code"] as? String }
            #expect(reasons == vector.reasons, "\(vector.why)")
            let refund = decision["refund"] as? [String: Any]
            #expect(refund?["amount"] as? String == vector.amount, "\(vector.why)")
            #expect((decision["calculation"] != nil) == (vector.outcome == "approved"), "\(vector.why)")
            let rules = decision["rules"] as? [[String: Any]] ?? []
            #expect(
                rules.filter { $0["holds"] == nil }.map { $0["rule"] as? String }
                    == ["one_refund", "left_to_refund", "other_requests"])
            #expect(decision["notice_id"] as? String == "\(vector.id)/\(vector.outcome)")
        }
    }

    @Test("a JSON array gives the same as lines")
    func array() throws {
        let requests = try Fixtures.decisions().map(\.request)
        let instant = ["--json", "--now", "2030-01-01T00:00:00Z"]
        let lines = try evaluate(requests.joined(separator: "\n"), instant[0], instant[1], instant[2])
        let array = try evaluate("[\n" + requests.joined(separator: ",\n") + "\n]", instant[0], instant[1], instant[2])
        #expect(lines.output == array.output)
        #expect(lines.lines.count == requests.count)
    }

    @Test("people see the outcome, the fraction and the rules")
    func text() throws {
        let vector = try #require(try Fixtures.decisions().first)
        let outcome = try evaluate(vector.request)
        #expect(outcome.lines.first == "v-001  approved  7.00 USD")
        #expect(outcome.output.contains("10.00 USD × 7000 / 10000 (usage) = 7.00 USD, rounded half_up"))
        #expect(outcome.output.contains("return_window: "))
        #expect(outcome.output.contains("unknown     one_refund: not looked at"))
        #expect(!outcome.output.contains("\u{1B}"))
    }

    @Test("what can't be read is told with its dead letter's code, the others are decided, and the answer is no")
    func unreadable() throws {
        let good = try #require(try Fixtures.decisions().first).request
        let input = ["nope", good, #"{"request_id":"r-3"}"#].joined(separator: "\n")
        let outcome = try evaluate(input, "--json")
        #expect(outcome.status == 3)
        let objects = try outcome.objects()
        try #require(objects.count == 3)
        #expect((objects[0]["dead_letter"] as? [String: Any])?["code"] as? String == "not_json")
        #expect(objects[0]["place"] as? String == "standard input:1")
        #expect(objects[1]["outcome"] as? String == "approved")
        #expect((objects[2]["dead_letter"] as? [String: Any])?["code"] as? String == "invalid_field")
        #expect(objects[2]["request_id"] as? String == "r-3")
        let text = try evaluate(input)
        #expect(text.status == 3)
        #expect(text.output.contains("dead letter: not_json"))
    }

    @Test("the clock can be given")
    func clock() throws {
        let request = try #require(try Fixtures.decisions().first).request
        let early = try evaluate(request, "--json", "--now", "2022-02-22T09:00:00Z")
        #expect(early.output.contains("submitted_in_future"))
        let late = try evaluate(request, "--json", "--now", "2022-02-22T09:31:00Z")
        #expect(try late.objects().first?["decided_at"] as? String == "2022-02-22T09:31:00Z")
    }

    @Test("policy --for reads a request as evaluate does, and takes one alone")
    func policyFor() throws {
        let request = try #require(try Fixtures.decisions().first).request
        let one = try Executable.run(["policy", "--for", "-", "--json"], input: request)
        #expect(one.status == 0)
        #expect(try one.objects().first?["request_id"] as? String == "v-001")
        let two = try Executable.run(["policy", "--for", "-"], input: request + "\n" + request)
        #expect(two.status == 3 && two.output.isEmpty)
        #expect(two.errors.contains("more than one request"))
        let withdrawn = request.replacing("\"USD\"", with: "\"DEM\"")
        for command in [["policy", "--for", "-"], ["evaluate", "-"]] {
            let outcome = try Executable.run(command, input: withdrawn)
            #expect(outcome.status == 3 && (outcome.output + outcome.errors).contains("unknown_currency"))
        }
        let dead = request.replacing("\"USD\"", with: "\"SIT\"")
        let refused = try Executable.run(["policy", "--for", "-"], input: dead)
        #expect(refused.status == 3 && refused.errors.contains("unknown_currency"), "withdrawn before its invoice")
    }

    @Test("a wrong policy stops it with file, line and status 2")
    func wrongPolicy() throws {
        try Fixtures.inDirectory { directory in
            let policy = directory.appending(path: "wrong.yaml")
            try Data(try Fixtures.decisionsPolicy().replacing("returnable: false", with: "returnable: sideways").utf8)
                .write(to: policy)
            let outcome = try Executable.run(["evaluate", "-", "--policy-file", policy.path])
            #expect(outcome.status == 2)
            #expect(outcome.errors.contains("wrong.yaml:8"))
            let checked = try Executable.run(["policy", "--check", policy.path, "--json"])
            #expect(checked.status == 3)
            #expect(try checked.objects().first?["valid"] as? Bool == false)
        }
    }
}
