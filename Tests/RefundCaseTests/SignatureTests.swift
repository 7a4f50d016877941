import RefundCase
import Testing

@Suite("A signature with the user who really sent it")
struct SignatureTests {
    @Test(
        "nobody's text passes for another user's",
        arguments: [
            (Signature("ann"), "ann"), (Signature("ann", user: "operator-1"), #""ann" (user operator-1)"#),
            (Signature("operator-1", user: "operator-1"), #""operator-1" (user operator-1)"#),
            (Signature(#""ann" (user boss)"#), #""\"ann\" (user boss)""#),
            (Signature("ann (user boss)"), #""ann (user boss)""#),
            (Signature(#"ann" (user boss)"#, user: "op"), #""ann\" (user boss)" (user op)"#),
            (Signature("ann", user: "x) (user boss"), #""ann" (user "x) (user boss")"#),
            (Signature(#"back\slash"#, user: "op"), #""back\\slash" (user op)"#),
        ])
    func texts(_ signature: Signature, _ shown: String) {
        #expect("\(signature)" == shown)
    }
}
