import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import TestSupport
import Testing

@Suite("A request that comes again")
struct RedeliveryTests {
    /// What version 1 of the contract passed over, and left untrimmed.
    private let body = BodyBuilder.requested.setting("order_number", #"" ORD-1 ""#)
        .setting("customer.country", #""DE""#).setting("customer.consumer", "true")
        .setting("customer.segment", #""plus""#)
        .setting("contract", #"{"concluded_on": "2022-02-10"}"#)

    /// A store with the case of that request, opened under version 1 of the contract and kept in its form.
    private func store(_ body: BodyBuilder) throws -> (store: TestStore, refundCase: RefundCase) {
        let text = "name: standard\nversions: [{effective_from: 2022-02-12}]"
        let policy = try PolicyVersion(yaml: text, fileName: "stored")
        let request = try InboundDecoder().decodeStoredRequest(body.bytes, under: policy)
        let opened = RefundCase.open(request, policy: policy, standing: .free, traceparent: nil, at: TestStore.now).0
        var store = TestStore()
        store.loaded.cases[opened.id] = LoadedCase(id: CaseID(1), refundCase: .success(opened), facts: store.facts)
        return (store, opened)
    }

    private func commit(_ bodies: BodyBuilder..., to store: TestStore) -> [String] {
        var store = store
        return store.commit(bodies.map { Said(type: .requested, body: $0.text) }).summary
    }

    @Test("is the same where its case was opened under version 1, as that version read it")
    func openedBefore() throws {
        let store = try store(body).store
        #expect(commit(body, to: store) == ["unchanged"])
        // What that version did not know was no content.
        #expect(commit(body.removing("contract").setting("customer.country", #""FR""#), to: store) == ["unchanged"])
        let others = [("order_number", #""ORD-2""#), ("usage.remaining", "1"), ("customer.id", #""d""#)]
        for (path, json) in others {
            #expect(commit(body.setting(path, json), to: store) == ["dead request_id_conflict"], "\(path)")
        }
    }

    @Test("is the same in a batch that has changed such a case before it")
    func changedBefore() throws {
        var store = try store(body).store
        let again = Said(type: .requested, body: body.text)
        #expect(store.commit([.succeeded("rr-1042", "revoke"), again]).summary.last == "unchanged")
    }

    @Test("is the same where its case was archived in the form of before, and another stays a conflict")
    func archivedBefore() throws {
        var (store, refundCase) = try store(body)
        store.loaded.cases = [:]
        store.loaded.archived[refundCase.id] = ArchivedCase(refundCase, archivedAt: TestStore.now)
        #expect(commit(body, to: store) == ["unchanged"])
        #expect(commit(body.setting("usage.remaining", "1"), to: store) == ["dead request_id_conflict"])
    }

    @Test("says another thing under version 2 where the fields that terms go by differ")
    func openedNow() throws {
        var store = TestStore()
        store.commit([Said(type: .requested, body: body.text)])
        #expect(commit(body, to: store) == ["unchanged"])
        #expect(commit(body.setting("order_number", #""ORD-1""#), to: store) == ["unchanged"], "trimmed")
        #expect(
            commit(body.setting("customer.country", #""FR""#), to: store) == ["dead request_id_conflict"])
        #expect(commit(body.removing("contract"), to: store) == ["dead request_id_conflict"])
    }

    @Test("of before is read whatever stands where fields have come since")
    func unknownFields() throws {
        let odd = body.setting("contract", "7").setting("customer.country", "{}")
        let request = try InboundDecoder().decodeRequestOfBefore(odd.bytes)
        #expect(request.orderNumber == " ORD-1 " && request.concludedOn == nil && request.traits == CustomerTraits())
        // The digest that stores have kept of the same request, without what was passed over.
        let bare = try InboundDecoder().decodeStoredRequest(
            body.removing("contract").removing("customer.country").removing("customer.consumer")
                .removing("customer.segment").setting("order_number", #""ORD-1""#).bytes)
        let trimmed = try InboundDecoder().decodeRequestOfBefore(odd.setting("order_number", #""ORD-1""#).bytes)
        #expect(ContentDigest(of: trimmed) == ContentDigest(of: bare))
    }
}
