import AMQPClient
import RefundWorker
import Testing

@testable import RefundService

@Suite("Dead letters on their way")
struct DeadMessageTests {
    /// Bytes that are no UTF-8 are three times as long once they are repaired: a key of 255 such bytes could never be
    /// published, and its lane did nothing else any more.
    @Test("what can't be published as it came goes without its key, too")
    func repairedKey() {
        let key = String(repeating: "\u{FFFD}", count: 255)
        let message = DeadMessage(
            Delivery(
                consumerTag: nil, tag: AMQPClient.DeliveryTag(epoch: Epoch(1), number: 1), redelivered: false,
                exchange: "refund.intake", routingKey: key, properties: Properties(),
                body: .complete([0x78])), names: BrokerNames(), isSharded: false)
        #expect(message.routingKey == key)
        #expect(message.withoutEnvelope.routingKey == "")
        #expect(message.withoutEnvelope.body == [0x78])
    }
}
