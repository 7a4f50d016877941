internal import Hummingbird
internal import RefundService

/// What is answered at which path.
struct ObservationRoutes {
    let watch: WorkerWatch
    let registry: PrometheusRegistry

    /// A lane whose thread has not turned for that long does not live. Opening a connection may take it half a minute.
    static let standingLimit = Duration.seconds(60)

    func router() -> Router<BasicRequestContext> {
        let router = Router(options: [])
        router.get("/metrics") { _, _ in
            answer(.ok, registry.exposition(), type: ExpositionPage.contentType)
        }
        router.get("/healthz") { _, _ in
            let standing = watch.lanesStanding(for: ObservationRoutes.standingLimit)
            if standing.isEmpty { return answer(.ok, "alive\n") }
            let text = standing.map { "\($0) has stood still for a minute; restart the worker\n" }.joined()
            return answer(.serviceUnavailable, text)
        }
        router.get("/readyz") { _, _ in
            let reasons = watch.unreadiness
            if reasons.isEmpty { return answer(.ok, (["ready"] + watch.notes).map { $0 + "\n" }.joined()) }
            return answer(.serviceUnavailable, reasons.map { $0 + "\n" }.joined())
        }
        router.get("/version") { _, _ in answer(.ok, "refund-worker \(BuildInformation.current)\n") }
        router.get("/status") { _, _ in
            answer(.ok, StatusDocument(watch).text, type: "application/json")
        }
        router.get("/") { _, _ in
            answer(.ok, "refund-worker: /metrics /healthz /readyz /version /status\n")
        }
        return router
    }

    private func answer(
        _ status: HTTPResponse.Status, _ text: String, type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
