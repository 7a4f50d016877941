internal import RefundWorker
internal import Tracing

/// Spans of what a lane does, for whoever has bootstrapped swift-distributed-tracing; where nobody has, nothing is made.
///
/// A batch belongs to no one request's trace, so that its span begins a trace of its own and links to those of its
/// messages (OpenTelemetry's conventions for batches).
struct BatchTracing: Sendable {
    private let tracer: (any Tracer)?

    /// As many links as OpenTelemetry keeps of a span unless told otherwise.
    static let mostLinks = 128

    init(_ tracer: any Tracer = InstrumentationSystem.tracer) {
        self.tracer = tracer is NoOpTracer ? nil : tracer
    }

    /// Begins the span of a batch that is decided and committed; `nil` where nobody traces.
    func process(_ order: StoreOrder) -> (any Span)? {
        guard let tracer, !order.deliveries.isEmpty else { return nil }
        return span("process batch", .consumer, order.deliveries.map(\.traceparent), by: tracer)
    }

    /// Begins the span of messages that are published in one go.
    func publish(_ publications: [Publication]) -> (any Span)? {
        guard let tracer else { return nil }
        let traces = publications.map { publication -> String? in
            switch publication {
            case .message(let message): message.traceparent
            case .parkedDeadLetter(let letter): letter.delivery.traceparent
            case .deadLetter: nil
            }
        }
        return span("publish batch", .producer, traces, by: tracer)
    }

    /// Leaves the span of what was done because its time had come: deadlines, commands without a reply, messages that were
    /// left unsent. The traces of their requests have ended long ago, so it begins one of its own and links to them.
    func due(_ unsent: [OutboxMessage], since start: some TracerInstant) {
        guard let tracer, !unsent.isEmpty else { return }
        span("process due", .internal, unsent.map(\.traceparent), by: tracer, since: start).end()
    }

    private func span(
        _ name: String, _ kind: SpanKind, _ traces: [String?], by tracer: any Tracer,
        since start: some TracerInstant = DefaultTracerClock.now
    ) -> any Span {
        let span = tracer.startSpan(name, context: .topLevel, ofKind: kind, at: start)
        span.attributes["messaging.system"] = "rabbitmq"
        span.attributes["messaging.operation.name"] = kind == .producer ? "publish" : "process"
        span.attributes["messaging.batch.message_count"] = traces.count
        var seen: Set<String> = []
        for case let trace? in traces where seen.count < BatchTracing.mostLinks && seen.insert(trace).inserted {
            var context = ServiceContext.topLevel
            tracer.extract(TraceCarrier(traceparent: trace), into: &context, using: TraceExtractor())
            span.addLink(SpanLink(context: context, attributes: [:]))
        }
        return span
    }
}

/// What a message carries of its trace.
struct TraceCarrier: Sendable {
    let traceparent: String
}

/// Hands a message's trace to whichever tracer there is.
private struct TraceExtractor: Extractor {
    func extract(key: String, from carrier: TraceCarrier) -> String? {
        key.lowercased() == TraceContext.header ? carrier.traceparent : nil
    }
}
