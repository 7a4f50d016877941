import RefundMessages
import Testing

@Suite("What anyone may see of a message is named; all else is masked")
struct MaskingTests {
    @Test(
        "of what is passed through only what tells one from another is shown, each by its form",
        arguments: [
            (
                #"{"id": "cus-77", "contact": "mailto:a@b.c", "email": "a@b.c", "locale": "en", "country": "DE"}"#,
                #"{"id": "cus-77", "contact": "(masked)", "email": "(masked)", "locale": "en", "country": "DE"}"#
            ),
            (#"{"type":"card","token":"pm_1","last4":"4242"}"#, #"{"type":"card","token":"(masked)","last4":"4242"}"#),
            (#"{"type":"card","last4":"42424242"}"#, #"{"type":"card","last4":"(masked)"}"#),
            (#"{"type":"4111111111111111"}"#, #"{"type":"(masked)"}"#),
            (#"{"id":"a@b.c"}"#, #"{"id":"(masked)"}"#), (#"{"id":"MAILTO:a"}"#, #"{"id":"(masked)"}"#),
            (#"{"id":"4111 1111 1111 1111"}"#, #"{"id":"(masked)"}"#),
            (#"{"id":{"contact":"a@b.c"}}"#, #"{"id":"(masked)"}"#), (#"{"id":["x"]}"#, #"{"id":"(masked)"}"#),
            (#"{"locale":"call +49 170 1234567"}"#, #"{"locale":"(masked)"}"#),
            (#"{"country":"Berlin, Main Street"}"#, #"{"country":"(masked)"}"#),
            (#"{"a@b.c":1}"#, #"{"(masked)":"(masked)"}"#), (#"{"x":null}"#, #"{"x":null}"#),
            (#"["a@b.c"]"#, #""(masked)""#), (#""a@b.c""#, #""(masked)""#), ("{", #""(masked)""#), ("{}", "{}"),
        ])
    func passedThrough(_ json: String, _ shown: String) {
        #expect(MessagePlaces.masking(json, by: "(masked)", isWhole: false) == shown)
    }

    @Test(
        "of a message the contract's members are shown, and no other, at any depth",
        arguments: [
            (
                #"{"request_id":"r","customer":{"id":"c","phone":"1"},"phone":"1","service":{"id":"s","user":"x"}}"#,
                #"{"request_id":"r","customer":{"id":"c","phone":"(masked)"},"phone":"(masked)","service":{"id":"s","user":"(masked)"}}"#
            ),
            (
                #"{"invoice":{"number":"I","paid":{"amount":"1","currency":"USD","card":"4"},"proof_of_payment":"s3:1"}}"#,
                #"{"invoice":{"number":"I","paid":{"amount":"1","currency":"USD","card":"(masked)"},"proof_of_payment":"(masked)"}}"#
            ),
            (#"{"invoice":"a@b.c","note":{"contact":"x"}}"#, #"{"invoice":"(masked)","note":"(masked)"}"#),
            (
                #"{"payments":[{"id":"card","paid":"6.00","method":{"type":"card","token":"pm_1"},"iban":"DE"}]}"#,
                #"{"payments":[{"id":"card","paid":"6.00","method":{"type":"card","token":"(masked)"},"iban":"(masked)"}]}"#
            ),
            (#"{"custom\u0065r":{"token":"t"}}"#, #"{"custom\u0065r":{"token":"(masked)"}}"#),
            (#"[{"request_id":"r","token":1}]"#, #"[{"request_id":"r","token":"(masked)"}]"#),
            (#""a@b.c""#, #""(masked)""#), ("no json, a@b.c", #""(masked)""#),
        ])
    func messages(_ json: String, _ shown: String) {
        #expect(MessagePlaces.masking(json, by: "(masked)") == shown)
    }
}
