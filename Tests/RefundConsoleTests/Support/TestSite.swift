import Foundation
import Logging
import RefundCase
import RefundMessages
import RefundPolicy
import RefundService
import RefundWorker
import SQLiteStore
import Synchronization
import Testing

@testable import RefundConsole

/// A site over a store in a directory of its own, filled by the worker's own decisions, with a broker that is not there.
final class TestSite {
    static let now = Instant(microsecondsSinceEpoch: 1_645_522_260_000_000)

    private let directory: URL
    let site: Site
    private let store: SQLiteStore
    private var deliveries: UInt64 = 0
    /// How long answers would have been held.
    let waits = Waits()

    final class Waits: Sendable {
        private let all = Mutex<[Duration]>([])
        func add(_ wait: Duration) { all.withLock { $0.append(wait) } }
        var list: [Duration] { all.withLock { $0 } }
    }

    init(isReadOnly: Bool = false, token: String? = nil) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "console-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let path = directory.appending(path: "cases.sqlite").path
        store = try SQLiteStore(path: path)
        let settings = try Settings.read(
            flags: [.amqpURL: "amqp://127.0.0.1:1/", .storeURL: "sqlite:\(path)"], environment: [:])
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let now: @Sendable () -> Instant = { TestSite.now }
        let desk = StoreDesk { () throws(StoreError) in try SQLiteCaseReader(path: path, patience: .seconds(5)) }
        let broker = BrokerDesk(prefix: settings.amqp.prefix) { try settings.amqp.connect(purpose: $0) }
        site = Site(
            store: desk, indexing: Indexing(desk: desk, log: log), watching: Watching(desk: desk, log: log, now: now),
            broker: broker, workers: WorkerDesk(addresses: []),
            jobs: LetterJobs(broker: broker, grace: .seconds(30), log: log, now: now),
            sessions: Sessions(random: Sessions.unguessable), logins: LoginPatience(),
            token: token.map { AccessToken($0) },
            isReadOnly: isReadOnly, policies: PolicyShelf(.standard), log: log, now: now,
            pauseFor: { [waits] in waits.add($0) })
    }

    deinit {
        store.close()
        try? FileManager.default.removeItem(at: directory)
    }

    /// Takes messages as a worker does.
    func receive(
        _ messages: [(InboundType, String)], at now: Instant = TestSite.now, sentBy user: String? = nil
    ) throws {
        let batch = Batch(
            reading: messages.map { type, text in
                deliveries += 1
                return InboundDelivery(
                    tag: DeliveryTag(epoch: 1, number: deliveries), source: .requests, isRedelivered: false,
                    type: .success(type), user: user, messageID: nil, traceparent: nil, body: .whole(Array(text.utf8)),
                    envelope: nil)
            }, with: InboundDecoder(), at: now)
        _ = try store.transact(recording: [], loading: batch.keys, at: now) { loaded in
            batch.decide(loaded, under: PolicyShelf(.standard)).changes
        }
    }

    static func request(
        _ id: String, dispute: String = "none", order: String = "ORD-1042", customer: String = "cus-77"
    ) -> (InboundType, String) {
        (
            .requested,
            """
            {"request_id": "\(id)", "kind": "cancellation", "submitted_at": "2022-02-22T09:30:00Z", \
            "order_number": "\(order)", "service": {"id": "api-requests", "subscription_id": "sub-\(id)"}, \
            "customer": {"id": "\(customer)", "contact": "mailto:hidden@example.com", "locale": "en"}, \
            "invoice": {"number": "INV-\(id)", "issued_on": "2022-02-12", \
            "paid": {"amount": "10.00", "currency": "USD"}, "proof_of_payment": "https://files.example.com/\(id)/hidden.pdf"}, \
            "usage": {"unit": "request", "included": 10000, "remaining": 7000}, \
            "payment_method": {"type": "card", "token": "pm_hidden"}, "dispute": "\(dispute)"}
            """
        )
    }

    /// A browser that keeps its session.
    final class Browser {
        private let site: Site
        var session: String?
        /// What it has kept since it logged in.
        var known: String?
        var host = "127.0.0.1:8090"
        var address = "127.0.0.1"
        private(set) var status = 0

        init(_ site: Site) {
            self.site = site
        }

        func get(_ address: String) async throws -> String {
            try await send(try #require(PageRequest(address: address)))
        }

        /// Sends a form, with the proof that the session's pages carry unless another is given.
        func post(_ address: String, _ fields: [String: String], csrf: String? = nil) async throws -> String {
            var request = try #require(PageRequest(address: address))
            let proof = session.flatMap { site.sessions.find($0, at: TestSite.now)?.csrf }
            let all = fields.merging(["csrf": csrf ?? proof ?? ""]) { $1 }
            request.method = .post
            request.form = try #require(
                Form(all.map { "\(Link.encoded($0))=\(Link.encoded($1))" }.joined(separator: "&")))
            request.origin = "http://\(host)"
            return try await send(request)
        }

        /// What a browser is told that listens.
        func live(_ asked: PageRequest) async throws -> String {
            var request = asked
            request.session = session
            request.host = host
            request.peer = "127.0.0.1"
            guard case .live(let page) = await site.respond(to: request).body else { return "" }
            return try await page.render().page.markup
        }

        private func send(_ request: PageRequest) async throws -> String {
            var request = request
            request.session = session
            request.browser = known
            request.host = host
            request.peer = address
            let response = await site.respond(to: request)
            status = response.status
            if let begun = response.setSession { session = begun.isEmpty ? nil : begun }
            if let kept = response.setBrowser { known = kept }
            switch response.body {
            case .page(let html): return html.markup
            case .redirect(let link): return "→ \(link.text)"
            case .asset(let asset): return String(decoding: asset.bytes, as: UTF8.self)
            case .live: return "live"
            }
        }
    }

    var browser: Browser { Browser(site) }
}
