import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

@Suite("The key by which a message was distributed to its shard")
struct ShardKeyTests {
    private let now = Instant(microsecondsSinceEpoch: 1_645_522_200_000_000)

    private static let request = """
        {"request_id":"rr-1","kind":"return","submitted_at":"2022-02-22T09:30:00Z","service":{"id":"api-requests"},\
        "invoice":{"number":"INV-1","issued_on":"2022-02-22","paid":{"amount":"10.00","currency":"USD"}}}
        """
    private static let withdrawal = #"{"request_id":"rr-1","submitted_at":"2022-02-22T09:30:00Z"}"#

    @Test(
        "a request is decided only where its invoice's number led it; an event has no invoice to compare",
        arguments: [
            (InboundType.requested, request, nil, true),
            (.requested, request, "INV-1", true),
            (.requested, request, "INV-2", false),
            (.requested, request, "inv-1", false),
            (.requested, request, "", false),
            (.withdrawn, withdrawal, "INV-9", true),
        ] as [(InboundType, String, String?, Bool)])
    func key(type: InboundType, body: String, key: String?, isRead: Bool) {
        let delivery = InboundDelivery(
            tag: DeliveryTag(epoch: 1, number: 1), source: .requests, isRedelivered: false, type: type, messageID: nil,
            traceparent: nil, shardKey: key, body: .whole(Array(body.utf8)), envelope: nil)
        let batch = Batch(reading: [delivery], with: InboundDecoder(), at: now)
        #expect(batch.keys.requests.isEmpty != isRead)
        guard !isRead else { return }
        let decision = batch.decide(LoadedCases(), under: PolicyShelf(.standard))
        #expect(
            decision.verdicts == [
                .deadLetter(.invalidField(path: "header shard-key", problem: "must be the invoice's number"))
            ])
    }
}
