import InMemoryTracing
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing
import Tracing

@testable import RefundService

@Suite("Spans of batches")
struct BatchTracingTests {
    private static let traces = [
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    ]

    private func order(_ traces: [String?]) -> StoreOrder {
        StoreOrder(
            recording: [],
            deliveries: traces.enumerated().map { number, trace in
                InboundDelivery(
                    tag: DeliveryTag(epoch: 1, number: UInt64(number + 1)), source: .requests, isRedelivered: false,
                    type: .requested, messageID: nil, traceparent: trace, body: .whole([]), envelope: nil)
            }, actsOnDue: false)
    }

    @Test("a batch has a trace of its own, with a link to each trace of its messages, once")
    func links() throws {
        let tracer = InMemoryTracer()
        let first = Self.traces[0]
        let span = try #require(BatchTracing(tracer).process(order([first, nil, Self.traces[1], first])))
        span.end()
        let finished = try #require(tracer.finishedSpans.first)
        #expect(finished.operationName == "process batch")
        #expect(finished.kind == .consumer)
        #expect(finished.spanContext.parentSpanID == nil)
        #expect(finished.links.count == 2)
        #expect(finished.attributes.get("messaging.batch.message_count") == .int64(4))
        let carried = tracer.performedContextExtractions.compactMap { ($0.carrier as? TraceCarrier)?.traceparent }
        #expect(carried == Self.traces)
    }

    @Test("what is done when its time has come begins a trace of its own, linked to those of the requests")
    func due() throws {
        let tracer = InMemoryTracer()
        let message = OutboxMessage(
            key: MessageKey(caseID: CaseID(1), ordinal: MessageOrdinal(0)), requestID: RequestID("rr-1"),
            encoded: EncodedMessage(id: "rr-1/payout", type: .payout, body: []),
            createdAt: Instant(microsecondsSinceEpoch: 0), attempt: 2, traceparent: Self.traces[0])
        BatchTracing(tracer).due([message, message], since: DefaultTracerClock.now)
        BatchTracing(tracer).due([], since: DefaultTracerClock.now)
        #expect(tracer.finishedSpans.map(\.operationName) == ["process due"])
        let span = try #require(tracer.finishedSpans.first)
        #expect(span.spanContext.parentSpanID == nil && span.links.count == 1)
        #expect(tracer.performedContextExtractions.count == 1)
    }

    @Test("where nobody traces, or nothing is taken, there is no span")
    func none() {
        #expect(BatchTracing(NoOpTracer()).process(order([Self.traces[0]])) == nil)
        #expect(BatchTracing(NoOpTracer()).publish([]) == nil)
        #expect(BatchTracing(InMemoryTracer()).process(order([])) == nil)
    }

    @Test("a batch of very many traces has so many links and no more")
    func manyTraces() throws {
        let tracer = InMemoryTracer()
        let traces = (0..<300).map { "00-4bf92f3577b34da6a3ce929d0e0e4736-\(1_000_000_000_000_000 + $0)-01" }
        try #require(BatchTracing(tracer).process(order(traces))).end()
        #expect(tracer.finishedSpans.first?.links.count == BatchTracing.mostLinks)
    }
}
