import Foundation
import RefundPolicy
import RefundService
import Testing

@Suite("Acts of people")
struct ActionIDTests {
    @Test("each act has an id of its own, in the form that the contract asks for")
    func made() {
        let first = ActionID.made()
        #expect(first.text.wholeMatch(of: /act-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil)
        #expect(first != ActionID.made())
        let unique = UUID()
        #expect(ActionID.made(from: unique) == ActionID.made(from: unique))
    }
}
