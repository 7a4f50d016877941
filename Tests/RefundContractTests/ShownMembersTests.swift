import Foundation
import RefundContract
import RefundMessages
import Testing

/// The allowlist of what is shown, held against the contract's own schemas.
@Suite("Each member of the contract is shown, or masked on purpose")
struct ShownMembersTests {
    private static let masked: Set<String> = ["contact", "token", "proof_of_payment"]

    @Test("the examples show everything but contacts, tokens and proofs")
    func examples() throws {
        var seen: Set<String> = []
        for schema in ContractSchema.all where schema.name != "policy" {
            for example in schema.examples {
                let shown = MessagePlaces.masking(example, by: "(masked)")
                let original = try JSONSerialization.jsonObject(with: Data(example.utf8))
                let masked = try JSONSerialization.jsonObject(with: Data(shown.utf8))
                compare(original, masked, schema.name, &seen)
            }
        }
        #expect(seen == ShownMembersTests.masked)
    }

    private func compare(_ original: Any, _ shown: Any, _ path: String, _ seen: inout Set<String>) {
        if let original = original as? [String: Any], let shown = shown as? [String: Any] {
            for (name, value) in original {
                guard let other = shown[name] else {
                    Issue.record("\(path).\(name) is not there")
                    continue
                }
                if ShownMembersTests.masked.contains(name) {
                    seen.insert(name)
                    #expect(other as? String == "(masked)", "\(path).\(name)")
                } else {
                    compare(value, other, "\(path).\(name)", &seen)
                }
            }
        } else if let original = original as? [Any], let shown = shown as? [Any] {
            for (value, other) in zip(original, shown) { compare(value, other, path, &seen) }
        } else {
            #expect("\(original)" == "\(shown)", "\(path)")
        }
    }
}
