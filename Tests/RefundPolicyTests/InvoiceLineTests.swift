import RefundPolicy
import Testing

@Suite("invoice lines")
struct InvoiceLineTests {
    @Test("are the same when their bytes are")
    func bytes() {
        let composed = InvoiceLine(invoiceNumber: "caf\u{E9}", serviceID: "s", subscriptionID: nil)
        let decomposed = InvoiceLine(invoiceNumber: "cafe\u{301}", serviceID: "s", subscriptionID: nil)
        #expect(composed.invoiceNumber == decomposed.invoiceNumber, "Swift takes the two for the same")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed, composed]).count == 2)
    }

    @Test("differ in each part, and by whether there is a subscription at all")
    func parts() {
        let lines = [
            InvoiceLine(invoiceNumber: "a", serviceID: "b", subscriptionID: "c"),
            InvoiceLine(invoiceNumber: "x", serviceID: "b", subscriptionID: "c"),
            InvoiceLine(invoiceNumber: "a", serviceID: "x", subscriptionID: "c"),
            InvoiceLine(invoiceNumber: "a", serviceID: "b", subscriptionID: "x"),
            InvoiceLine(invoiceNumber: "a", serviceID: "b", subscriptionID: nil),
            InvoiceLine(invoiceNumber: "ab", serviceID: "", subscriptionID: nil),
        ]
        #expect(Set(lines).count == lines.count)
        for line in lines { #expect(lines.filter { $0 == line }.count == 1) }
    }

    @Test("are trimmed, and a blank subscription is none")
    func trimmed() {
        let line = InvoiceLine(invoiceNumber: " a\u{A0}", serviceID: "b\n", subscriptionID: "\u{200B}")
        #expect(line == InvoiceLine(invoiceNumber: "a", serviceID: "b", subscriptionID: nil))
    }

    @Test("have an identity whatever their spelling")
    func identity() {
        let line = InvoiceLine(invoiceNumber: "INV\u{2011}７", serviceID: "Setup-Fee", subscriptionID: "SUB-1")
        #expect(line.identity == LineIdentity(invoice: "inv-7", service: "setup-fee", subscription: "sub-1"))
    }
}
