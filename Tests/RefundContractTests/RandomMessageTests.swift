import RefundMessages
import RefundPolicy
import TestSupport
import Testing

@Suite("Random messages and policies")
struct RandomMessageTests {
    private static let now = instant("2030-01-01T00:00:00Z")

    @Test("the codec reads what the contract allows and nothing else, and names the fault")
    func messages() throws {
        let generated = try Validator.run(
            "random_messages.py", "--seed", "1", "--count", "500", "--now", RandomMessageTests.now.description)
        try #require(generated.status == 0)
        var (all, accepted): ([String: Int], [String: Int]) = ([:], [:])
        for line in try generated.objects() {
            let type = try #require(line["type"] as? String)
            let body = try #require(line["body"] as? String)
            let codes = try #require(line["codes"] as? [String])
            let code = code(of: body, as: type)
            all[type, default: 0] += 1
            accepted[type, default: 0] += code == nil ? 1 : 0
            let isExpected = code.map(codes.contains) ?? codes.isEmpty
            // Only told where it fails: expectations of so many would take longer than the rest.
            if !isExpected { Issue.record("\(type) \(body) is \(code ?? "accepted"), and should be \(codes)") }
        }
        #expect(accepted.count == InboundType.allCases.count)
        // Otherwise one of the two verdicts would hardly be tried.
        for (type, count) in accepted {
            #expect(count > 200 && all[type, default: 0] - count > 200, "\(type): \(count) of \(all)")
        }
    }

    /// The code of the dead letter that a message would be; `nil` where it is read.
    private func code(of body: String, as type: String) -> String? {
        do throws(DeadLetterReason) {
            _ = try InboundDecoder().decode(
                Array(body.utf8), as: InboundType(rawValue: type), at: RandomMessageTests.now)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("a policy file is taken exactly where the schema, and the words in it, allow it")
    func policies() throws {
        let generated = try Validator.run("random_policies.py", "--seed", "1", "--count", "1000")
        try #require(generated.status == 0)
        var taken = 0
        for line in try generated.objects() {
            let yaml = try #require(line["yaml"] as? String)
            let isSound = try #require(line["sound"] as? Bool)
            do throws(PolicyError) {
                _ = try Policy(yaml: yaml, fileName: "random")
                taken += 1
                if !isSound { Issue.record("taken: \(yaml)") }
            } catch {
                if isSound { Issue.record("\(error): \(yaml)") }
            }
        }
        #expect(taken > 300)
    }
}
