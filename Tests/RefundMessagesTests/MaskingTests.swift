import RefundMessages
import Testing

struct MaskingTests {
    @Test(
        "contacts, tokens and proofs are masked wherever they stand, and nothing else is touched",
        arguments: [
            (#"{"id": "x", "contact": "mailto:a@b.c"}"#, #"{"id": "x", "contact": "(masked)"}"#),
            (#"{"a":[{"token":{"n":1}},2],"token":null}"#, #"{"a":[{"token":"(masked)"},2],"token":null}"#),
            (#"{"proof_of_payment":"s3:\"1\"" , "x":1e400}"#, #"{"proof_of_payment":"(masked)" , "x":1e400}"#),
            (#""cus-77""#, #""cus-77""#), ("{}", "{}"), ("{", #""(masked)""#),
        ])
    func masks(_ json: String, _ shown: String) {
        #expect(MessagePlaces.masking(json, by: "(masked)") == shown)
    }
}
